"""Who delivers to where: the depot, districts with an address, vehicles that drive, and when each is back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.routing.fleet import Vehicle
from optimizer.routing.ways import Place, Ways, drive_s, roads_m
from wms.errors import Refused
from wms.rows import table
from wms.shipping.tables import DepotRow, DistanceRow, DistrictRow, PlanRow, StopRow, VehicleRow

_depot, _district, _vehicle, _distance = table(DepotRow), table(DistrictRow), table(VehicleRow), table(DistanceRow)
_plan, _stop = table(PlanRow), table(StopRow)
_driven = (
    sa.select(_stop.c.vehicle, _stop.c.district, _stop.c.begins_s, _stop.c.plan, _stop.c.trip)
    .join(_plan, _plan.c.number == _stop.c.plan)
    .where(_stop.c.vehicle != "")
    .order_by(_stop.c.vehicle)
)


@dataclass(frozen=True, slots=True)
class Away:
    """What other plans of a day make of a vehicle: how often it goes out for them, and when it is back."""

    trips: int
    back_s: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """The depot, the districts with an address, the vehicles that drive, and those that are away for other plans."""

    depot: Any
    districts: dict[str, Any]
    vehicles: tuple[Any, ...]
    distances_m: dict[tuple[str, str], int]
    away: dict[str, Away]

    def ways_m(self, districts: Iterable[str]) -> Ways:
        """Return the metres between the depot and districts with an address, and among these."""
        names = ["", *districts]
        known = {
            (a, b): self.distances_m[here, there]
            for a, here in enumerate(names) for b, there in enumerate(names) if (here, there) in self.distances_m
        }  # fmt: skip
        at = [self.districts[name] if name else self.depot for name in names]
        return roads_m([Place(row.latitude, row.longitude) for row in at], known)

    def vehicle(self, row: Any) -> Vehicle:
        """Return a vehicle for the optimizer: it has the hours and trips that no other plan of the day takes."""
        depot, away = self.depot, self.away.get(row.plate, Away(0, 0))
        until_s = depot.closes_min * 60
        ready_s = max(depot.opens_min * 60, away.back_s + depot.reload_min * 60 if away.trips else 0)
        return Vehicle(row.boxes, row.weight_kg, min(ready_s, until_s), until_s, max(0, depot.trips - away.trips))


def fleet(session: Session, day: str, *, but: int | None = None) -> Fleet:
    """Return who delivers to where on a day, for the plan `but` or a new one. Raises Refused without depot or vehicle.

    A plan has to do with what is left of a vehicle by those that are frozen, and by drafts that were made before it.
    """
    connection = session.connection()
    depot = connection.execute(sa.select(_depot)).first()
    if depot is None:
        raise Refused("no_depot")
    vehicles = connection.execute(sa.select(_vehicle).where(_vehicle.c.active).order_by(_vehicle.c.plate)).all()
    if not vehicles:
        raise Refused("no_vehicles")
    districts = {row.district: row for row in connection.execute(sa.select(_district))}
    distances = {(row.origin, row.goal): row.metres for row in connection.execute(sa.select(_distance))}
    found = Fleet(depot, districts, tuple(vehicles), distances, {})
    return replace(found, away=_away(session, found, day, but))


def _away(session: Session, fleet: Fleet, day: str, but: int | None) -> dict[str, Away]:
    before = _plan.c.state == "draft"
    if but is not None:
        before = sa.and_(before, _plan.c.number < but)
    others = sa.and_(_plan.c.day == day, _plan.c.number != (but or 0), sa.or_(_plan.c.state == "frozen", before))
    found: dict[str, Away] = {}
    for plate, stops in groupby(session.connection().execute(_driven.where(others)).all(), key=lambda row: row.vehicle):
        rows = list(stops)
        back_s = max(row.begins_s + _home_s(fleet, row.district) for row in rows)
        found[plate] = Away(len({(row.plan, row.trip) for row in rows}), back_s)
    return found


def _home_s(fleet: Fleet, district: str) -> int:
    """Return how long it takes from when a stop begins until its vehicle is back, if it is the last one."""
    (_, (home_s, _)) = drive_s(fleet.ways_m([district]), km_h=fleet.depot.km_h)
    return fleet.depot.unload_min * 60 + home_s
