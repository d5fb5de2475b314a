"""The command line as a script meets it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from api import lock
from api.security import accounts
from api.security.roles import Role
from tests.faces import PASSWORD, ROOT, TOKEN, make_face, served
from wcs.store import make_engine

DELIVERY = ROOT / "plants" / "demo" / "ASN-2026-0003.csv"


def metrostack(folder: Path, *words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("METROSTACK_")}
    command = [sys.executable, "-m", "api.cli", *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, env=env | {"METROSTACK_DATA_DIR": str(folder), "COLUMNS": "200"}, input=stdin,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def test_a_plant_file_is_checked(tmp_path: Path) -> None:
    good = metrostack(tmp_path, "check", "plants/demo.yaml", "--json")
    assert (good.returncode, as_json(good)["slots"]) == (0, 1600)
    bad = tmp_path / "bad.yaml"
    bad.write_text((ROOT / "plants" / "demo.yaml").read_text().replace("levels: 10", "levels: ten"))
    told = metrostack(tmp_path, "check", bad)
    assert told.returncode == 1 and "levels" in told.stderr and "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("delivery", "check", "no-such-file.csv"), "No such file"),
        (("serve", "no-such-plant.yaml"), "plants/demo.yaml"),
        (("order", "list"), "metrostack db upgrade"),
        (("order", "create"), "--line"),
        (("demo", "--speed", "inf"), "--wire memory"),
    ],
)
def test_trouble_says_the_way_out(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = metrostack(tmp_path / "site", *words)
    assert done.returncode != 0
    assert says in done.stderr and "Traceback" not in done.stderr


def test_help_teaches_by_example(tmp_path: Path) -> None:
    for words in ((), ("order", "create"), ("delivery", "import"), ("user", "add"), ("demo",)):
        done = metrostack(tmp_path, *words, "--help")
        assert done.returncode == 0 and "metrostack" in done.stdout, words


def test_an_account_is_added_without_showing_its_password(tmp_path: Path) -> None:
    done = metrostack(tmp_path, "user", "add", "li", "--role", "engineer", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.returncode == 0 and PASSWORD not in done.stdout + done.stderr
    weak = metrostack(tmp_path, "user", "add", "li", "--role", "engineer", "--password-stdin", stdin="1234\n")
    assert weak.returncode == 2 and "12 to 128" in weak.stderr
    with Session(make_engine(f"sqlite:///{tmp_path / 'site.db'}")) as session:
        who = accounts.check_password(session, "li", PASSWORD)
    assert who is not None and who.role is Role.ENGINEER


def test_a_key_is_shown_once(tmp_path: Path) -> None:
    shown = as_json(metrostack(tmp_path, "key", "add", "mds", "--json"))
    with Session(make_engine(f"sqlite:///{tmp_path / 'site.db'}")) as session:
        who = accounts.find_key(session, shown["key"])
    assert who is not None and (who.name, who.role) == ("mds", Role.MACHINE)


@pytest.mark.sockets
def test_commands_say_the_same_with_and_without_a_running_site(tmp_path: Path) -> None:
    face = make_face(tmp_path / "site")
    folder = face.context.settings.data_dir
    taken = as_json(metrostack(folder, "delivery", "import", DELIVERY, "--json"))
    assert taken["meters"] == 500
    created = as_json(metrostack(folder, "order", "create", "--line", "East:DTZY2026:80", "--key", "k", "--json"))
    alone = [as_json(metrostack(folder, *words, "--json")) for words in ASKED]
    with served(face.app) as url:
        port = urlsplit(url).port
        with lock.hold(folder, url=f"http://127.0.0.1:{port}", token=TOKEN):
            over_rest = [as_json(metrostack(folder, *words, "--json")) for words in ASKED]
            again = metrostack(folder, "delivery", "import", DELIVERY, "--json")
            missing = metrostack(folder, "order", "why", "99")
            upgrade = metrostack(folder, "db", "upgrade")
    assert over_rest == alone
    assert alone[0][0]["number"] == created["number"] and alone[1][0]["code"] == "short"
    assert again.returncode == 1 and "delivery_known_already" in again.stdout
    assert missing.returncode == 1 and "99" in missing.stderr
    assert upgrade.returncode != 0 and "Stop" in upgrade.stderr


ASKED = (
    ("order", "list"), ("order", "why", "1"), ("stock", "totals"), ("stock", "find", "3330001260000009000007"),
)  # fmt: skip


def test_the_lock_is_private_and_exclusive(tmp_path: Path) -> None:
    with lock.hold(tmp_path, url="http://127.0.0.1:1", token="t"):
        assert (tmp_path / lock.FILE).stat().st_mode & 0o777 == 0o600
        found = lock.find(tmp_path)
        assert found is not None and found.token == "t"
        with pytest.raises(lock.AlreadyServed), lock.hold(tmp_path, url="http://127.0.0.1:2", token="u"):
            pass
    assert lock.find(tmp_path) is None
