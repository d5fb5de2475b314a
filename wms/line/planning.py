"""Which lot goes to which line, and in what order: lots as batches, lines as unequal benches, by the optimizer.

A line takes what it has been called already first. There is no change-over between lots in the plant model, and no due
date on a verification, so the plan minimises when the last lot is done. The greedy plan always comes; a search for a
better one is for whoever has seconds to spend, never for the control loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.effort import Effort
from optimizer.lines.hall import Batch, Bench, Hall, orders_of
from optimizer.lines.planning import greedy, plan
from plc.plant.cells import CellLine
from plc.plant.model import Plant
from wms.errors import Refused
from wms.outbound.tables import LIVE_TRIP, OutboundOrderRow, TripRow
from wms.rows import table
from wms.stock import views
from wms.stock.tables import BoxRow, LotRow

RUN_S = 3_600.0  # of a line that is led cell by cell, where nothing better is known: a run of its benches
MOST_LOTS = 80
_box, _lot, _order, _trip = table(BoxRow), table(LotRow), table(OutboundOrderRow), table(TripRow)
_meters = (
    sa.select(_lot.c.code, sa.func.sum(_box.c.meters))
    .join(_box, _box.c.lot == _lot.c.number)
    .where(_lot.c.code.in_(sa.bindparam("lots", expanding=True)))
    .where(_box.c.state.in_(["expected", "received", "to_verify"]))
    .group_by(_lot.c.code)
)
_called = (
    sa.select(_order.c.line, sa.func.sum(_box.c.meters))
    .join(_trip, _trip.c.order == _order.c.number)
    .join(_box, _box.c.pallet == _trip.c.pallet)
    .where(_order.c.kind == "verification", sa.text(f"trip.{LIVE_TRIP}"))
    .group_by(_order.c.line)
)


@dataclass(frozen=True, slots=True)
class LotPlaced:
    """A lot on a line, from when until when, in seconds from now."""

    lot: str
    line: str
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class LotPlan:
    """The lots, those that begin first before the others; when the last is done, and what no plan can go below.

    `rule` is "greedy" or "planned".
    """

    placed: tuple[LotPlaced, ...]
    rule: str
    done_s: float
    bound_s: float
    seconds: float


def plan_lots(session: Session, plant: Plant, lots: Sequence[str], *, seconds: float = 0.0) -> LotPlan:
    """Return the lots placed on lines; with `seconds` after a search.

    Raises Refused for no lots or too many, one with nothing to verify, or one that no line verifies.
    """
    wanted = list(dict.fromkeys(lots))
    if not 0 < len(wanted) <= MOST_LOTS:
        raise Refused("too_many_lots", count=len(wanted), max=MOST_LOTS)
    lines = list(plant.lines)
    hall = Hall(tuple(_benches(session, plant)), tuple(_batches(session, plant, wanted)))
    found = plan(hall, Effort(seconds=seconds)) if seconds else greedy(hall)
    order = {batch: n for bench in orders_of(hall, found.placed) for n, batch in enumerate(bench)}
    placed = sorted(found.placed, key=lambda each: (each.start_s, order[each.batch], each.bench))
    return LotPlan(
        tuple(LotPlaced(wanted[p.batch], lines[p.bench], p.start_s, p.end_s) for p in placed),
        "planned" if seconds else "greedy", found.proof.objective, found.proof.bound, found.proof.seconds,
    )  # fmt: skip


def _batches(session: Session, plant: Plant, lots: Sequence[str]) -> list[Batch]:
    meters: dict[str, int] = {code: int(n) for code, n in session.connection().execute(_meters, {"lots": list(lots)})}
    found: list[Batch] = []
    for lot in lots:
        if not meters.get(lot):
            raise Refused("nothing_to_verify", lot=lot)
        phase = views.phase_of(session, lot)
        times = tuple(
            round(meters[lot] * meter_s(plant, line)) if _verifies(plant, line, phase) else None for line in plant.lines
        )
        if all(time is None for time in times):
            raise Refused("no_line_for_lot", lot=lot, phase=phase)
        found.append(Batch(0, times))
    return found


def _benches(session: Session, plant: Plant) -> list[Bench]:
    """Return each line as a bench that is free when what it was called already is verified."""
    called: dict[str, int] = {line: int(n or 0) for line, n in session.connection().execute(_called)}
    return [Bench(free_s=round(called.get(line, 0) * meter_s(plant, line))) for line in plant.lines]


def meter_s(plant: Plant, line: str) -> float:
    """Return the seconds that a line takes for one more meter."""
    spec = plant.lines[line]
    if isinstance(spec, CellLine):
        return RUN_S / max(1, sum(bench.positions for bench in spec.benches))
    return spec.batch_s / spec.positions


def _verifies(plant: Plant, line: str, phase: str) -> bool:
    spec = plant.lines[line]
    return not isinstance(spec, CellLine) or spec.phase == phase
