"""How many meters of a task are at which stage: on the way in, in stock, called, on the line, judged, missing."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import sqlalchemy as sa

from wcs.journal import canonical
from wms.desk import Desk
from wms.marketing import candidates, outbox
from wms.marketing.task_tables import ProposalBoxRow
from wms.outbound.tables import LIVE_TRIP, TripRow
from wms.rows import table
from wms.stock.tables import AssetRow, BoxRow

_asset, _box, _trip, _held = table(AssetRow), table(BoxRow), table(TripRow), table(ProposalBoxRow)
STAGES = (
    "expected", "in_stock", "proposed", "called", "under_way", "on_line", "passed", "failed", "unverified", "locked",
    "shipped", "missing",
)  # fmt: skip
STAGE_OF = {
    "expected": "expected", "not_delivered": "missing", "received": "in_stock", "to_verify": "called",
    "on_line": "on_line", "qualified": "passed", "allocated": "passed", "rejected": "failed",
    "quarantine": "unverified", "missing": "missing", "shipped": "shipped", "returned": "locked",
    "to_maker": "locked", "scrapped": "locked",
}  # fmt: skip
_state = sa.func.coalesce(_asset.c.state, _box.c.state)
_travels = sa.exists().where(
    _trip.c.pallet == _box.c.pallet, _trip.c.purpose == "verify", sa.text(f"trip.{LIVE_TRIP}"),
    _trip.c.state.in_(["travelling", "arrived"]),
)  # fmt: skip
_proposed = sa.exists().where(
    _held.c.box == _box.c.code, _held.c.task == sa.bindparam("of_task"), _held.c.state == "held"
)
_each = (
    sa.select(_state.label("state"), _travels.label("travels"), _proposed.label("proposed"))
    .select_from(_asset.outerjoin(_box, _box.c.code == _asset.c.box))
    .where(_asset.c.lot == sa.bindparam("of_lot"))
    .subquery()
)
_columns = (_each.c.state, _each.c.travels, _each.c.proposed)
_counted = sa.select(*_columns, sa.func.count()).group_by(*_columns)


def counts(desk: Desk, task: Any) -> dict[str, int]:
    """Return the meters of a task's lot at each stage; each meter is at one."""
    found: dict[str, int] = {stage: 0 for stage in STAGES}
    lot = candidates.lot_number(desk, task.lot)
    if lot is None:
        return found
    for state, travels, proposed, n in desk.connection.execute(_counted, {"of_lot": lot, "of_task": task.number}):
        stage = STAGE_OF.get(str(state), "in_stock")
        if travels and stage == "called":
            stage = "under_way"
        elif proposed and stage in ("in_stock", "passed"):
            stage = "proposed"
        found[stage] += int(n)
    return found


def report(desk: Desk, task: Any, *, at: str) -> dict[str, int]:
    """Tell marketing how many meters of a task are at which stage, and why it is told now; return the counts."""
    found = counts(desk, task)
    body = {"task": task.key, "lot": task.lot, "at": at, "counts": found, "at_ms": desk.at_ms}
    key = f"stage_counts:{task.key}:{at}:{desk.at_ms}:{crc32(canonical(found).encode()):08x}"
    outbox.post_all(desk, kind="stage_counts", key=key, body=body, task=task.key)
    desk.book("StagesCounted", task.key, at=at, **found)
    return found
