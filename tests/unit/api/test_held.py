"""Work that waits for somebody over HTTP: who may see it, who may settle it, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.security.roles import Role
from tests.faces import Face, make_face
from tests.system.cells import cells_plant
from wcs import inbox, ledger
from wcs.happenings import SettleAsked
from wcs.life import MissionState
from wcs.line.rows import FRESH, Carrier, LineMeter
from wcs.rows import Alarm, Mission
from wcs.store import RequestRow, table


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    """Give a face on which WV1 has stopped with carrier C1 aboard, and SE1 works."""
    face = make_face(tmp_path / "site", plant=cells_plant())
    stopped = Mission(7, 0, "WV1", 1, "C1", "UL1", "WV1", state=MissionState.HELD, fault=30)
    works = Mission(8, 0, "SE1", 1, "C2", "SO1", "SE1", state=MissionState.LOADED)
    carrier = Carrier("C1", "VL1", 1, FRESH, "WV1", (LineMeter("m1"),), moving=True)
    alarm = Alarm(1, "work_held", "WV1", "WV1", 30, 7, raised_ms=5)
    with Session(face.context.engine) as session:
        ledger.write(session, [stopped, works, carrier, alarm])
        session.commit()
    yield face
    face.context.engine.dispose()


def test_what_waits_is_told_with_the_reason_and_what_may_be_decided(face: Face) -> None:
    (held,) = face.client(Role.VIEWER).get("/api/v1/lines/VL1/held").json()
    assert held == {
        "mission": 7, "line": "VL1", "cell": "WV1", "fault": "work_held", "code": 30, "carrier": "C1", "meters": ["m1"],
        "ways": ["again", "out"], "since_ms": 5,
    }  # fmt: skip


def test_an_operator_settles_it_and_nobody_below(face: Face) -> None:
    assert face.client(Role.VIEWER).post("/api/v1/missions/7/out").status_code == 403
    assert face.client(Role.OPERATOR).post("/api/v1/missions/7/out").json() == {"mission": 7}
    with Session(face.context.engine) as session:
        (asked,) = inbox.fetch(session, 10)
    assert isinstance(asked, SettleAsked) and (asked.mission, asked.way) == (7, "out") and asked.by


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("7/done", 409, "way_closed"), ("8/again", 409, "mission_not_waiting"), ("7/away", 422, None)],
)
def test_what_is_not_open_is_refused_and_asks_nothing(face: Face, path: str, status: int, code: str | None) -> None:
    answer = face.client(Role.OPERATOR).post(f"/api/v1/missions/{path}")
    assert answer.status_code == status and (code is None or answer.json()["code"] == code)
    with Session(face.context.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table(RequestRow))) == 0
