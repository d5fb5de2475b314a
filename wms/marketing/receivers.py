"""Who is written to: entered as a site is configured, read by everything that writes letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import journal
from wcs.store import CursorRow, FactRow
from wms.desk import Desk
from wms.marketing.tables import ReceiverRow
from wms.rows import table

_receiver, _cursor, _fact = table(ReceiverRow), table(CursorRow), table(FactRow)
NAME = "marketing"
"""Of the consumer of the journal that writes letters."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is to be written to; without `url` it fetches its letters.

    gates: packing waits for its codes. boxes_open: packing waits while more packed boxes of a task are not taken; -1:
    it waits for none. empties_ahead: it is asked for empty boxes when the house has fewer; 0: never.
    """

    name: str
    profile: str
    url: str = ""
    gates: bool = False
    boxes_open: int = -1
    empties_ahead: int = 0


def seed(session: Session, receivers: Sequence[Receiver], *, at_ms: int) -> None:
    """Bring the receivers of a site into the database; those that are not named any more are written to no longer.

    What is waiting for them stays. The first receiver ever hears of what happens from now on, not of the past.
    """
    connection, desk = session.connection(), Desk(session, at_ms)
    known = set(connection.execute(sa.select(_receiver.c.name)).scalars())
    for one in receivers:
        said = {"profile": one.profile, "url": one.url, "gates": one.gates, "boxes_open": one.boxes_open}
        said["empties_ahead"] = one.empties_ahead
        values = said | {"enabled": True}
        if one.name in known:
            moved = sa.and_(_receiver.c.name == one.name, _receiver.c.url != one.url)
            connection.execute(sa.update(_receiver).where(moved).values(failures=0, retry_ms=0))
            connection.execute(sa.update(_receiver).where(_receiver.c.name == one.name).values(**values))
        else:
            rest = {"online": True, "since_ms": at_ms, "last_ok_ms": 0, "last_error": "", "failures": 0, "retry_ms": 0}
            connection.execute(sa.insert(_receiver), {"name": one.name, **values, **rest})
            desk.book("ReceiverEntered", one.name, profile=one.profile)
    gone = sorted(known - {one.name for one in receivers})
    connection.execute(sa.update(_receiver).where(_receiver.c.name.in_(gone)).values(enabled=False))
    if receivers:
        _begin_at_the_end(session)
    desk.close()


def _begin_at_the_end(session: Session) -> None:
    reads = sa.select(_cursor.c.consumer).where(_cursor.c.consumer == NAME)
    if session.connection().execute(reads).first() is None:
        last = session.connection().execute(sa.select(sa.func.max(_fact.c.id))).scalar() or 0
        journal.cursor_set(session, NAME, int(last))
