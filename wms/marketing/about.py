"""Which task a letter belongs to, and what lies in boxes and on pallets when it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.marketing.tables import LIVE_TASK, TaskRow
from wms.outbound.tables import OutboundOrderRow
from wms.rows import chunks, table
from wms.stock.tables import AssetRow, BoxRow, LotRow

_task, _box, _asset, _lot = table(TaskRow), table(BoxRow), table(AssetRow), table(LotRow)
_order = table(OutboundOrderRow)
LATE = ("cancelling", "cancelled")
LOOKUP = 1_000


@dataclass(frozen=True, slots=True)
class About:
    """The task that something belongs to, "" if to none; `late` if the task was taken back meanwhile.

    `since_ms` is when its order was made, 0 if no line is at work on it.
    """

    task: str
    late: bool = False
    since_ms: int = 0


def lot_in(session: Session, lot: str, at_ms: int | None = None) -> About:
    """Return the task that a lot is worked on for: that of the order a line is at work on, else the newest.

    With `at_ms` that which it was at work on then: a letter may be written when the next task has begun.
    """
    ended = _order.c.ended_ms == 0 if at_ms is None else sa.or_(_order.c.ended_ms == 0, _order.c.ended_ms >= at_ms)
    begun = sa.and_(ended, _order.c.created_ms <= at_ms) if at_ms is not None else ended
    at_work = sa.case((begun, _order.c.number))  # a lot is verified by one order at a time, the oldest first
    live = sa.case(
        (_task.c.state.in_(["running", "paused", "cancelling"]), 0),
        (sa.text(f"verification_task.{LIVE_TASK}"), 1),
        else_=2,
    )
    since = sa.case((begun, _order.c.created_ms), else_=0).label("since_ms")
    query = sa.select(_task.c.key, _task.c.state, since).outerjoin(
        _order, sa.and_(_order.c.number == _task.c.order, _task.c.order > 0)
    )
    query = query.where(_task.c.lot == lot).order_by(at_work.is_(None), at_work, live, _task.c.number.desc())
    row = session.connection().execute(query.limit(1)).first()
    return About("") if row is None else About(row.key, row.state in LATE, int(row.since_ms))


def order_of(session: Session, order: int, lot: str) -> About:
    """Return the task that an order carries out, else the one of its lot."""
    query = sa.select(_task.c.key, _task.c.state).where(_task.c.order == order)
    row = session.connection().execute(query).first() if order else None
    return lot_in(session, lot) if row is None else About(row.key, row.state in LATE)


def lot_of(session: Session, codes: Sequence[str]) -> str:
    """Return the name of the lot that meters belong to, by the first that the books know; "" for none."""
    query = sa.select(_lot.c.code).join(_asset, _asset.c.lot == _lot.c.number)
    first = query.where(_asset.c.bar_code.in_(list(codes)[:LOOKUP])).order_by(_asset.c.bar_code).limit(1)
    return str(session.connection().execute(first).scalar() or "")


def lot_named(session: Session, number: int) -> str:
    """Return the name of a lot by its number on the wire."""
    return str(session.connection().execute(sa.select(_lot.c.code).where(_lot.c.number == number)).scalar() or "")


def boxes_on(session: Session, pallet: str) -> list[Any]:
    """Return the boxes on a pallet, with the name of their lot, by pile."""
    query = sa.select(_box, _lot.c.code.label("lot_name")).outerjoin(_lot, _lot.c.number == _box.c.lot)
    query = query.where(_box.c.pallet == pallet).order_by(_box.c.pile, _box.c.code)
    return list(session.connection().execute(query))


def bars_in(session: Session, boxes: Sequence[str]) -> dict[str, list[str]]:
    """Return the meters in each of some boxes."""
    found: dict[str, list[str]] = {box: [] for box in boxes}
    for part in chunks(boxes, LOOKUP):
        query = sa.select(_asset.c.box, _asset.c.bar_code).where(_asset.c.box.in_(part)).order_by(_asset.c.bar_code)
        for box, code in session.connection().execute(query):
            found[box].append(code)
    return found
