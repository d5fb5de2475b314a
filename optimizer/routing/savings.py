"""A plan at once: trips joined where that saves most way, each given to the vehicle that has time for it.

G. Clarke and J. W. Wright, Scheduling of vehicles from a central depot to a number of delivery points, 1964.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.routing.fleet import Round, Tour
from optimizer.routing.timing import chain, trip

Trips = list[list[int]]


def construct(day: Round) -> tuple[tuple[Tour, ...], tuple[int, ...]]:
    """Return tours and what is left out; the better of trips joined and, where these find no vehicle, cut again."""
    fitting = [n for n in range(len(day.stops)) if any(day.may(v, n) for v in range(len(day.vehicles)))]
    given: list[Trips] = [[] for _ in day.vehicles]
    homeless = list[int]()
    for stops in sorted(_joined(day, fitting), key=lambda t: (min(day.stops[n].closes_s for n in t), -len(t), t)):
        if not _give(day, given, stops):
            homeless += stops
    for stop in homeless:
        _insert(day, given, stop)
    tours = [tour for vehicle, trips in enumerate(given) for tour in chain(day, vehicle, trips) or ()]
    served = {stop for tour in tours for stop in tour.stops}
    return tuple(tours), tuple(n for n in range(len(day.stops)) if n not in served)


def _joined(day: Round, stops: Sequence[int]) -> Trips:
    """Return trips that some vehicle could make, joined end to end by the most way saved."""
    ways = day.ways_m
    savings = sorted(
        (ways[0][b + 1] + ways[a + 1][0] - ways[a + 1][b + 1], -a, -b) for a in stops for b in stops if a != b
    )
    trips = {stop: [stop] for stop in stops}
    for saved, minus_a, minus_b in reversed(savings):
        first, second = trips[-minus_a], trips[-minus_b]
        if saved < 0:  # nothing saved is one trip less all the same
            break
        if first is second or first[-1] != -minus_a or second[0] != -minus_b:
            continue
        joined = first + second
        if _someone(day, joined):
            trips |= dict.fromkeys(joined, joined)
    return [trip for stop, trip in sorted(trips.items()) if trip[0] == stop]


def _someone(day: Round, stops: Sequence[int]) -> bool:
    """Return whether some vehicle can make a trip; of vehicles that are alike one is asked, if no stop has a choice."""
    loads = [day.stops[stop] for stop in stops]
    alike = all(load.vehicles is None for load in loads)
    kinds = {vehicle if alike else n: n for n, vehicle in enumerate(day.vehicles)}
    return any(trip(day, n, stops, day.vehicles[n].ready_s) is not None for n in kinds.values())


def _give(day: Round, given: list[Trips], stops: list[int]) -> bool:
    """Give a trip to the smallest vehicle that is back from it first; return whether there is one."""
    best: tuple[int, int, int] | None = None
    for vehicle, trips in enumerate(given):
        tours = chain(day, vehicle, [*trips, stops])
        if tours is not None:
            best = min(best or (1 << 60, 0, 0), (tours[-1].back_s, day.vehicles[vehicle].boxes, vehicle))
    if best is not None:
        given[best[2]].append(stops)
    return best is not None


def _insert(day: Round, given: list[Trips], stop: int) -> None:
    """Put a stop where it is the shortest detour: into a trip, or as a trip of its own; nowhere if it fits nowhere."""
    best: tuple[int, int, Trips] | None = None
    for vehicle, trips in enumerate(given):
        before = sum(tour.metres for tour in chain(day, vehicle, trips) or ())
        for changed in _with(trips, stop):
            tours = chain(day, vehicle, changed)
            if tours is not None:
                more = sum(tour.metres for tour in tours) - before
                best = min(best or (1 << 60, 0, []), (more, vehicle, changed))
    if best is not None:
        given[best[1]] = best[2]


def _with(trips: Trips, stop: int) -> list[Trips]:
    found = [[*trips, [stop]]]
    for n, stops in enumerate(trips):
        found += [[*trips[:n], [*stops[:at], stop, *stops[at:]], *trips[n + 1 :]] for at in range(len(stops) + 1)]
    return found
