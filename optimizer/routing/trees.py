"""A bound by spanning trees: all trips together are one round, and no round is shorter than a tree with one way more.

M. Held and R. M. Karp, The traveling-salesman problem and minimum spanning trees, 1970 and 1971. The depot stands in
the round once for each trip, so a tree knows how often somebody must go out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS, FIRST, SHRINK = 120, 0.2, 0.96
FAR = 1e12
Ways = NDArray[np.float64]


def by_trees(ways: list[list[int]], trips: int) -> int:
    """Return metres that no `trips` or more trips from node 0 through all other nodes go below.

    `ways` are shortest ones, so that fewer trips are never longer. Every price on nodes gives a bound; prices that make
    a node with many ways dearer give a better one.

    >>> by_trees([[0, 10, 10], [10, 0, 2], [10, 2, 0]], 1), by_trees([[0, 10, 10], [10, 0, 2], [10, 2, 0]], 2)
    (22, 40)
    """
    size = len(ways) - 1 + trips
    if size < 3:  # noqa: PLR2004 - a round has three nodes
        return 0
    both = _with_depots(ways, trips)
    prices, best, step = np.zeros(size), 0.0, 0.0
    for turn in range(STEPS):
        least, degrees = _tree_and_way(both + prices[:, None] + prices[None, :])
        least -= 2 * float(prices.sum())
        if turn == 0:
            step = FIRST * least / size
        best = max(best, least)
        if not (wrong := degrees - 2).any():
            break
        prices += step * wrong
        step *= SHRINK
    return int(best + 1e-6)


def _with_depots(ways: list[list[int]], trips: int) -> Ways:
    """Return ways that are the same in both directions, with the depot once for each trip; no trip is empty."""
    one_way = np.array(ways, dtype=np.float64)
    nodes = [0] * trips + list(range(1, len(ways)))
    both = np.minimum(one_way, one_way.T)[np.ix_(nodes, nodes)]
    both[:trips, :trips] = FAR
    return both


def _tree_and_way(ways: Ways) -> tuple[float, NDArray[np.int64]]:
    """Return how long the shortest tree over all nodes but the first and two ways there are, and the degrees."""
    size = len(ways)
    degrees = np.zeros(size, dtype=np.int64)
    near, by = ways[1].copy(), np.ones(size, dtype=np.int64)
    near[:2] = np.inf
    total = 0.0
    for _ in range(size - 2):
        node = int(near.argmin())
        total += float(near[node])
        degrees[node] += 1
        degrees[by[node]] += 1
        closer = (ways[node] < near) & np.isfinite(near)
        near[closer], by[closer] = ways[node][closer], node
        near[node] = np.inf
    for node in np.argsort(ways[0, 1:], kind="stable")[:2] + 1:
        total += float(ways[0, node])
        degrees[node] += 1
    degrees[0] = 2
    return total, degrees
