"""The plan of a day as the optimizer makes it: what goes together, and which vehicle takes it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.effort import Effort
from optimizer.routing.fleet import Round, RoutePlan, Stop
from optimizer.routing.planning import plan
from wms.errors import Refused
from wms.shipping.fleet import Fleet
from wms.shipping.gathering import Drop, day_of
from wms.shipping.rules import Load, Parcel, parcels

MOST_STOPS = 300
NO_ADDRESS, TOO_BIG, NO_TIME = "district_without_address", "too_big_for_vehicles", "no_time_for_stop"
Kept = tuple[Parcel, str]
"""A parcel that a person has put on a vehicle, and its plate."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A parcel with its vehicle, trip and position, or why it is left out; `fixed` if a person chose the vehicle."""

    parcel: Parcel
    vehicle: str = ""
    trip: int = 0
    position: int = 0
    reason: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that is not written yet: its parcels, its metres, and the metres that none goes below."""

    placed: tuple[Placed, ...]
    metres: int
    bound_m: int


def draft(fleet: Fleet, loads: Sequence[Load], kept: Sequence[Kept], effort: Effort) -> Draft:
    """Return the best plan within the effort. Raises Refused if there is nothing to deliver, or more than can be."""
    biggest = {
        "boxes": max(v.boxes for v in fleet.vehicles), "weight_kg": max(v.weight_kg for v in fleet.vehicles)
    }  # fmt: skip
    wanted = [*kept, *((parcel, "") for parcel in parcels(loads, **biggest))]
    if not wanted:
        raise Refused("nothing_to_deliver")
    if len(wanted) > MOST_STOPS:
        raise Refused("too_many_stops", count=len(wanted), max=MOST_STOPS)
    known = [one for one in wanted if one[0].district in fleet.districts]
    lost = [Placed(parcel, reason=NO_ADDRESS) for parcel, _ in wanted if parcel.district not in fleet.districts]
    drops = [Drop(parcel.district, parcel.boxes, parcel.weight_kg, plate) for parcel, plate in known]
    day = day_of(fleet, drops)
    found = plan(day, effort)
    placed = [*_driven(fleet, found, known), *_left(day, found, known), *lost]
    bound = int(found.proof.bound) if not found.left else 0
    return Draft(tuple(placed), found.metres, min(bound, found.metres))


def _driven(fleet: Fleet, found: RoutePlan, known: Sequence[Kept]) -> list[Placed]:
    placed: list[Placed] = []
    trips: dict[int, int] = {}
    for tour in found.tours:
        trips[tour.vehicle] = trips.get(tour.vehicle, 0) + 1
        plate = fleet.vehicles[tour.vehicle].plate
        for position, stop in enumerate(tour.stops, 1):
            parcel, chosen = known[stop]
            placed.append(Placed(parcel, plate, trips[tour.vehicle], position, fixed=bool(chosen)))
    return placed


def _left(day: Round, found: RoutePlan, known: Sequence[Kept]) -> list[Placed]:
    return [Placed(known[stop][0], reason=_why(day, day.stops[stop])) for stop in found.left]


def _why(day: Round, stop: Stop) -> str:
    holds = any(stop.boxes <= v.boxes and stop.weight_kg <= v.weight_kg for v in day.vehicles)
    return NO_TIME if holds else TOO_BIG
