"""The laboratory from the command line: the same with and without a running site, and papers in files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest

from api import lock
from tests.faces import TOKEN, Face, make_face, served
from tests.lab import finish, meter
from tests.unit.api.test_cli import as_json, metrostack
from wms.people import service as people
from wms.standards import service as standards

CODES = [meter(n) for n in range(1, 7)]
ASKED = (
    ("result", "meter", CODES[0]), ("result", "lot", "LOT-1"), ("seal", "find", "--seal", "BJ00000003"),
    ("standard", "list"),
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Face:
    face = make_face(tmp_path / "site")
    with face.context.session() as session:
        people.seed_demo(session)
        standards.seed_demo(session, ["BN1"])
        finish(session, "r1", CODES, at_ms=60_000)
        session.commit()
    return face


@pytest.mark.slow
@pytest.mark.sockets
def test_commands_of_the_laboratory_say_the_same_with_and_without_a_running_site(site: Face) -> None:
    folder = site.context.settings.data_dir
    received = as_json(metrostack(folder, "seal", "receive", "BJ", "1", "100", "--json"))
    assert (received["first"], received["stored"]) == ("BJ00000001", 100)
    alone = [as_json(metrostack(folder, *words, "--json")) for words in ASKED]
    with served(site.app) as url, lock.hold(folder, url=f"http://127.0.0.1:{urlsplit(url).port}", token=TOKEN):
        over_rest = [as_json(metrostack(folder, *words, "--json")) for words in ASKED]
        again = metrostack(folder, "seal", "receive", "BJ", "100", "120")
        more = as_json(metrostack(folder, "seal", "receive", "BJ", "101", "120", "--json"))
    assert over_rest == alone
    assert again.returncode == 1 and "BJ00000100" not in again.stdout and "known already" in again.stderr
    assert more["count"] == 20


def test_a_standard_goes_through_its_life(site: Face) -> None:
    folder = site.context.settings.data_dir
    assert metrostack(folder, "standard", "add", "RS-7", "RX-33", "0.05", "--bench", "BN7").returncode == 0
    term = ("--from", "2025-11-01", "--until", "2027-10-31", "--correction", "-0.01")
    assert metrostack(folder, "standard", "certify", "RS-7", "C-7", "NIM", *term).returncode == 0
    (recall,) = as_json(metrostack(folder, "standard", "check", "RS-BN1", "0.2", "0.05", "--json"))
    assert recall["meters"] == 6
    assert metrostack(folder, "standard", "release", "1", "--reason", "wrong cable").returncode == 0
    wrong = metrostack(
        folder, "standard", "certify", "RS-7", "C-8", "NIM", "--from", "tomorrow", "--until", "2027-10-31"
    )
    assert wrong.returncode == 2 and "YYYY-MM-DD" in wrong.stderr


def test_papers_are_written_to_files(site: Face, tmp_path: Path) -> None:
    folder = site.context.settings.data_dir
    number = as_json(metrostack(folder, "result", "meter", CODES[0], "--json"))["papers"][0]["number"]
    done = metrostack(folder, "result", "paper", number, tmp_path / "c.pdf", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert "检定证书" in pypdf.PdfReader(tmp_path / "c.pdf").pages[0].extract_text()
    lot = metrostack(folder, "result", "lot", "LOT-1", "--pdf", tmp_path / "l.pdf", "--xlsx", tmp_path / "l.xlsx")
    assert lot.returncode == 0 and (tmp_path / "l.xlsx").read_bytes()[:2] == b"PK"
    missing = metrostack(folder, "result", "paper", "MS0000000999", tmp_path / "no.pdf")
    assert missing.returncode == 1 and not (tmp_path / "no.pdf").exists()
