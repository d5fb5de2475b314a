"""The tours of a day within a budget: savings first, then search, and never worse than the start."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.effort import Effort, Proof, Told
from optimizer.routing.bounds import least_m
from optimizer.routing.fleet import LEFT_M, Round, RoutePlan, Tour, cost
from optimizer.routing.savings import construct


def greedy(day: Round) -> RoutePlan:
    """Return the plan of the savings alone, for when there is no time."""
    return _proven(*construct(day), _bound(day), 0.0)


def plan(day: Round, effort: Effort, told: Told | None = None) -> RoutePlan:
    """Return the best plan within the budget, never worse than the greedy one; first all stops, then fewest metres."""
    (tours, left), bound = construct(day), _bound(day)
    start = _proven(tours, left, bound, 0.0)
    if not start.tours or start.proof.status == "optimal":
        return start
    from optimizer.routing.solving import search  # it loads the solver: a site that plans no tours never does

    found, seconds = search(day, start.tours, effort, told)
    if found and cost(found, _left(day, found)) < cost(tours, left):
        tours, left = tuple(found), _left(day, found)
    return _proven(tours, left, bound, seconds)


def _left(day: Round, tours: Sequence[Tour]) -> tuple[int, ...]:
    served = {stop for tour in tours for stop in tour.stops}
    return tuple(stop for stop in range(len(day.stops)) if stop not in served)


def _bound(day: Round) -> int:
    """Return what no plan costs less than: stops that no vehicle can serve are left out by every plan."""
    able = [n for n in range(len(day.stops)) if any(day.may(v, n) for v in range(len(day.vehicles)))]
    return least_m(day, able) + LEFT_M * (len(day.stops) - len(able))


def _proven(tours: tuple[Tour, ...], left: tuple[int, ...], bound: int, seconds: float) -> RoutePlan:
    price = cost(tours, left)
    return RoutePlan(tours, left, Proof(price, min(bound, price), seconds))
