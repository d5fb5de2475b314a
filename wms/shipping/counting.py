"""How much the stops of a plan bring: counted anew when it is frozen, and when a vehicle goes without a part."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.outbound.tables import OrderLineRow, PromiseRow
from wms.rows import table
from wms.shipping import dividing
from wms.shipping.gathering import loads, loads_of
from wms.shipping.rules import Load
from wms.shipping.tables import LoadRow, StopRow

_stop, _load = table(StopRow), table(LoadRow)
_line, _promise = table(OrderLineRow), table(PromiseRow)


def refresh(desk: Desk, plan: int) -> None:
    """Count anew what is promised to the lines of a plan; lines without promise leave it.

    What a line lacks waits for stock as a line of its own: a frozen plan calls nothing that its vehicles may not hold.
    """
    rows = _loads(desk, _stop.c.plan == plan)
    now = {load.line: load for load in loads(desk.session, only={row.line for row in rows})}
    short = sa.select(_line).where(_line.c.number.in_(sorted(now)), sa.not_(_line.c.allocated))
    for line in desk.connection.execute(short.order_by(_line.c.number)).all():
        dividing.cut(desk, line, line.promised)
    _write(desk, rows, now)
    stops = sa.select(_stop.c.number).where(_stop.c.plan == plan).order_by(_stop.c.number)
    for number in desk.connection.execute(stops).scalars().all():
        _total(desk, number)


def recount(desk: Desk, stop: int) -> None:
    """Count anew what a stop brings, that which has left and that which has not."""
    rows = _loads(desk, _load.c.stop == stop)
    left = loads_of(desk.session, _promise.c.state != "released", _line.c.number.in_([row.line for row in rows]))
    _write(desk, rows, {load.line: load for load in left})
    _total(desk, stop)


def _loads(desk: Desk, where: Any) -> list[sa.Row[Any]]:
    query = sa.select(_load).join(_stop, _stop.c.number == _load.c.stop).where(where)
    return list(desk.connection.execute(query.order_by(_load.c.stop, _load.c.line)))


def _write(desk: Desk, rows: list[sa.Row[Any]], now: dict[int, Load]) -> None:
    for row in rows:
        mine = sa.and_(_load.c.stop == row.stop, _load.c.line == row.line)
        if (load := now.get(row.line)) is None:
            desk.connection.execute(sa.delete(_load).where(mine))
            continue
        values = {"boxes": load.boxes, "meters": load.meters, "weight_kg": load.weight_kg}
        desk.connection.execute(sa.update(_load).where(mine).values(**values))


def _total(desk: Desk, stop: int) -> None:
    names = ("boxes", "meters", "weight_kg")
    sums = [sa.func.coalesce(sa.func.sum(_load.c[name]), 0).label(name) for name in names]
    row = desk.connection.execute(sa.select(*sums).where(_load.c.stop == stop)).one()
    values = {name: int(getattr(row, name)) for name in names}
    desk.connection.execute(sa.update(_stop).where(_stop.c.number == stop).values(**values))
