"""When each stop of a plan is come to, how far it is, and whose turn it is at the docks: written from the places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from optimizer.routing.bounds import least_m
from optimizer.routing.fleet import Round, Tour
from optimizer.routing.timing import chain
from wms.desk import Desk
from wms.errors import Refused
from wms.rows import table
from wms.shipping.fleet import fleet
from wms.shipping.gathering import Drop, day_of
from wms.shipping.rules import Place, ranks, trips_of
from wms.shipping.tables import PlanRow, StopRow

_plan, _stop = table(PlanRow), table(StopRow)
_p = sa.bindparam
_place = (
    sa.update(_stop).where(_stop.c.number == _p("stop_number")).values(
        vehicle=_p("to_vehicle"), trip=_p("to_trip"), position=_p("to_position"), leaves_s=_p("at_leaves_s"),
        begins_s=_p("at_begins_s"), leg_m=_p("to_leg_m"), rank=_p("to_rank"),
    )
)  # fmt: skip
_mend = sa.update(_stop).where(_stop.c.number == _p("stop_number"), _stop.c.vehicle != "").values(reason="")


def stops_of(desk: Desk, plan: int) -> list[sa.Row[Any]]:
    """Return the stops of a plan by number."""
    query = sa.select(_stop).where(_stop.c.plan == plan).order_by(_stop.c.number)
    return list(desk.connection.execute(query))


def places_of(rows: Sequence[sa.Row[Any]]) -> list[Place]:
    """Return where stops stand."""
    return [Place(row.number, row.vehicle, row.trip, row.position) for row in rows]


def write(desk: Desk, plan: int, places: Sequence[Place]) -> None:
    """Put stops of a plan where they are wanted. Raises Refused if a vehicle cannot do what it would have to."""
    rows = {row.number: row for row in stops_of(desk, plan)}
    served = [place.stop for place in places if place.vehicle]
    day, plates = _day(desk, plan, [rows[number] for number in served])
    turn, values = ranks(places), list[dict[str, Any]]()
    metres = 0
    for plate, trips in trips_of(places).items():
        tours = _tours(day, plates, plate, [[served.index(stop) for stop in trip] for trip in trips])
        metres += sum(tour.metres for tour in tours)
        for trip, tour in enumerate(tours, 1):
            values += _timed(day, tour, served, {"to_vehicle": plate, "to_trip": trip})
    gone = {"to_vehicle": "", "to_trip": 0, "to_position": 0, "at_leaves_s": 0, "at_begins_s": 0, "to_leg_m": 0}
    values += [{"stop_number": place.stop, **gone} for place in places if not place.vehicle]
    if values:
        desk.connection.execute(_place, [row | {"to_rank": turn.get(row["stop_number"], 0)} for row in values])
        desk.connection.execute(_mend, [{"stop_number": row["stop_number"]} for row in values])
    bound = min(metres, least_m(day, range(len(served)))) if served else 0
    done = sa.update(_plan).where(_plan.c.number == plan)
    desk.connection.execute(done.values(metres=metres, bound_m=bound))


def _day(desk: Desk, plan: int, rows: Sequence[sa.Row[Any]]) -> tuple[Round, list[str]]:
    of = desk.connection.execute(sa.select(_plan.c.day).where(_plan.c.number == plan)).scalar()
    known = fleet(desk.session, str(of), but=plan)
    for row in rows:
        if row.district not in known.districts:
            raise Refused("district_without_address", district=row.district)
    day = day_of(known, [Drop(row.district, row.boxes, row.weight_kg) for row in rows])
    return day, [vehicle.plate for vehicle in known.vehicles]


def _tours(day: Round, plates: Sequence[str], plate: str, trips: Sequence[Sequence[int]]) -> list[Tour]:
    if plate not in plates:
        raise Refused("unknown_vehicle", vehicle=plate)
    tours = chain(day, plates.index(plate), trips)
    if tours is None:
        raise Refused("vehicle_cannot_do_it", vehicle=plate)
    return tours


def _timed(day: Round, tour: Tour, served: Sequence[int], to: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    here = 0
    for position, (stop, begins_s) in enumerate(zip(tour.stops, tour.begins_s, strict=True), 1):
        found.append({
            "stop_number": served[stop], **to, "to_position": position, "at_leaves_s": tour.leaves_s,
            "at_begins_s": begins_s, "to_leg_m": day.ways_m[here][stop + 1],
        })  # fmt: skip
        here = stop + 1
    return found
