"""`metrostack scheme` as a script meets it: the same with and without a running site, decided by persons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from api import lock
from api.security import accounts
from api.security.roles import Role
from tests.faces import PASSWORD, TOKEN, Face, make_face, served
from tests.unit.api.test_cli import metrostack
from wms.schemes.bundle import Bundle, write

Run = Callable[..., CompletedProcess[str]]
FILE = """\
format: metrostack-schemes/1
schemes:
- code: ours
  en: Our own
  purpose: demo
  cases: [communication-short, clock-value]
"""


@pytest.fixture
def face(tmp_path: Path) -> Face:
    face = make_face(tmp_path / "site")
    with Session(face.context.engine) as session:
        for name, role in (("li", Role.ENGINEER), ("head", Role.OPERATOR), ("guest", Role.VIEWER)):
            accounts.add_account(session, name, PASSWORD, role)
        session.commit()
    return face


@pytest.fixture
def run(face: Face) -> Run:
    """Return who runs `metrostack scheme ...` on the database itself."""

    def scheme(*words: str | Path, by: str = "") -> CompletedProcess[str]:
        person = ("--as", by, "--password-stdin") if by else ()
        return metrostack(face.context.settings.data_dir, "scheme", *words, *person, stdin=f"{PASSWORD}\n")

    return scheme


@pytest.fixture(params=["alone", pytest.param("served", marks=pytest.mark.sockets)])
def anywhere(request: pytest.FixtureRequest, face: Face, run: Run) -> Iterator[Run]:
    """Return who runs it on the database itself, and beside a running site."""
    if request.param == "alone":
        yield run
        return
    with served(face.app) as url:
        address = f"http://127.0.0.1:{urlsplit(url).port}"
        with lock.hold(face.context.settings.data_dir, url=address, token=TOKEN):
            yield run


def value(done: CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_scheme_goes_from_a_file_to_its_approval(anywhere: Run, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(FILE)
    taken = value(anywhere("import", file, "--json", by="li"))
    assert taken["taken"] == [{"kind": "scheme", "code": "ours", "outcome": "created", "version": 1}]
    assert anywhere("sheet", "ours").returncode == 1
    assert not value(anywhere("try", "ours", "--json", by="li"))["formal"]
    number = value(anywhere("submit", "ours", "--json", by="li"))["review"]
    assert "no reviewing duty" in anywhere("approve", str(number), by="head").stderr
    assert anywhere("duty", "head", "product_lead").returncode == 0
    assert [one["subject"] for one in value(anywhere("reviews", "--json", by="head"))] == ["ours"]
    assert value(anywhere("approve", str(number), "--json", by="head"))["decided_by"] == "head"
    assert value(anywhere("sheet", "ours", "--json"))["formal"]
    assert "purpose: demo" in anywhere("export", "ours").stdout


def test_a_rejection_says_why_and_roles_hold(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(FILE)
    guest = run("import", file, by="guest")
    assert guest.returncode == 1 and "engineer" in guest.stderr
    value(run("import", file, "--json", by="li"))
    number = str(value(run("submit", "ours", "--json", by="li"))["review"])
    run("duty", "head", "administrative_head")
    done = run("reject", number, "--reason", "no starting test", by="head")
    assert (done.returncode, "rejected" in done.stdout) == (0, True)
    assert "no starting test" in run("reviews", "--all", by="head").stdout


def test_a_bad_file_is_refused_with_every_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(FILE.replace("demo", "fun").replace("clock-value]", "clock-value]\n  colour: red"))
    for words in (("check", file), ("import", file)):
        done = run(*words)
        assert done.returncode == 1
        assert [line.split(":")[1] for line in done.stderr.splitlines()] == ["5", "7"]
    told = json.loads(run("check", file, "--json").stdout)
    assert [one["code"] for one in told["findings"]] == ["not_one_of", "unknown_field"]
    file.write_text(FILE)
    assert "1 schemes" in run("check", file).stdout


def test_the_library_is_listed_and_shown_in_both_languages(run: Run) -> None:
    codes = {one["code"]: one["approved"] for one in value(run("list", "--json"))}
    assert codes["jjg596-1ph-first"] == 1 and len(codes) == 17
    assert len(value(run("list", "--kind", "block", "--json"))) > 10
    shown = run("show", "demo-1ph")
    assert "leaves out" in shown.stdout and "communication-short" in shown.stdout
    assert "已批准" in run("show", "demo-1ph", "--lang", "zh").stdout
    assert "measure_timing" in run("show", "timing-short", "--kind", "case").stdout
    assert run("show", "nothing").returncode == 1


def test_a_wrong_password_lets_nobody_in(face: Face, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(write(Bundle()) + FILE.partition("\n")[2])
    folder = face.context.settings.data_dir
    done = metrostack(folder, "scheme", "import", file, "--as", "li", "--password-stdin", stdin="wrong\n")
    assert done.returncode == 1 and "Traceback" not in done.stderr
