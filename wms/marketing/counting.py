"""Count tasks: what the books have, by model and state, told to whoever asks (flag 05)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.marketing import outbox
from wms.marketing.tables import TaskRow
from wms.rows import table
from wms.stock.tables import AssetRow, BoxRow, ClarificationRow, LotRow, SlotRow

_task, _asset, _box, _lot = table(TaskRow), table(AssetRow), table(BoxRow), table(LotRow)
_slot, _clarification = table(SlotRow), table(ClarificationRow)
_state = sa.func.coalesce(_asset.c.state, _box.c.state)
GONE = ("shipped", "scrapped", "not_delivered", "expected")


def answer(desk: Desk, task: Any) -> None:
    """Count what a task asks for, its lot or model or all, write the letter, and end the task."""
    rows = _counted(desk, task)
    meters = sum(row["meters"] for row in rows)
    blocked = sa.select(sa.func.count()).where(_slot.c.blocked != "")
    doubts = sa.select(sa.func.count()).select_from(_clarification).where(_clarification.c.closed_ms == 0)
    body = {
        "task": task.key, "flag": "05", "lot": task.lot, "model": task.model, "meters": meters, "rows": rows,
        "slots_blocked": int(desk.connection.execute(blocked).scalar_one()),
        "questions_open": int(desk.connection.execute(doubts).scalar_one()), "at_ms": desk.at_ms,
    }  # fmt: skip
    outbox.post_all(desk, kind="count_result", key=f"count_result:{task.key}", body=body, task=task.key)
    done = {"state": "finished", "reason": "", "ended_ms": max(1, desk.at_ms)}
    desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(**done))
    desk.book("StockCounted", task.key, meters=meters, rows=len(rows))


def _counted(desk: Desk, task: Any) -> list[dict[str, Any]]:
    boxes = sa.func.count(sa.distinct(_asset.c.box))
    query = sa.select(_asset.c.model, _state.label("state"), sa.func.count().label("meters"), boxes.label("boxes"))
    query = query.select_from(_asset.outerjoin(_box, _box.c.code == _asset.c.box)).where(_state.not_in(GONE))
    if task.lot:
        query = query.join(_lot, _lot.c.number == _asset.c.lot).where(_lot.c.code == task.lot)
    if task.model:
        query = query.where(_asset.c.model == task.model)
    rows = desk.connection.execute(query.group_by(_asset.c.model, _state).order_by(_asset.c.model, _state))
    return [dict(row) for row in rows.mappings()]
