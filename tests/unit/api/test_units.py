"""A unit that nobody has directed can be sent on by an operator, and by nobody less."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.security.roles import Role
from tests.faces import Face
from wcs import ledger
from wcs.rows import Unit


def stand(face: Face, *units: Unit) -> None:
    with Session(face.context.engine) as session:
        ledger.write(session, units)
        session.commit()


def test_a_held_unit_is_sent_to_clarification(face: Face) -> None:
    stand(face, Unit("?1", "GI", ("GI",)))
    with face.client(Role.OPERATOR) as client:
        (unit,) = client.get("/api/v1/units").json()
        assert (unit["id"], unit["why"]["code"]) == ("?1", "waiting_for_clerk")
        order = client.post("/api/v1/units/%3F1/send", json={"destination": "CL"}).json()
    assert (order["unit"], order["source"], order["destination"], order["state"]) == ("?1", "GI", "CL", "submitted")
    assert face.rung


def test_what_cannot_be_sent_is_refused_with_its_reason(face: Face) -> None:
    stand(face, Unit("P1", "GI", ("GI",)), Unit("P2", "L1", ("GI-L1",), order=7))
    with face.client(Role.OPERATOR) as client:
        tries = {("P9", "CL"): "unknown_unit", ("P2", "CL"): "unit_has_order", ("P1", "nowhere"): "no_way_there"}
        for (unit, destination), code in tries.items():
            answer = client.post(f"/api/v1/units/{unit}/send", json={"destination": destination})
            assert answer.json()["code"] == code
    with face.client(Role.VIEWER) as client:
        assert client.post("/api/v1/units/P1/send", json={"destination": "CL"}).status_code == 403
