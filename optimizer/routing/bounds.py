"""How short any plan must be at least: by the furthest stop, nearest neighbours, loads, and what keeps all together.

Each holds for any number of vehicles and trips, so also for those of the day. Vehicles are taken as the biggest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from optimizer.routing.fleet import Round
from optimizer.routing.trees import by_trees

Matrix = list[list[int]]


def least_m(day: Round, stops: Sequence[int]) -> int:
    """Return metres that no plan which serves all of `stops` goes below."""
    if not stops:
        return 0
    nodes = [0, *(stop + 1 for stop in stops)]
    ways = _shortest([[day.ways_m[a][b] for b in nodes] for a in nodes])
    loads = [_shares(day, stops, by) for by in ("boxes", "weight_kg")]
    trips = max(1, *(-int(-round(sum(shares), 9) // 1) for shares in loads))
    return max(
        _by_furthest(ways),
        _by_nearest(ways, trips),
        by_trees(ways, min(trips, len(stops))),
        *(_by_loads(ways, shares) for shares in loads),
    )


def _shares(day: Round, stops: Sequence[int], by: Literal["boxes", "weight_kg"]) -> list[float]:
    """Return how much of the biggest vehicle each stop fills, by boxes or by weight."""
    most = max(getattr(vehicle, by) for vehicle in day.vehicles)
    return [getattr(day.stops[stop], by) / most for stop in stops]


def _by_furthest(ways: Matrix) -> int:
    """Somebody goes to the furthest stop and comes back."""
    return max(ways[0][n] + ways[n][0] for n in range(1, len(ways)))


def _by_nearest(ways: Matrix, trips: int) -> int:
    """Every stop is come to and left once, the depot once a trip; each way counts half at both its ends."""
    others = [[b for b in range(len(ways)) if b != a] for a in range(len(ways))]
    halves = [
        min(ways[a][b] for b in others[a]) + min(ways[b][a] for b in others[a]) for a in range(len(ways))
    ]  # fmt: skip
    return -(-(sum(halves[1:]) + trips * halves[0]) // 2)


def _by_loads(ways: Matrix, shares: Sequence[float]) -> int:
    """A trip is as long as there and back to its furthest stop, so at least that of each stop by its share."""
    return int(sum((ways[0][n] + ways[n][0]) * share for n, share in enumerate(shares, 1)))


def _shortest(ways: Matrix) -> Matrix:
    """Return the shortest ways, by way of other places where that is shorter (Floyd and Warshall)."""
    found = np.array(ways, dtype=np.int64)
    for via in range(len(ways)):
        found = np.minimum(found, found[:, via, None] + found[None, via, :])
    return [[int(way) for way in row] for row in found]
