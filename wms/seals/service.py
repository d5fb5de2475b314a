"""The door to the ledger of seals: one call for each thing that happens to them, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.errors import Refused
from wms.reasons import Reason
from wms.rows import table, upsert
from wms.seals import ledger
from wms.seals.ledger import Roll, Sealed
from wms.seals.rules import HOUR_MS, WARN_H, Remaining, Span
from wms.seals.rules import remaining as lasts
from wms.seals.tables import SealCellRow, SealRangeRow, SealRollRow, SealRow

_range, _roll, _seal, _cell = table(SealRangeRow), table(SealRollRow), table(SealRow), table(SealCellRow)
_left = sa.select(sa.func.coalesce(sa.func.sum(_roll.c.last - _roll.c.first + 1 - _roll.c.taken), 0)).where(
    _roll.c.cell == sa.bindparam("cell_is"), sa.text("taken < last - first + 1")
)
_used = sa.select(sa.func.count(), sa.func.min(_seal.c.at_ms)).where(
    _seal.c.cell == sa.bindparam("cell_is"), _seal.c.at_ms > sa.bindparam("since")
)


def receive_range(session: Session, *, prefix: str, first: int, last: int, digits: int = 8, by: str, at_ms: int) -> int:
    """Enter seals `first` to `last` that were received; return the number of the range.

    Raises Refused for a range that cannot be, or of which a seal is known already.
    """
    desk = Desk(session, at_ms)
    number = ledger.receive_range(desk, Span(prefix, digits, first, last), by=by)
    desk.close()
    return number


def load(session: Session, *, cell: str, count: int, of_range: int = 0, by: str = "line", at_ms: int) -> list[Roll]:
    """Take `count` seals out of the store for the magazine of a cell; usually one roll, more where a range ends.

    Raises Refused if the store has not so many; nothing is loaded then.
    """
    desk = Desk(session, at_ms)
    rolls = ledger.load(desk, cell=cell, count=count, of_range=of_range, by=by)
    _warn(desk, cell)
    desk.close()
    return rolls


def feed(session: Session, *, cell: str, count: int, of_range: int = 0, by: str = "line", at_ms: int) -> list[Roll]:
    """Load seals into the magazine of a cell in the books, and have the cell take each roll in."""
    rolls = load(session, cell=cell, count=count, of_range=of_range, by=by, at_ms=at_ms)
    for roll in rolls:
        orders.submit(
            session, key=f"seals:{roll.number}", kind=OrderKind.LOAD_SEALS, unit=None, source=cell, destination=cell,
            params={"load_id": roll.first, "par1": roll.count},
        )  # fmt: skip
    return rolls


def sealed(session: Session, *, cell: str, meters: Sequence[Sequence[str]], at_ms: int) -> list[Reason]:
    """Book what a cell has sealed: (bar code, seal, position at its bench) of each meter; "" for no seal.

    Booked again it changes nothing. What cannot be true (a seal twice, or never loaded) is not booked, but returned
    and asked of a person. A magazine that will not last is warned of.
    """
    desk = Desk(session, at_ms)
    wrong = ledger.sealed(desk, cell, [Sealed(code, seal, position) for code, seal, position in meters])
    _warn(desk, cell)
    desk.close()
    return wrong


def used(session: Session, *, seal: str, bar_code: str, position: str, cell: str, at_ms: int) -> None:
    """Book one seal on one meter; raises Refused if that cannot be true."""
    wrong = sealed(session, cell=cell, meters=[(bar_code, seal, position)], at_ms=at_ms)
    if wrong:
        raise Refused(wrong[0].code, **wrong[0].params)


def damaged(session: Session, *, seal: str, cell: str, at_ms: int) -> None:
    """Book a seal that broke or could not be read; it is never used.

    One that is on no roll, or is used or void, is not booked but asked of a person.
    """
    desk = Desk(session, at_ms)
    try:
        ledger.damaged(desk, seal, cell=cell)
    except Refused as refusal:
        desk.clarify(f"seal:{seal}", Reason(refusal.code, refusal.params))
    _warn(desk, cell)
    desk.close()


def void(session: Session, *, bar_code: str = "", seal: str = "", reason: str, by: str, at_ms: int) -> list[str]:
    """Make one seal void, or all that are on a meter; return them. Raises Refused for a seal that cannot be."""
    desk = Desk(session, at_ms)
    if seal:
        ledger.void(desk, seal, reason=reason, by=by)
    gone = [seal] if seal else ledger.void_of(desk, [bar_code], reason=reason, by=by)
    desk.close()
    return gone


def remaining(session: Session, cell: str, *, at_ms: int) -> Remaining:
    """Return what is left in a cell, and how long it lasts at the rate of the last hour."""
    connection = session.connection()
    left = int(connection.execute(_left, {"cell_is": cell}).scalar_one())
    count, first_ms = connection.execute(_used, {"cell_is": cell, "since": at_ms - HOUR_MS}).one()
    warn_h = connection.execute(sa.select(_cell.c.warn_h).where(_cell.c.cell == cell)).scalar()
    over_ms = at_ms - (first_ms if first_ms is not None else at_ms)
    return lasts(cell, left, used=count, over_ms=over_ms, warn_h=WARN_H if warn_h is None else float(warn_h))


def warn_at(session: Session, cell: str, *, hours: float) -> None:
    """Say how many hours before its end a cell's magazine is to be warned of."""
    upsert(session, SealCellRow, [{"cell": cell, "warn_h": hours}])


def seed_demo(session: Session, *, count: int = 1_000_000, at_ms: int = 0) -> None:
    """Receive a big range of seals, DM00000001 and on, where a site has none yet."""
    if session.connection().execute(sa.select(_range.c.number)).first() is None:
        receive_range(session, prefix="DM", first=1, last=count, by="demo", at_ms=at_ms)


def _warn(desk: Desk, cell: str) -> None:
    """Ask for seals in time, once; the question is closed by what is loaded."""
    told = remaining(desk.session, cell, at_ms=desk.at_ms)
    if not told.is_short:
        desk.clarified(f"seals:{cell}")
        return
    hours = "0" if told.hours_left is None else f"{told.hours_left:.1f}"
    desk.clarify(f"seals:{cell}", Reason("seals_short", {"cell": cell, "left": told.left, "hours": hours}))
