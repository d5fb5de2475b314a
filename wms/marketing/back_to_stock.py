"""Function 6: packed boxes go back into stock when both halves are here, the line's packing and marketing's trigger.

Either may come first. Only tasks that ask for it have a trigger; boxes of all others go back as soon as they are
packed. A task that was taken back holds nothing any more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing.tables import TaskRow
from wms.marketing.task_tables import StockInRow
from wms.outbound.tables import OutboundOrderRow
from wms.reasons import Reason
from wms.rows import chunks, table
from wms.stock.tables import BoxRow

_task, _in, _box, _order = table(TaskRow), table(StockInRow), table(BoxRow), table(OutboundOrderRow)
MOST_BOXES = 10_000
AT_ONCE = 500
_at_work = sa.select(sa.func.min(_order.c.number)).where(
    _order.c.lot == sa.bindparam("of_lot"), _order.c.kind == "verification", _order.c.ended_ms == 0
)
"""The order that a line packs a lot for: the oldest that is not over; a later one waits."""
_of_lot = sa.select(_task.c.key, _task.c.requested).where(
    _task.c.order == _at_work.scalar_subquery(), _task.c.state.in_(["running", "paused"])
)
_waits = (
    sa.select(_in.c.task, sa.func.count())
    .join(_box, _box.c.code == _in.c.box)
    .join(_task, _task.c.key == _in.c.task)
    .where(_box.c.pallet == sa.bindparam("of_pallet"), _in.c.packed_ms > 0, _in.c.triggered_ms == 0)
    .where(_task.c.state.not_in(["cancelling", "cancelled"]))
    .group_by(_in.c.task)
    .order_by(_in.c.task)
    .limit(1)
)


def packed(desk: Desk, box: str) -> None:
    """Note the line's half: a box is packed. Nothing is noted for a task that sends no trigger."""
    lot = desk.connection.execute(sa.select(_box.c.lot).where(_box.c.code == box)).scalar()
    for task in desk.connection.execute(_of_lot, {"of_lot": lot}).all():
        if json.loads(task.requested).get("trigger"):
            _note(desk, task.key, [box], "packed_ms")


def trigger(desk: Desk, key: str, boxes: Sequence[str], *, by: str) -> int:
    """Note marketing's half: these boxes shall go back into stock; return how many it had not said before.

    Raises Refused for an unknown task, for none or too many boxes.
    """
    task = desk.connection.execute(sa.select(_task.c.key).where(_task.c.key == key)).scalar()
    if task is None:
        raise Refused("unknown_task", task=key)
    wanted = list(dict.fromkeys(boxes))
    if not 0 < len(wanted) <= MOST_BOXES:
        raise Refused("too_many_boxes", count=len(wanted), max=MOST_BOXES)
    new = _note(desk, key, wanted, "triggered_ms")
    if new:
        desk.book("BackToStockTriggered", key, boxes=new, by=by)
        desk.changed = True
    return new


def held(desk: Desk, pallet: str) -> Reason | None:
    """Return why a pallet with packed boxes must not go into stock yet, None if it may."""
    row = desk.connection.execute(_waits, {"of_pallet": pallet}).first()
    return None if row is None else Reason("waits_for_trigger", {"task": row[0], "boxes": int(row[1])})


def _note(desk: Desk, key: str, boxes: Sequence[str], half: str) -> int:
    now, new = max(1, desk.at_ms), 0
    for part in chunks(boxes, AT_ONCE):
        rows = desk.connection.execute(sa.select(_in).where(_in.c.task == key, _in.c.box.in_(part))).mappings()
        known: dict[str, Any] = {row["box"]: row for row in rows}
        fresh = [box for box in part if box not in known]
        both = {"packed_ms": 0, "triggered_ms": 0} | {half: now}
        if fresh:
            desk.connection.execute(sa.insert(_in), [{"task": key, "box": box} | both for box in fresh])
        again = [box for box, row in known.items() if half == "packed_ms" or not row[half]]
        if again:
            mine = sa.update(_in).where(_in.c.task == key, _in.c.box.in_(again))
            desk.connection.execute(mine.values(**{half: now}))
        new += len(fresh) + len(again)
    return new
