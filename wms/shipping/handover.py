"""What became of a stop: left behind in part when its vehicle must go, and received by its district."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import allocation, closing, trips
from wms.outbound import service as outbound
from wms.outbound.tables import LIVE_PROMISE, LIVE_TRIP, OrderLineRow, PickJobRow, PromiseRow, TripRow
from wms.reasons import Reason
from wms.rows import table
from wms.shipping import counting, dividing
from wms.shipping.tables import LoadRow, PlanRow, StopRow

_plan, _stop, _load = table(PlanRow), table(StopRow), table(LoadRow)
_line, _promise, _trip, _job = table(OrderLineRow), table(PromiseRow), table(TripRow), table(PickJobRow)
LEFT = "left_behind"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a district has signed: by whom, how many boxes are damaged, and what else was to say."""

    signed_by: str
    damaged: int = 0
    remark: str = ""


def leave(desk: Desk, stop: int, *, by: str) -> int:
    """Let a vehicle go without what has not come to the dock for a stop, and return how many meters that is.

    What is missing waits for another plan, as lines of their own where part of a line has left. Raises Refused for an
    unknown stop, while something of it is on its way to the dock, and if nothing is missing.
    """
    row = _noted(desk, stop)
    lines = _lines(desk, stop)
    if not any(line.shipped < line.promised or not line.allocated for line in lines):
        raise Refused("nothing_left_behind", stop=stop)
    numbers = [line.number for line in lines]
    _none_on_its_way(desk, stop, numbers)
    halted = sa.select(_trip.c.number).where(_trip.c.line.in_(numbers), sa.text(LIVE_TRIP))
    for number in desk.connection.execute(halted.order_by(_trip.c.number)).scalars().all():
        trips.settle(desk, number, "cancelled", Reason(LEFT, {"note": row.note}))
    allocation.release(desk, _promise.c.line.in_(numbers))
    missing = sum(_cut(desk, stop, line) for line in _lines(desk, stop))
    counting.recount(desk, stop)
    desk.book("StopLeftBehind", row.note, district=row.district, meters=missing, by=by)
    desk.supplied = True
    outbound.advance(desk)  # what is free again is promised, and the next stop may be loaded
    return missing


def receive(desk: Desk, stop: int, receipt: Receipt, *, by: str) -> None:
    """Book what a district has signed on its receipt note.

    Raises Refused before all of it has left, if nothing has, and a second time.
    """
    row = _noted(desk, stop)
    lines = _lines(desk, stop)
    waits = sa.select(_promise.c.number).where(
        _promise.c.line.in_([line.number for line in lines]), sa.text(f"promise.{LIVE_PROMISE}")
    )
    left = sum(line.shipped for line in lines)
    if row.received_ms or not left or desk.connection.execute(waits).first() is not None:
        raise Refused("not_to_be_received", stop=stop, boxes=row.boxes)
    if not 0 <= receipt.damaged <= row.boxes:
        raise Refused("not_to_be_received", stop=stop, boxes=row.boxes)
    values = {"received_by": receipt.signed_by, "received_ms": max(1, desk.at_ms), "damaged": receipt.damaged}
    done = sa.update(_stop).where(_stop.c.number == stop)
    desk.connection.execute(done.values(**values, remark=receipt.remark[:200]))
    told = {"district": row.district, "boxes": row.boxes, "damaged": receipt.damaged, "signed_by": receipt.signed_by}
    desk.book("DeliveryReceived", row.note, **told, by=by)


def _noted(desk: Desk, stop: int) -> sa.Row[Any]:
    query = sa.select(_stop).join(_plan, _plan.c.number == _stop.c.plan)
    row = desk.connection.execute(query.where(_stop.c.number == stop, _plan.c.state == "frozen")).first()
    if row is None or not row.note:
        raise Refused("unknown_stop", stop=stop)
    return row


def _lines(desk: Desk, stop: int) -> list[sa.Row[Any]]:
    query = sa.select(_line).join(_load, _load.c.line == _line.c.number)
    query = query.where(_load.c.stop == stop, _load.c.live)
    return list(desk.connection.execute(query.order_by(_line.c.number)))


def _none_on_its_way(desk: Desk, stop: int, lines: Collection[int]) -> None:
    moves = sa.select(_trip.c.number).where(_trip.c.line.in_(lines), _trip.c.state.in_(["travelling", "arrived"]))
    picks = sa.select(_job.c.number).where(_job.c.line.in_(lines), sa.text("pick_job.ended_ms = 0"))
    if any(desk.connection.execute(query).first() is not None for query in (moves, picks)):
        raise Refused("stop_on_its_way", stop=stop)


def _cut(desk: Desk, stop: int, line: sa.Row[Any]) -> int:
    """Make what a line still wants a line of its own, and return its meters; what has given nothing leaves whole."""
    if line.closed or line.allocated:
        return 0
    if line.shipped:
        dividing.cut(desk, line, line.shipped)
        closing.close_line(desk, line.number, line.order)
    else:
        desk.connection.execute(sa.delete(_load).where(_load.c.stop == stop, _load.c.line == line.number))
    return line.quantity - line.shipped
