"""Tasks and returns asked by somebody who knows nothing: wrong names, wrong roles, everything said twice."""

from __future__ import annotations

import pytest

from api.security.roles import Role
from tests.faces import ROOT, Face

ASN = (ROOT / "plants" / "demo" / "ASN-2026-0003.csv").read_bytes()
LOT = ASN.decode().splitlines()[1].split(",")[1]
WHY = {"reason": "x"}
ACTS = [
    ("tasks/T9/propose", None), ("tasks/T9/proposals/1", {"verdict": "approved"}), ("tasks/T9/pause", WHY),
    ("tasks/T9/resume", None), ("tasks/T9/change", {"priority": 1}), ("tasks/T9/cancel", WHY),
    ("tasks/T9/back-to-stock", {"boxes": ["B"]}), ("returns/9/close", {"empties": 0}),
    ("returns/9/scan", {"box": "B", "meters": ["M"], "pallet": "P"}), ("returns/claims/9/settle", {"answer": "a"}),
    ("stock/settle", {"boxes": ["B"], "state": "scrapped", "reason": "x"}),
]  # fmt: skip


def test_what_nobody_knows_is_refused_with_its_name_and_only_by_who_may(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        for path, body in ACTS:
            answer = client.post(f"/api/v1/{path}", json=body)
            assert answer.status_code in (404, 409), (path, answer.text)
            code = answer.json()["code"]
            assert code.startswith("unknown_") or code == "claim_not_open", (path, code)
    with face.client(Role.VIEWER) as client:
        assert {client.post(f"/api/v1/{path}", json=body).status_code for path, body in ACTS} == {403}
    with face.client(Role.MACHINE) as client:
        for path in ("returns/9/close", "returns/claims/9/settle", "stock/settle"):
            assert client.post(f"/api/v1/{path}", json=dict(ACTS)[path]).status_code == 403, path


def test_everything_said_twice_is_done_once(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        assert client.post("/api/v1/deliveries", content=ASN).status_code == 201
        for body in ({"task": "T1", "lot": LOT}, {"task": "C1", "lot": LOT, "source": "count"}):
            first, again = (client.post("/api/v1/tasks", json=body) for _ in range(2))
            assert first.json() == again.json()
        assert first.json()["state"] == "finished"
        assert client.post("/api/v1/tasks/C1/cancel", json=WHY).json()["code"] == "task_is"
        for path, body in (("pause", WHY), ("resume", None), ("change", {"quantity": 30}), ("cancel", WHY)):
            first, again = (client.post(f"/api/v1/tasks/T1/{path}", json=body) for _ in range(2))
            assert (first.status_code, first.json()) == (200, again.json()), path
        assert client.post("/api/v1/tasks/T1/resume").json()["code"] == "task_is"
        assert client.post("/api/v1/tasks/T1/propose").json()["code"] == "task_is"


@pytest.mark.parametrize(
    ("boxes", "code"),
    [([("B1", ["1"]), ("B1", ["2"])], "box_listed_twice"), ([("B1", ["1"]), ("B2", ["1"])], "meter_listed_twice")],
)
def test_a_return_that_lists_something_twice_is_refused_whole(
    face: Face, boxes: list[tuple[str, list[str]]], code: str
) -> None:
    said = {"district": "n", "kind": "sent_back", "boxes": [{"box": box, "meters": meters} for box, meters in boxes]}
    with face.client(Role.OPERATOR) as client:
        answer = client.post("/api/v1/returns", json=said, headers={"Idempotency-Key": "R1"})
        assert answer.json()["code"] == code
        assert client.get("/api/v1/returns").json() == []
        bare = {"district": "n", "kind": "sent_back", "boxes": [], "empties": 4}
        first, again = (client.post("/api/v1/returns", json=bare, headers={"Idempotency-Key": "R2"}) for _ in range(2))
        assert (first.status_code, first.json()["number"]) == (201, again.json()["number"])
        other = client.post("/api/v1/returns", json=bare | {"empties": 5}, headers={"Idempotency-Key": "R2"})
        assert other.status_code in (409, 422), other.text
