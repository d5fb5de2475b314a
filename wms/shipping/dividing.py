"""Lines of orders that no vehicle takes at once, divided into lines that one can; all else about them stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.outbound.tables import OrderLineRow, PromiseRow
from wms.rows import table
from wms.shipping.gathering import Fleet, box_kg, loads
from wms.shipping.rules import Load, portions
from wms.stock.tables import BoxRow, ModelRow

_line, _promise, _box, _model = table(OrderLineRow), table(PromiseRow), table(BoxRow), table(ModelRow)


def divide(desk: Desk, fleet: Fleet) -> int:
    """Divide what is promised to lines that exceed the biggest vehicle, and return how many lines are new.

    Boxes of one pallet stay together as far as can be. What a line still lacks stays with its first part.
    """
    boxes, kg = max(v.boxes for v in fleet.vehicles), max(v.weight_kg for v in fleet.vehicles)
    big = [load for load in loads(desk.session) if load.boxes > boxes or load.weight_kg > kg]
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
    new = {name: getattr(line, name) for name in ("order", "district", "model", "dock")}
    new |= {"quantity": meters, "promised": meters, "shipped": 0, "allocated": True, "closed": False}
    done = desk.connection.execute(sa.insert(_line), new | {"reason": "", "params": "{}"})
    number = int(done.inserted_primary_key[0])  # type: ignore[index]
    mine = sa.update(_promise).where(_promise.c.number.in_([row.number for row in rows]))
    desk.connection.execute(mine.values(line=number))
