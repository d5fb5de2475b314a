"""What is there to deliver: stock promised to lines of districts that no plan has yet, and the day as numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.routing.fleet import Round, Stop, Vehicle
from optimizer.routing.ways import Place, Ways, drive_s, roads_m
from wms.errors import Refused
from wms.outbound.tables import OrderLineRow, PromiseRow
from wms.rows import table
from wms.shipping.rules import Load, kilograms
from wms.shipping.tables import DepotRow, DistanceRow, DistrictRow, LoadRow, VehicleRow
from wms.stock.tables import ModelRow

_line, _promise, _model = table(OrderLineRow), table(PromiseRow), table(ModelRow)
_load, _depot, _district = table(LoadRow), table(DepotRow), table(DistrictRow)
_vehicle, _distance = table(VehicleRow), table(DistanceRow)
SINGLE_PHASE = "1ph"
_promised = (
    sa.select(_line.c.number, _line.c.district, _model.c.phase)
    .add_columns(sa.func.count().label("boxes"), sa.func.sum(_promise.c.meters).label("meters"))
    .select_from(_promise)
    .join(_line, _line.c.number == _promise.c.line)
    .join(_model, _model.c.code == _line.c.model)
    .where(_promise.c.state == "promised", _promise.c.job.is_(None), sa.text("NOT order_line.closed"))
    .group_by(_line.c.number, _line.c.district, _model.c.phase)
    .order_by(_line.c.number)
)
_taken = sa.exists().where(_load.c.line == _line.c.number, _load.c.live)


@dataclass(frozen=True, slots=True)
class Drop:
    """What one stop of a plan brings, and the vehicle that a person has chosen for it ("": any)."""

    district: str
    boxes: int
    weight_kg: int
    plate: str = ""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The depot, the districts with an address, and the vehicles that drive."""

    depot: Any
    districts: dict[str, Any]
    vehicles: tuple[Any, ...]
    distances_m: dict[tuple[str, str], int]


def fleet(session: Session) -> Fleet:
    """Return who delivers to where. Raises Refused without depot or vehicle."""
    connection = session.connection()
    depot = connection.execute(sa.select(_depot)).first()
    if depot is None:
        raise Refused("no_depot")
    vehicles = connection.execute(sa.select(_vehicle).where(_vehicle.c.active).order_by(_vehicle.c.plate)).all()
    if not vehicles:
        raise Refused("no_vehicles")
    districts = {row.district: row for row in connection.execute(sa.select(_district))}
    distances = {(row.origin, row.goal): row.metres for row in connection.execute(sa.select(_distance))}
    return Fleet(depot, districts, tuple(vehicles), distances)


def loads(session: Session, *, only: Collection[int] | None = None) -> list[Load]:
    """Return by line what is promised and not on its way yet: what no live plan has, or just `only` these lines."""
    depot = session.connection().execute(sa.select(_depot)).first()
    if depot is None:
        raise Refused("no_depot")
    query = _promised.where(~_taken) if only is None else _promised.where(_line.c.number.in_(sorted(only)))
    return [
        Load(row.number, row.district, row.boxes, int(row.meters), _weight_kg(depot, row))
        for row in session.connection().execute(query)
    ]


def day_of(fleet: Fleet, drops: Sequence[Drop]) -> Round:
    """Return a day for the optimizer: stop n is drop n, vehicle n the n-th of the fleet. All have an address.

    Raises Refused for a day that is too much for one plan: too many vehicles, or places on other continents.
    """
    depot = fleet.depot
    at = [depot, *(fleet.districts[drop.district] for drop in drops)]
    names = ["", *(drop.district for drop in drops)]
    known = {
        (a, b): fleet.distances_m[here, there]
        for a, here in enumerate(names) for b, there in enumerate(names) if (here, there) in fleet.distances_m
    }  # fmt: skip
    ways_m = roads_m([Place(row.latitude, row.longitude) for row in at], known)
    try:
        return _round(fleet, drops, ways_m)
    except ValueError as error:
        raise Refused("unfit_day", faults=str(error)[:400]) from error


def _round(fleet: Fleet, drops: Sequence[Drop], ways_m: Ways) -> Round:
    depot = fleet.depot
    plates = [vehicle.plate for vehicle in fleet.vehicles]
    return Round(
        stops=tuple(_stop(fleet, drop, plates) for drop in drops),
        vehicles=tuple(
            Vehicle(v.boxes, v.weight_kg, depot.opens_min * 60, depot.closes_min * 60) for v in fleet.vehicles
        ),
        ways_m=ways_m, ways_s=drive_s(ways_m, km_h=depot.km_h), trips=depot.trips, reload_s=depot.reload_min * 60,
    )  # fmt: skip


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
