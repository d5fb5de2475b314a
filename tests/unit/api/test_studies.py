"""Studies by REST: who may, what is bounded, and that no path of a browser is ever one of ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.papers.study import write_reports
from api.security.roles import Role
from api.studies import wishes
from api.studies.offered import offered
from api.studies.wishes import Wish
from simulation.studies.findings import to_json
from tests.faces import Face, make_face
from tests.findings import made

TINY = "name: Tiny\nplant: ../plants/demo.yaml\nhours: 1.5\nscenarios: [{name: base}, {name: near}]\n"
URL = "/api/v1/studies"


def site(folder: Path) -> Face:
    """Return a face with three study files, one of which can be run."""
    files = folder / "files"
    files.mkdir()
    (files / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (files / "outside.yaml").write_text("deliveries: []\n", encoding="utf-8")
    (files / "broken.yaml").write_text("plant: [", encoding="utf-8")
    (folder / "secret.yaml").write_text("plant: x\n", encoding="utf-8")
    return make_face(folder / "site", studies_dir=files, requests_burst=10_000)


@pytest.fixture
def face(tmp_path: Path) -> Face:
    return site(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Face:
    """One face, whose folder of results has one study of a command, something hidden and a link to it."""
    face = site(tmp_path_factory.mktemp("shared"))
    for name in ("peak-0123456789ab", ".hidden"):
        (root(face) / name).mkdir(parents=True)
        (root(face) / name / "findings.json").write_bytes(to_json(made()))
    write_reports(made(), root(face) / "peak-0123456789ab")
    (root(face) / "link").symlink_to(root(face) / ".hidden")
    return face


@pytest.fixture
def engineer(face: Face) -> TestClient:
    return face.client(Role.ENGINEER)


def root(face: Face) -> Path:
    return face.context.settings.data_dir / "studies"


def test_a_file_that_names_a_plant_is_offered(engineer: TestClient) -> None:
    told = engineer.get(URL).json()
    assert told["files"] == [
        {
            "file": "tiny.yaml",
            "name": "Tiny",
            "plant": "../plants/demo.yaml",
            "hours": 1.5,
            "scenarios": ["base", "near"],
        }
    ]
    assert told["processors"] >= 1
    assert told["runs"] == []


def test_a_study_waits_until_it_is_its_turn(face: Face, engineer: TestClient) -> None:
    started = engineer.post(URL, json={"file": "tiny.yaml", "replications": 3})
    assert started.status_code == 201
    told = started.json()
    assert (told["state"], told["by"], told["replications"]) == ("waiting", "key-engineer", 3)
    assert engineer.get(f"{URL}/{told['run']}").json() == told
    again = engineer.post(URL, json={"file": "tiny.yaml"}).json()
    assert again["run"] != told["run"]
    assert {folder.name for folder in root(face).iterdir()} == {told["run"], again["run"]}


@pytest.mark.parametrize("file", ["../secret.yaml", "/etc/passwd", "outside.yaml", "broken.yaml", "none.yaml", "."])
def test_only_offered_files_are_run(shared: Face, file: str) -> None:
    before = set(root(shared).iterdir())
    refused = shared.client(Role.ENGINEER).post(URL, json={"file": file})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_study")
    assert set(root(shared).iterdir()) == before


@pytest.mark.parametrize("run", ["..", "%2e%2e", "..%2fsite", "none", "a" * 200, ".hidden", "link"])
def test_only_folders_of_studies_are_looked_into(shared: Face, run: str) -> None:
    for way in ("", "/findings", "/report.html", "/report.xlsx"):
        assert shared.client(Role.ENGINEER).get(f"{URL}/{run}{way}").status_code == 404, way


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"file": "tiny.yaml", "workers": 0}, 422),
        ({"file": "tiny.yaml", "workers": 65}, 422),
        ({"file": "tiny.yaml", "workers": 64}, 409),
        ({"file": "tiny.yaml", "replications": 1}, 422),
        ({"file": "tiny.yaml", "replications": 1001}, 422),
        ({"file": "tiny.yaml", "out": "/tmp/x"}, 422),
        ({"file": ""}, 422),
        ({}, 422),
    ],
)
def test_what_is_asked_for_is_bounded(shared: Face, body: dict[str, Any], status: int) -> None:
    assert len(os.sched_getaffinity(0)) < 64
    before = set(root(shared).iterdir())
    assert shared.client(Role.ENGINEER).post(URL, json=body).status_code == status
    assert set(root(shared).iterdir()) == before


def test_the_queue_is_bounded(engineer: TestClient) -> None:
    codes = [engineer.post(URL, json={"file": "tiny.yaml"}).status_code for _ in range(21)]
    assert codes == [201] * 20 + [409]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 403), (Role.BENCH, 403), (Role.ADMIN, 201)]
)
def test_an_engineer_starts_studies(face: Face, role: Role, status: int) -> None:
    with face.client(role) as client:
        assert client.post(URL, json={"file": "tiny.yaml"}).status_code == status


def test_a_study_is_taken_back_and_goes_on(engineer: TestClient) -> None:
    path = f"{URL}/{engineer.post(URL, json={'file': 'tiny.yaml'}).json()['run']}"
    assert engineer.post(f"{path}/resume").status_code == 409
    assert engineer.post(f"{path}/cancel").json()["state"] == "cancelled"
    again = engineer.post(f"{path}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "study_state")
    assert engineer.post(f"{path}/resume").json()["state"] == "waiting"


def test_what_a_command_has_run_is_there_as_well(shared: Face) -> None:
    viewer = shared.client(Role.VIEWER)
    told = viewer.get(URL).json()["runs"]
    assert [(one["run"], one["state"], one["report"], one["books"]) for one in told] == [
        ("peak-0123456789ab", "done", True, ["en", "zh"])
    ]
    found = viewer.get(f"{URL}/peak-0123456789ab/findings")
    assert found.headers["content-type"] == "application/json"
    assert json.loads(found.content)["scenarios"][1]["responses"]["out.pallets_h"]["mean"] == 72.0
    assert shared.client(Role.ENGINEER).post(f"{URL}/peak-0123456789ab/cancel").status_code == 409


def test_a_report_is_read_in_a_sandbox_that_runs_its_own_script_alone(shared: Face) -> None:
    viewer = shared.client(Role.VIEWER)
    page = viewer.get(f"{URL}/peak-0123456789ab/report.html")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "allow-same-origin" not in policy
    assert "content-disposition" not in page.headers
    assert (
        viewer.get(f"{URL}/peak-0123456789ab/report.html?save=true")
        .headers["content-disposition"]
        .startswith("attachment")
    )
    book = viewer.get(f"{URL}/peak-0123456789ab/report.xlsx?lang=zh")
    assert book.content.startswith(b"PK")
    assert viewer.get(f"{URL}/peak-0123456789ab/report.xlsx?lang=../../x").status_code == 422


def test_a_page_that_is_no_report_of_ours_runs_nothing(face: Face) -> None:
    folder = root(face) / "strange"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    policy = face.client(Role.VIEWER).get(f"{URL}/strange/report.html").headers["content-security-policy"]
    assert policy == "sandbox; default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("text", ["", "[]", '{"done": -1}', "{" * 100_000, " " * 2_000_000])
def test_progress_that_makes_no_sense_is_none(face: Face, text: str) -> None:
    folder = root(face) / "odd"
    folder.mkdir(parents=True)
    (folder / "progress.json").write_text(text, encoding="utf-8")
    told = face.client(Role.VIEWER).get(f"{URL}/odd").json()
    assert (told["state"], told["progress"]) == ("elsewhere", None)


def test_progress_is_told_with_its_estimates(face: Face) -> None:
    folder = root(face) / "odd"
    folder.mkdir(parents=True)
    estimates = {"base": {"out.pallets_h": {"mean": 60.0, "half_width": None, "count": 1}}}
    shown = {"done": 1, "planned": 9, "running": 1, "phase": "running", "estimates": estimates, "lost": 0}
    (folder / "progress.json").write_text(json.dumps(shown), encoding="utf-8")
    told = face.client(Role.VIEWER).get(f"{URL}/odd").json()["progress"]
    assert (told["done"], told["planned"], told["estimates"]) == (1, 9, estimates)


def test_a_wish_that_was_tampered_with_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / wishes.FILE).write_text('{"file": "tiny.yaml", "workers": 1000}', encoding="utf-8")
    assert wishes.read(folder) is None


def test_a_wish_is_read_as_it_was_written(tmp_path: Path) -> None:
    wish = Wish(file="tiny.yaml", workers=2, by="li", asked_at="2026-11-21T14:00:00Z", state="failed", said="气")  # pyright: ignore[reportArgumentType]
    wishes.write(tmp_path / "x", wish)
    assert wishes.read(tmp_path / "x") == wish
    assert [file.name for file in (tmp_path / "x").iterdir()] == [wishes.FILE]


def test_nothing_is_offered_where_there_is_no_folder(tmp_path: Path) -> None:
    assert offered(tmp_path / "none") == {}
