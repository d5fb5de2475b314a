"""Stops, vehicles and ways of one day, and the tours of a plan. Metres, kilograms, seconds from midnight.

A capacitated vehicle routing problem with time windows and several trips a vehicle (VRPTW, multi-trip).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from optimizer.effort import Proof

DAY_S = 86_400
LEFT_M = 20_000_000
"""What a stop that is left out costs beside a metre; no way back and forth on earth is longer."""
MOST_STOPS, MOST_VEHICLES, MOST_TRIPS, MOST_M, MOST_S = 300, 60, 6, 5_000_000, 10 * DAY_S


@dataclass(frozen=True, slots=True)
class Stop:
    """What one place gets: boxes and their weight, when it may be served, and by which vehicles (None: by any)."""

    boxes: int
    weight_kg: int
    service_s: int = 0
    opens_s: int = 0
    closes_s: int = DAY_S
    vehicles: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """How much it carries at once, from when until when it may be away from the depot, and how often at most."""

    boxes: int
    weight_kg: int
    ready_s: int = 0
    until_s: int = DAY_S
    trips: int = MOST_TRIPS


@dataclass(frozen=True, slots=True)
class Round:
    """A day: node 0 of both matrices is the depot, node n + 1 is stop n. Raises ValueError, with every fault of it.

    A vehicle makes up to `trips` trips; between two it stands at the depot for `reload_s`.
    """

    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    ways_m: tuple[tuple[int, ...], ...]
    ways_s: tuple[tuple[int, ...], ...]
    trips: int = 1
    reload_s: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a day that makes no sense."""
        if faults := [*_of_sizes(self), *_of_stops(self), *_of_vehicles(self)]:
            raise ValueError("; ".join(faults))

    def may(self, vehicle: int, stop: int) -> bool:
        """Return whether a vehicle could serve a stop if it did nothing else."""
        at, to = self.vehicles[vehicle], self.stops[stop]
        if to.boxes > at.boxes or to.weight_kg > at.weight_kg or not at.trips:
            return False
        if to.vehicles is not None and vehicle not in to.vehicles:
            return False
        begins_s = max(to.opens_s, at.ready_s + self.ways_s[0][stop + 1])
        return begins_s <= to.closes_s and begins_s + to.service_s + self.ways_s[stop + 1][0] <= at.until_s


@dataclass(frozen=True, slots=True)
class Tour:
    """One trip of a vehicle: its stops in order, when it leaves, when each stop begins, and when it is back."""

    vehicle: int
    stops: tuple[int, ...]
    leaves_s: int
    begins_s: tuple[int, ...]
    back_s: int
    metres: int


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """Tours by vehicle and time, the stops that are left out, and what was proven of metres plus LEFT_M each."""

    tours: tuple[Tour, ...]
    left: tuple[int, ...]
    proof: Proof

    @property
    def metres(self) -> int:
        """How far all vehicles go."""
        return sum(tour.metres for tour in self.tours)


def length(day: Round, stops: Sequence[int]) -> int:
    """Return the metres of a trip by its stops."""
    nodes = [0, *(stop + 1 for stop in stops), 0]
    return sum(day.ways_m[here][there] for here, there in pairwise(nodes))


def cost(tours: Sequence[Tour], left: Sequence[int]) -> int:
    """Return what a plan costs: metres, and LEFT_M for every stop that is left out."""
    return sum(tour.metres for tour in tours) + LEFT_M * len(left)


def _of_sizes(day: Round) -> list[str]:
    nodes, faults = len(day.stops) + 1, list[str]()
    if len(day.stops) > MOST_STOPS or len(day.vehicles) > MOST_VEHICLES or not 1 <= day.trips <= MOST_TRIPS:
        faults.append(f"up to {MOST_STOPS} stops, {MOST_VEHICLES} vehicles and {MOST_TRIPS} trips, please")
    for name, matrix, most in (("ways_m", day.ways_m, MOST_M), ("ways_s", day.ways_s, MOST_S)):
        if len(matrix) != nodes or any(len(row) != nodes for row in matrix):
            faults.append(f"{name} must be {nodes} by {nodes}")
        elif any(not 0 <= way <= most for row in matrix for way in row):
            faults.append(f"{name} must lie between 0 and {most}")
    return faults if 0 <= day.reload_s <= DAY_S else [*faults, "reload_s must lie within a day"]


def _of_stops(day: Round) -> list[str]:
    return [
        f"stop {n} makes no sense"
        for n, stop in enumerate(day.stops)
        if min(stop.boxes, stop.weight_kg, stop.service_s, stop.opens_s) < 0
        or not stop.opens_s <= stop.closes_s <= DAY_S
        or any(not 0 <= each < len(day.vehicles) for each in stop.vehicles or ())
    ]


def _of_vehicles(day: Round) -> list[str]:
    return [
        f"vehicle {n} makes no sense"
        for n, each in enumerate(day.vehicles)
        if each.boxes < 1 or each.weight_kg < 1 or each.trips < 0 or not 0 <= each.ready_s <= each.until_s <= DAY_S
    ]
