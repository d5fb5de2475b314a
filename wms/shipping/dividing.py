"""Lines of orders that no vehicle takes at once, divided into lines that one can; all else about them stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.outbound.tables import OrderLineRow, PromiseRow
from wms.rows import table
from wms.shipping.fleet import Fleet
from wms.shipping.gathering import box_kg, loads
from wms.shipping.rules import Load, portions
from wms.stock.tables import BoxRow, ModelRow

_line, _promise, _box, _model = table(OrderLineRow), table(PromiseRow), table(BoxRow), table(ModelRow)


def divide(desk: Desk, fleet: Fleet, *, also: Collection[int] = ()) -> int:
    """Divide what is promised to lines that exceed the biggest vehicle, and return how many lines are new.

    These are the lines of no live plan, and `also` some of one. Boxes of one pallet stay together as far as can be.
    What a line still lacks stays with its first part.
    """
    boxes, kg = max(v.boxes for v in fleet.vehicles), max(v.weight_kg for v in fleet.vehicles)
    found = [*loads(desk.session), *loads(desk.session, only=also)]
    big = [load for load in found if load.boxes > boxes or load.weight_kg > kg]
    return sum(_divide(desk, fleet, load, (boxes, kg)) for load in big)


def _divide(desk: Desk, fleet: Fleet, load: Load, most: tuple[int, int]) -> int:
    line = desk.connection.execute(
        sa.select(_line, _model.c.phase).join(_model, _model.c.code == _line.c.model)
        .where(_line.c.number == load.line)
    ).one()  # fmt: skip
    query = (
        sa.select(_promise.c.number, _promise.c.meters)
        .join(_box, _box.c.code == _promise.c.box)
        .where(_promise.c.line == load.line, _promise.c.state == "promised", _promise.c.job.is_(None))
        .order_by(_box.c.pallet, _promise.c.number)
    )
    rows = desk.connection.execute(query).all()
    weights = [box_kg(fleet.depot, line.phase, row.meters) for row in rows]
    parts = portions(weights, boxes=most[0], weight_kg=most[1])
    for first, last in parts[1:]:
        _part(desk, line, rows[first:last])
    if parts[1:]:
        desk.book("OrderLineDivided", str(line.order), line=load.line, parts=len(parts))
    return len(parts) - 1


def _part(desk: Desk, line: Any, rows: Sequence[Any]) -> None:
    """Make a line of its own of promises, and take them from the line that they were given to."""
    meters = sum(row.meters for row in rows)
    less = sa.update(_line).where(_line.c.number == line.number)
    desk.connection.execute(
        less.values(quantity=_line.c.quantity - meters, promised=_line.c.promised - meters)
    )  # fmt: skip
    number = _like(desk, line, quantity=meters, promised=meters, allocated=True)
    mine = sa.update(_promise).where(_promise.c.number.in_([row.number for row in rows]))
    desk.connection.execute(mine.values(line=number))


def cut(desk: Desk, line: Any, meters: int) -> None:
    """Let a line want no more than `meters`, which it has; the rest waits for stock as a line of its own."""
    values = {"quantity": meters, "promised": meters, "allocated": True, "reason": "", "params": "{}"}
    desk.connection.execute(sa.update(_line).where(_line.c.number == line.number).values(**values))
    _like(desk, line, quantity=line.quantity - meters, promised=0, allocated=False)


def _like(desk: Desk, line: Any, **counts: Any) -> int:
    """Enter a line of the same order, district, model and dock, and return its number."""
    new = {name: getattr(line, name) for name in ("order", "district", "model", "dock")}
    new |= {**counts, "shipped": 0, "closed": False, "reason": "", "params": "{}"}
    return int(desk.connection.execute(sa.insert(_line), new).inserted_primary_key[0])  # type: ignore[index]
