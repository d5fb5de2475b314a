"""Moves that pay and why a slot was chosen, by REST: who may look, who may start, and what comes back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.security.roles import Role
from tests.faces import Face
from wcs import journal
from wcs.journal import Fact

CHOSEN = {
    "slot": "A1-1-05-03", "rule": "classes", "total_s": 12.5, "among": 4, "calls_day": 0.5, "other": "A2-1-01-01",
    "other_s": 14.0, "factors": {"travel_s": 12.5, "spread_s": 0.0},
}  # fmt: skip


def test_an_operator_starts_moves_and_a_viewer_only_looks(face: Face) -> None:
    with face.client(Role.VIEWER) as client:
        assert client.get("/api/v1/stock/tidy?moves=5").json()["plan"]["moves"] == []
        assert client.post("/api/v1/stock/tidy", json={"moves": 5}).status_code == 403
        assert client.delete("/api/v1/stock/tidy").status_code == 403
    with face.client(Role.OPERATOR) as client:
        started = client.post("/api/v1/stock/tidy", json={"moves": 5})
        assert (started.status_code, started.json()["plan"]["stopped"]) == (201, "unpaying")
        assert client.delete("/api/v1/stock/tidy").json() == {"dropped": 0}
        for wrong in ({"moves": 0}, {"moves": 1001}, {"moves": "5"}, {}, {"moves": 5, "more": 1}):
            assert client.post("/api/v1/stock/tidy", json=wrong).status_code == 422
    assert face.rung


def test_why_a_pallet_got_its_slot_comes_from_the_journal_the_newest_first(face: Face) -> None:
    with Session(face.context.engine) as session:
        older = Fact("SlotChosen", "P1", {"slot": "A1-1-01-01", "rule": "plan"})
        journal.append(session, 5, [older, Fact("SlotChosen", "P1", CHOSEN), Fact("SlotChosen", "P2", CHOSEN)])
        session.commit()
    with face.client(Role.VIEWER) as client:
        first, second = client.get("/api/v1/stock/why?pallet=P1").json()
    assert (first["slot"], first["factors"], first["params"]["other"]) == (
        "A1-1-05-03", CHOSEN["factors"], "A2-1-01-01",
    )  # fmt: skip
    assert (second["rule"], second["factors"]) == ("plan", {})


def test_lots_that_are_not_there_cannot_be_planned(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        answer = client.post("/api/v1/orders/plan", json={"lots": ["NONE"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_verify")
    with face.client(Role.VIEWER) as client:
        assert client.post("/api/v1/orders/plan", json={"lots": ["NONE"]}).status_code == 403
