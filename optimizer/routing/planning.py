"""The tours of a day within a budget: savings first, then search, and never worse than the start."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.effort import Effort, Proof, Told
from optimizer.routing.bounds import least_m
from optimizer.routing.fleet import LEFT_M, Round, RoutePlan, Tour, cost
from optimizer.routing.savings import construct
from optimizer.routing.solving import search


def greedy(day: Round) -> RoutePlan:
    """Return the plan of the savings alone, for when there is no time."""
    tours, left = construct(day)
    return _proven(day, tours, left, 0.0)


def plan(day: Round, effort: Effort, told: Told | None = None) -> RoutePlan:
    """Return the best plan within the budget, never worse than the greedy one; first all stops, then fewest metres."""
    start = greedy(day)
    if not start.tours or start.proof.status == "optimal":
        return start
    tours, seconds = search(day, start.tours, effort, told)
    left = _left(day, tours)
    if not tours or cost(tours, left) >= cost(start.tours, start.left):
        tours, left = list(start.tours), start.left
    return _proven(day, tours, left, seconds)


def _left(day: Round, tours: Sequence[Tour]) -> tuple[int, ...]:
    served = {stop for tour in tours for stop in tour.stops}
    return tuple(stop for stop in range(len(day.stops)) if stop not in served)


def _proven(day: Round, tours: Sequence[Tour], left: tuple[int, ...], seconds: float) -> RoutePlan:
    """Return the plan with its proof: stops that no vehicle can serve are left out by every plan."""
    able = [n for n in range(len(day.stops)) if any(day.may(v, n) for v in range(len(day.vehicles)))]
    bound = least_m(day, able) + LEFT_M * (len(day.stops) - len(able))
    price = cost(tours, left)
    return RoutePlan(tuple(tours), left, Proof(price, min(bound, price), seconds))
