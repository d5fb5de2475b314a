"""Stock that was verified too long ago: what it is, and its calling back for a re-check (DL/T 448-2016: six months)."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from wcs import journal
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import night, tasks
from wms.marketing.tables import LIVE_TASK, TaskRow
from wms.marketing.tasks import Wish
from wms.rows import table
from wms.stock.tables import BoxRow, LotRow, PalletRow

_box, _lot, _pallet, _task = table(BoxRow), table(LotRow), table(PalletRow), table(TaskRow)
DAY_MS = 86_400_000
DAYS = 180
MOST_DAYS = 3_650
SOURCE = "recheck"
NIGHT = "nightly_recheck"
"""Of the mark that says which night was the last, and who has called back then."""


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
    live = sa.select(_task.c.lot, _task.c.key).where(_task.c.source == SOURCE, sa.text(LIVE_TASK))
    checked: dict[str, str] = {lot: key for lot, key in session.connection().execute(live)}
    rows = session.connection().execute(query).mappings()
    return [_view(row, at_ms, checked.get(row["lot"], "")) for row in rows]


def call_back(desk: Desk, *, days: int = DAYS, by: str = "") -> list[str]:
    """Make a task to re-check each lot with aged stock that has none yet, and return their names.

    They are of the house, not of a platform: nobody is asked to approve them, an operator is. One that was taken back
    is not made again on the same day.
    """
    made: list[str] = []
    for one in aged(desk.session, at_ms=desk.at_ms, days=days):
        key = _key(one.lot, desk.at_ms // DAY_MS)
        known = desk.connection.execute(sa.select(_task.c.number).where(_task.c.key == key)).first()
        if one.task or known is not None:
            continue
        body = {"days": days, "by": by}
        tasks.take(desk, Wish(key, one.lot, SOURCE, model=one.model, quantity=one.meters, body=body))
        made.append(key)
    return made


def nightly(desk: Desk, plant: Plant) -> list[str]:
    """Call aged stock back once a night, if the plant's rule is that, and return the names of the tasks."""
    rules = plant.rules
    tonight = night.number(plant, desk.at_ms, hour=rules.recheck_hour) if rules.recheck_days else 0
    if not tonight or tonight <= journal.cursor_get(desk.session, NIGHT):
        return []
    journal.cursor_set(desk.session, NIGHT, tonight)
    return call_back(desk, days=rules.recheck_days, by=NIGHT)


def _key(lot: str, day: int) -> str:
    """Return the name of a call-back; a lot whose name is too long for it is known by a part and a check sum."""
    plain = f"AGED-{lot}-{day}"
    return plain if len(plain) <= tasks.LONGEST_KEY else f"AGED-{lot[:36]}-{crc32(lot.encode()):08x}-{day}"


def _view(row: Any, at_ms: int, task: str) -> AgedLot:
    return AgedLot.model_validate(dict(row) | {"days": (at_ms - row["verified_ms"]) // DAY_MS, "task": task})
