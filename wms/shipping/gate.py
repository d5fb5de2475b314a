"""Nothing leaves for a dock without note: what a frozen plan calls, in which order, and why the rest waits.

A site without depot plans no deliveries; there everything leaves as it is promised.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.outbound.tables import LIVE_PROMISE, PromiseRow
from wms.rows import table
from wms.shipping.rules import priority
from wms.shipping.tables import DepotRow, LoadRow, PlanRow, StopRow

_depot, _plan, _stop, _load = table(DepotRow), table(PlanRow), table(StopRow), table(LoadRow)
_promise = table(PromiseRow)
_p = sa.bindparam
WAITS_FOR_PLAN, WAITS_FOR_TURN = "waits_for_delivery_plan", "waits_for_loading_turn"
_planned = sa.select(_depot.c.number)
_before, _before_load, _before_plan = _stop.alias("before"), _load.alias("before_load"), _plan.alias("before_plan")
_earlier = sa.or_(
    _before_plan.c.frozen_ms < _plan.c.frozen_ms,
    sa.and_(_before_plan.c.frozen_ms == _plan.c.frozen_ms, _before_plan.c.number < _plan.c.number),
    sa.and_(_before_plan.c.number == _plan.c.number, _before.c.rank < _stop.c.rank),
)
_unloaded = (
    sa.exists()
    .where(_before_plan.c.day == _plan.c.day, _before_plan.c.state == "frozen", _earlier)
    .where(_before.c.plan == _before_plan.c.number, _before.c.vehicle == _stop.c.vehicle)
    .where(_before_load.c.stop == _before.c.number, _before_load.c.live, _promise.c.line == _before_load.c.line)
    .where(sa.text(f"promise.{LIVE_PROMISE}"))
)
"""Whether something is still on its way to the docks that must be on the vehicle first: by this plan of the day, or
by one that was frozen before. What another day has left behind holds nobody up."""
_frozen = (
    sa.select(_load.c.line, _stop.c.rank, _stop.c.vehicle, sa.case((_unloaded, 1), else_=0).label("waits"))
    .join(_stop, _stop.c.number == _load.c.stop)
    .join(_plan, _plan.c.number == _stop.c.plan)
    .where(
        _load.c.line.in_(_p("lines", expanding=True)), _load.c.live, _plan.c.state == "frozen", _stop.c.vehicle != ""
    )
)


def plans_deliveries(session: Session) -> bool:
    """Return whether this site plans its deliveries."""
    return session.connection().execute(_planned).first() is not None


def called(session: Session, lines: Collection[int]) -> dict[int, int]:
    """Return those of `lines` whose stock may leave for the docks, with the turn of each (0: nothing is planned)."""
    if not lines or not plans_deliveries(session):
        return dict.fromkeys(lines, 0)
    rows = session.connection().execute(_frozen, {"lines": sorted(lines)})
    return {row.line: row.rank for row in rows if not row.waits}


def waits(session: Session, lines: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return by line, for those that may not leave yet, the code of the reason and the vehicle that it waits for."""
    if not lines or not plans_deliveries(session):
        return {}
    rows = {row.line: row for row in session.connection().execute(_frozen, {"lines": sorted(lines)})}
    found = {line: (WAITS_FOR_PLAN, "") for line in lines if line not in rows}
    return found | {line: (WAITS_FOR_TURN, row.vehicle) for line, row in rows.items() if row.waits}


def priority_of(session: Session, line: int | None) -> int:
    """Return with which priority the pallets of a line travel to the docks."""
    rank = None if line is None else called_rank(session, line)
    return priority(rank) if rank else 0


def called_rank(session: Session, line: int) -> int | None:
    """Return the turn of a line at the docks by its frozen plan, or None."""
    row = session.connection().execute(_frozen, {"lines": [line]}).first()
    return None if row is None else int(row.rank)
