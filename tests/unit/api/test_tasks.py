"""Tasks, returns and demand over REST and the command line, on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.security.roles import Role
from tests.faces import ROOT, Face, make_face
from tests.unit.api.test_cli import as_json, metrostack

ASN = (ROOT / "plants" / "demo" / "ASN-2026-0003.csv").read_bytes()


def test_a_task_is_taken_once_and_waits_for_its_stock(face: Face) -> None:
    with face.client(Role.MACHINE) as client:
        assert client.post("/api/v1/deliveries", content=ASN).status_code == 201
        lot = ASN.decode().splitlines()[1].split(",")[1]
        body = {"task": "T1", "lot": lot, "quantity": 300}
        first = client.post("/api/v1/tasks", json=body)
        assert first.status_code == 201, first.text
        assert first.json()["number"] == client.post("/api/v1/tasks", json=body).json()["number"]
        seen = client.get("/api/v1/tasks/T1").json()
        assert [why["code"] for why in seen["why"]] == ["waits_for_stock"]
        assert seen["stages"]["expected"] > 0
        assert client.post("/api/v1/tasks", json=body | {"lot": "other"}).json()["code"] == "task_known"
        assert [one["task"] for one in client.get("/api/v1/tasks?live=true").json()] == ["T1"]
        paused = client.post("/api/v1/tasks/T1/pause", json={"reason": "later"})
        assert paused.json()["state"] == "paused"
        assert client.post("/api/v1/tasks/T1/resume").json()["state"] == "planned"
        changed = client.post("/api/v1/tasks/T1/change", json={"priority": 5})
        assert changed.json()["priority"] == 5
        ended = client.post("/api/v1/tasks/T1/cancel", json={"reason": "not wanted", "ending": "abort"})
        assert (ended.json()["state"], ended.json()["ending"]) == ("cancelled", "abort")


@pytest.mark.parametrize("path", ["tasks/T9", "returns/9"])
def test_what_is_not_there_is_not_found(face: Face, path: str) -> None:
    with face.client(Role.VIEWER) as client:
        assert client.get(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("tasks", {"task": "T\n", "lot": "L"}), ("tasks", {"task": "T", "lot": "L", "quantity": -1}),
        ("tasks/T9/pause", {}), ("returns/1/scan", {"box": "B", "meters": [], "pallet": "P"}),
    ],
)  # fmt: skip
def test_bad_input_is_refused_whole(face: Face, path: str, body: dict[str, object]) -> None:
    with face.client(Role.OPERATOR) as client:
        assert client.post(f"/api/v1/{path}", json=body).status_code == 422


def test_nobody_takes_a_task_back_who_may_only_look(face: Face) -> None:
    with face.client(Role.VIEWER) as client:
        assert client.post("/api/v1/tasks", json={"task": "T1", "lot": "L"}).status_code == 403
        assert client.put("/api/v1/stock/safety/DDZY2026", json={"meters": 5}).status_code == 403


def test_demand_and_safety_stock_are_entered_and_answered(face: Face) -> None:
    with face.client(Role.MACHINE) as client:
        row = {"month": "2026-12", "model": "DDZY2026", "district": "East", "meters": 500}
        assert client.put("/api/v1/demand", json={"rows": [row]}).json() == {"rows": 1}
        (seen,) = client.get("/api/v1/demand").json()
        assert (seen["short"], seen["cause"]) == (500, "no_stock")
        bad = client.put("/api/v1/demand", json={"rows": [row, row | {"model": "NONE"}]})
        assert bad.json()["code"] == "unknown_model"
        assert client.put("/api/v1/stock/safety/DDZY2026", json={"meters": 5}).json()[0]["safety"] == 5
        assert client.get("/api/v1/stock/aged").json() == []


def test_a_return_is_announced_once_and_closed_with_its_claims(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        body = {"district": "East", "kind": "refused", "boxes": [{"box": "B1", "meters": ["m1"]}], "empties": 1}
        key = {"idempotency-key": "r1"}
        number = client.post("/api/v1/returns", json=body, headers=key).json()["number"]
        assert client.post("/api/v1/returns", json=body, headers=key).json()["number"] == number
        closed = client.post(f"/api/v1/returns/{number}/close", json={"empties": 1}).json()
        assert [claim["finding"] for claim in closed["claims"]] == ["missing"]
        (claim,) = client.get("/api/v1/returns/claims?live=true").json()
        settled = client.post(f"/api/v1/returns/claims/{claim['number']}/settle", json={"answer": "paid"})
        assert settled.status_code == 200
        assert client.get("/api/v1/returns/claims?live=true").json() == []


@pytest.mark.slow
def test_tasks_and_returns_are_handled_on_the_command_line(tmp_path: Path) -> None:
    face = make_face(tmp_path / "site")
    folder = face.context.settings.data_dir
    taken = as_json(metrostack(folder, "task", "take", "C1", "--source", "count", "--json"))
    assert taken["state"] == "finished"
    assert [one["task"] for one in as_json(metrostack(folder, "task", "list", "--json"))] == ["C1"]
    refused = metrostack(folder, "task", "cancel", "C1", "--reason", "late")
    assert refused.returncode == 1 and "C1 is finished" in refused.stderr
    assert as_json(metrostack(folder, "task", "aged", "--json")) == []
    assert as_json(metrostack(folder, "return", "list", "--json")) == []
    assert metrostack(folder, "return", "show", "7").returncode == 1
