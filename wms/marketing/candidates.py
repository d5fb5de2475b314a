"""What of a lot may be proposed: boxes that stand in stock, move for nobody, and are held by no other proposal."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from wms.desk import Desk
from wms.marketing.drawing import StockedBox
from wms.marketing.tables import TaskRow
from wms.marketing.task_tables import LIVE_BOX, ProposalBoxRow
from wms.outbound.tables import LIVE_TRIP, OutboundOrderRow, TripRow
from wms.rows import table
from wms.stock import views
from wms.stock.tables import BoxRow, LotRow, ModelRow, PalletRow, StationRow

_box, _pallet, _model, _lot = table(BoxRow), table(PalletRow), table(ModelRow), table(LotRow)
_held, _trip, _task = table(ProposalBoxRow), table(TripRow), table(TaskRow)
_station, _order = table(StationRow), table(OutboundOrderRow)
_moves = sa.exists().where(_trip.c.pallet == _pallet.c.code, sa.text(LIVE_TRIP))
_taken = sa.exists().where(_held.c.box == _box.c.code, sa.text(f"proposal_box.{LIVE_BOX}"))
_refused = sa.exists().where(
    _held.c.box == _box.c.code, _held.c.task == sa.bindparam("of_task"), sa.text("proposal_box.state = 'refused'")
)
_free = (
    sa.select(_box.c.code, _box.c.pallet, _box.c.pile, _box.c.meters, _model.c.per_box)
    .select_from(_pallet.join(_box, _box.c.pallet == _pallet.c.code).join(_model, _model.c.code == _box.c.model))
    .where(_pallet.c.lot == sa.bindparam("of_lot"), _pallet.c.whereabouts == "stored", ~_moves)
    .where(_box.c.state.in_(sa.bindparam("wanted", expanding=True)), _box.c.meters > 0, ~_taken, ~_refused)
    .order_by(_pallet.c.arrived_ms, _pallet.c.code, _box.c.pile, _box.c.code)
)
_others = (
    sa.select(_box.c.pallet)
    .join(_pallet, _pallet.c.code == _box.c.pallet)
    .where(_pallet.c.lot == sa.bindparam("of_lot"), _box.c.meters > 0)
    .where(_box.c.state.not_in(sa.bindparam("wanted", expanding=True)), _box.c.state != "quarantine")
    .distinct()
)
_coming = sa.select(sa.func.count()).where(
    _pallet.c.lot == sa.bindparam("of_lot"), _pallet.c.whereabouts.in_(["announced", "moving"]),
    sa.exists().where(_box.c.pallet == _pallet.c.code, _box.c.state.in_(["expected", "received"])),
)  # fmt: skip

_set_back = (
    sa.select(_box.c.code)
    .join(_trip, _trip.c.pallet == _box.c.pallet)
    .join(_task, sa.and_(_task.c.order == _trip.c.order, _task.c.order > 0))
    .join(_station, _station.c.id == _task.c.line)
    .where(_box.c.lot == sa.bindparam("of_lot"), _box.c.meters > 0, _station.c.kind == "cells", ~_taken)
    .where(_box.c.state.in_(["received", "to_verify"]), _trip.c.purpose == "verify", sa.text(f"trip.{LIVE_TRIP}"))
    .limit(1)
)
"""Boxes that come to a line with others of their pallet and are set back closed: the task has not asked for them."""


def free(desk: Desk, task: int, lot: int, states: Collection[str], *, whole: bool) -> list[StockedBox]:
    """Return the boxes of a lot that a task may be given; with `whole` only of pallets that hold nothing else."""
    wanted = list(states)
    rows = desk.connection.execute(_free, {"of_lot": lot, "wanted": wanted, "of_task": task}).all()
    mixed: set[str] = set()
    if whole:
        mixed = set(desk.connection.execute(_others, {"of_lot": lot, "wanted": wanted}).scalars())
    turns: dict[str, int] = {}
    return [
        StockedBox(
            row.code, row.pallet, row.pile, row.meters, row.meters >= row.per_box,
            turns.setdefault(row.pallet, len(turns)),
        )
        for row in rows
        if row.pallet not in mixed
    ]  # fmt: skip


def has_left(desk: Desk, lot: int, states: Collection[str]) -> bool:
    """Return whether there are boxes of a lot at all, wherever they are, that are or may be in one of some states."""
    wanted = [*states, "expected", "to_verify"]
    query = sa.select(_box.c.code).where(_box.c.lot == lot, _box.c.state.in_(wanted), _box.c.meters > 0)
    return desk.connection.execute(query.limit(1)).first() is not None


def aged_pallets(desk: Desk, lot: int, *, before_ms: int) -> set[str]:
    """Return the pallets of a lot with qualified boxes that were verified before a moment."""
    query = sa.select(_box.c.pallet).where(_box.c.lot == lot, _box.c.state == "qualified", _box.c.meters > 0)
    old = desk.connection.execute(query.where(_box.c.verified_ms < before_ms)).scalars()
    return {str(pallet) for pallet in old}


def are_coming(desk: Desk, lot: int) -> bool:
    """Return whether pallets of a lot are still on their way into stock, or boxes that another task leaves on them."""
    on_the_way = bool(desk.connection.execute(_coming, {"of_lot": lot}).scalar())
    return on_the_way or desk.connection.execute(_set_back, {"of_lot": lot}).first() is not None


def lot_number(desk: Desk, lot: str) -> int | None:
    """Return the number of a lot, None for one that the books do not know."""
    found = desk.connection.execute(sa.select(_lot.c.number).where(_lot.c.code == lot)).scalar()
    return None if found is None else int(found)


def line_for(desk: Desk, lot: str) -> str:
    """Return the line that verifies the meters of a lot and has the fewest orders; "" if there is none."""
    phase = views.phase_of(desk.session, lot)
    mine = sa.select(sa.func.count()).where(_order.c.line == _station.c.id, _order.c.ended_ms == 0)
    query = sa.select(_station.c.id).where(
        sa.or_(_station.c.kind == "line", sa.and_(_station.c.kind == "cells", _station.c.phase == phase))
    )
    by = (mine.correlate(_station).scalar_subquery(), _station.c.id)
    return str(desk.connection.execute(query.order_by(*by).limit(1)).scalar() or "")


def meters_of(desk: Desk, lot: int) -> int:
    """Return how many meters of a lot are in boxes here that were not shipped or scrapped."""
    here = sa.select(sa.func.coalesce(sa.func.sum(_box.c.meters), 0)).where(_box.c.lot == lot)
    gone = _box.c.state.in_(["shipped", "scrapped", "not_delivered"])
    return int(desk.connection.execute(here.where(~gone)).scalar_one())
