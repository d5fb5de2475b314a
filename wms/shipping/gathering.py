"""What is there to deliver: stock promised to lines of districts that no plan has yet, and the day as numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.routing.fleet import MOST_M, MOST_S, Round, Stop
from optimizer.routing.ways import drive_s
from wms.errors import Refused
from wms.outbound.tables import OrderLineRow, PromiseRow
from wms.rows import table
from wms.shipping.fleet import Fleet
from wms.shipping.rules import Load, kilograms
from wms.shipping.tables import DepotRow, LoadRow
from wms.stock.tables import ModelRow

_line, _promise, _model = table(OrderLineRow), table(PromiseRow), table(ModelRow)
_load, _depot = table(LoadRow), table(DepotRow)
SINGLE_PHASE = "1ph"
_promised = (
    sa.select(_line.c.number, _line.c.district, _model.c.phase)
    .add_columns(sa.func.count().label("boxes"), sa.func.sum(_promise.c.meters).label("meters"))
    .select_from(_promise)
    .join(_line, _line.c.number == _promise.c.line)
    .join(_model, _model.c.code == _line.c.model)
    .group_by(_line.c.number, _line.c.district, _model.c.phase)
    .order_by(_line.c.number)
)
_still_here = sa.and_(_promise.c.state == "promised", _promise.c.job.is_(None), sa.not_(_line.c.closed))
_taken = sa.exists().where(_load.c.line == _line.c.number, _load.c.live)


@dataclass(frozen=True, slots=True)
class Drop:
    """What one stop of a plan brings, and the vehicle that a person has chosen for it ("": any)."""

    district: str
    boxes: int
    weight_kg: int
    plate: str = ""


def loads(session: Session, *, only: Collection[int] | None = None) -> list[Load]:
    """Return by line what is promised and not on its way yet: what no live plan has, or just `only` these lines."""
    return loads_of(session, _still_here, ~_taken if only is None else _line.c.number.in_(sorted(only)))


def loads_of(session: Session, *where: Any) -> list[Load]:
    """Return by line what is promised under a condition. Raises Refused without depot: nobody knows what it weighs."""
    depot = session.connection().execute(sa.select(_depot)).first()
    if depot is None:
        raise Refused("no_depot")
    return [
        Load(row.number, row.district, row.boxes, int(row.meters), _weight_kg(depot, row))
        for row in session.connection().execute(_promised.where(*where))
    ]


def day_of(fleet: Fleet, drops: Sequence[Drop]) -> Round:
    """Return a day for the optimizer: stop n is drop n, vehicle n the n-th of the fleet. All have an address.

    A way that no vehicle can drive within a day is as long as one that it can not. Raises Refused for a day that is
    too much for one plan: too many vehicles.
    """
    ways_m = fleet.ways_m(drop.district for drop in drops)
    near_m = tuple(tuple(min(way, MOST_M) for way in row) for row in ways_m)
    near_s = tuple(tuple(min(way, MOST_S) for way in row) for row in drive_s(ways_m, km_h=fleet.depot.km_h))
    plates = [row.plate for row in fleet.vehicles]
    try:
        return Round(
            stops=tuple(_stop(fleet, drop, plates) for drop in drops),
            vehicles=tuple(fleet.vehicle(row) for row in fleet.vehicles),
            ways_m=near_m, ways_s=near_s, trips=fleet.depot.trips, reload_s=fleet.depot.reload_min * 60,
        )  # fmt: skip
    except ValueError as error:
        raise Refused("unfit_day", faults=str(error)[:400]) from error


def _stop(fleet: Fleet, drop: Drop, plates: Sequence[str]) -> Stop:
    to = fleet.districts[drop.district]
    chosen = (plates.index(drop.plate),) if drop.plate in plates else None
    # a day may end on midnight, which is its last second here
    hours = {"opens_s": to.opens_min * 60, "closes_s": to.closes_min * 60}
    return Stop(drop.boxes, drop.weight_kg, fleet.depot.unload_min * 60, vehicles=chosen, **hours)


def box_kg(depot: Any, phase: str, meters: int) -> int:
    """Return what a box with meters weighs, rounded up."""
    return kilograms(depot.box_g + meters * (depot.meter_1ph_g if phase == SINGLE_PHASE else depot.meter_3ph_g))


def _weight_kg(depot: Any, row: Any) -> int:
    meter_g = depot.meter_1ph_g if row.phase == SINGLE_PHASE else depot.meter_3ph_g
    return kilograms(row.boxes * depot.box_g + int(row.meters) * meter_g)
