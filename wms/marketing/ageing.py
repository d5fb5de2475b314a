"""Stock that was verified too long ago: what it is, and its calling back for a re-check (DL/T 448-2016: six months)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import tasks
from wms.marketing.tables import LIVE_TASK, TaskRow
from wms.marketing.tasks import Wish
from wms.rows import table
from wms.stock.tables import BoxRow, LotRow, PalletRow

_box, _lot, _pallet, _task = table(BoxRow), table(LotRow), table(PalletRow), table(TaskRow)
DAY_MS = 86_400_000
DAYS = 180
MOST_DAYS = 3_650


class AgedLot(BaseModel):
    """Qualified boxes of a lot in stock that were verified before a day."""

    lot: str
    model: str
    boxes: int
    meters: int
    verified_ms: int
    days: int
    task: str = ""
    """The task that re-checks them already."""


def aged(session: Session, *, at_ms: int, days: int = DAYS) -> list[AgedLot]:
    """Return lots with qualified stock older than `days`, the oldest first; raises Refused for an absurd span."""
    if not 0 < days <= MOST_DAYS:
        raise Refused("days_out_of_range", days=days, max=MOST_DAYS)
    oldest = sa.func.min(_box.c.verified_ms).label("verified_ms")
    query = (
        sa.select(_lot.c.code.label("lot"), _box.c.model, sa.func.count().label("boxes"), oldest)
        .add_columns(sa.func.sum(_box.c.meters).label("meters"))
        .join(_lot, _lot.c.number == _box.c.lot)
        .join(_pallet, _pallet.c.code == _box.c.pallet)
        .where(_box.c.state == "qualified", _box.c.verified_ms < at_ms - days * DAY_MS, _box.c.meters > 0)
        .where(_pallet.c.whereabouts == "stored")
        .group_by(_lot.c.code, _box.c.model)
        .order_by(oldest, _lot.c.code)
    )
    live = sa.select(_task.c.lot, _task.c.key).where(_task.c.kind == "recheck", sa.text(LIVE_TASK))
    checked: dict[str, str] = {lot: key for lot, key in session.connection().execute(live)}
    rows = session.connection().execute(query).mappings()
    return [_view(row, at_ms, checked.get(row["lot"], "")) for row in rows]


def call_back(desk: Desk, *, days: int = DAYS, by: str = "") -> list[str]:
    """Make a task to re-check each lot with aged stock that has none yet, and return their names.

    They are of the house, not of a platform: nobody is asked to approve them, an operator is.
    """
    made: list[str] = []
    for one in aged(desk.session, at_ms=desk.at_ms, days=days):
        if not one.task:
            key = f"AGED-{one.lot}-{desk.at_ms // DAY_MS}"[: tasks.LONGEST_KEY]
            tasks.take(
                desk, Wish(key, one.lot, "recheck", model=one.model, quantity=one.meters, body={"days": days, "by": by})
            )
            made.append(key)
    return made


def _view(row: Any, at_ms: int, task: str) -> AgedLot:
    return AgedLot.model_validate(dict(row) | {"days": (at_ms - row["verified_ms"]) // DAY_MS, "task": task})
