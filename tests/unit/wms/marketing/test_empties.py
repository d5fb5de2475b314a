"""Empty boxes are asked for a shift ahead: once at a time, less what is promised, and only who wants to hear."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.unit.wms.marketing.test_stream import happen, meters, task
from wcs.journal import Fact
from wms.desk import Desk
from wms.marketing import empties, receivers, requests, stream, views
from wms.marketing.receivers import Receiver
from wms.marketing.request_tables import SupplyRequestRow
from wms.rows import table
from wms.stock.tables import BoxRow

AT_MS = 5_000
_box, _request = table(BoxRow), table(SupplyRequestRow)


@pytest.fixture
def site(session: Session) -> Session:
    """A site at work on task T1, with no empty box, whose platform wants twenty to be kept."""
    receivers.seed(session, [Receiver("platform", "platform", "http://x", empties_ahead=20)], at_ms=0)
    task(session)
    meters(session)
    return session


def look(session: Session) -> int:
    desk = Desk(session, AT_MS)
    asked = empties.look(desk)
    desk.close()
    return asked


def boxes(session: Session, count: int, *, first: int = 0) -> None:
    row = {"state": "empty", "meters": 0, "pile": 0, "pile_code": "", "verdict": 0, "verified_ms": 0}
    rows = [row | {"code": f"E{n:03}"} for n in range(first, first + count)]
    session.connection().execute(sa.insert(_box), rows)


def answer(session: Session, order: str, count: int, *, sender: str = "platform") -> dict[str, Any]:
    given = [{"pile": "P1", "box": f"E{n:03}"} for n in range(count)]
    desk = Desk(session, AT_MS)
    found = requests.answered(desk, sender, "empties", {"task": "T1", "order": order, "boxes": given})
    desk.close()
    return found


def states(session: Session) -> list[str]:
    return list(session.connection().execute(sa.select(_request.c.state).order_by(_request.c.number)).scalars())


def told(session: Session) -> list[tuple[str, int]]:
    shown = views.letters(session, kind="empties_request")
    bodies = [views.letter(session, one.number).body for one in shown]
    return [(str(one["request"]), int(one["boxes"])) for one in bodies]


def test_what_is_short_is_asked_for_once(site: Session) -> None:
    boxes(site, 12)
    assert (look(site), look(site)) == (1, 0)
    assert told(site) == [("E1", 8)]


def test_nobody_is_asked_for_more_than_enough_or_while_no_task_runs(site: Session) -> None:
    site.connection().execute(sa.text("UPDATE verification_task SET state = 'paused'"))
    assert look(site) == 0
    site.connection().execute(sa.text("UPDATE verification_task SET state = 'running'"))
    boxes(site, 20)
    assert look(site) == 0
    receivers.seed(site, [Receiver("platform", "platform", "http://x")], at_ms=AT_MS)
    site.connection().execute(sa.text("DELETE FROM box"))
    assert look(site) == 0 and told(site) == []


def test_what_is_promised_counts_until_it_is_here_and_the_rest_is_asked_for_again(site: Session) -> None:
    assert look(site) == 1
    assert answer(site, "IO-1", 15) == {"request": "E1", "boxes": 15}
    assert look(site) == 1 and told(site) == [("E1", 20), ("E2", 5)]
    boxes(site, 15)
    assert look(site) == 0 and states(site) == ["over", "asked"]
    boxes(site, 5, first=15)
    assert look(site) == 0 and states(site) == ["over", "over"]
    site.connection().execute(sa.text("DELETE FROM box WHERE code > 'E009'"))
    assert look(site) == 1 and told(site)[-1] == ("E3", 10)


def test_the_request_of_a_task_that_is_over_waits_for_nothing(site: Session) -> None:
    assert look(site) == 1
    site.connection().execute(sa.text("UPDATE verification_task SET state = 'finished', ended_ms = 9"))
    task(site, "T2")
    assert look(site) == 1 and states(site) == ["over", "asked"]
    assert [one.task for one in views.letters(site, kind="empties_request")] == ["T1", "T2"]


def test_an_answer_names_the_request_or_is_of_the_oldest_and_is_booked_once(site: Session) -> None:
    assert look(site) == 1
    assert answer(site, "E1", 3, sender="other") == {}
    assert answer(site, "E1", 3) == answer(site, "E1", 3) == {"request": "E1", "boxes": 3}
    assert answer(site, "IO-9", 3) == {}
    facts = site.connection().execute(sa.text("SELECT count(*) FROM fact WHERE kind = 'RequestAnswered'")).scalar()
    assert facts == 1


def test_the_consumer_looks_when_a_cell_wants_boxes(site: Session) -> None:
    happen(site, Fact("EmptiesWanted", "PK1", {"line": "VL1"}))
    stream.consume(site, AT_MS)
    assert told(site) == [("E1", 20)]
    happen(site, Fact("UnitMoved", "P1", {"at": "X"}))
    stream.consume(site, AT_MS)
    assert told(site) == [("E1", 20)]
