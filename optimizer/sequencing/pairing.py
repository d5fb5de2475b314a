"""The best pairs of a block: storages and retrievals by linear assignment, exact.

With the slots of a block fixed, the ways from the input and to the output are a constant sum; only the travel between
the two slots of a cycle depends on the pairs. So the best pairs are a linear assignment on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import linear_sum_assignment as lsa  # pyright: ignore[reportMissingTypeStubs]

from optimizer.travel import Rack, Seconds, Slots

_STEPS = 100_000  # costs are whole numbers for the solver, which is slower the finer they are


@dataclass(frozen=True, slots=True)
class Pairs:
    """`columns[k]` goes with `rows[k]`, `rows` ascending; `cost` is their sum, the least there is but for rounding."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    cost: float


def assign(costs: Seconds) -> Pairs:
    """Return the cheapest pairs of rows and columns, each used at most once, min(rows, columns) of them.

    Costs are compared to a hundred-thousandth of the dearest. Raises ValueError for a table that is
    none, or has a cost that is not finite or below 0.
    """
    if costs.ndim != 2 or not np.isfinite(costs).all() or (costs < 0).any():  # noqa: PLR2004
        raise ValueError("costs must be a table of finite numbers, none below 0")
    size, (height, width) = max(costs.shape), costs.shape
    if not min(height, width):
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), 0.0)
    whole = np.zeros((size, size), np.int64)
    whole[:height, :width] = np.rint(costs * (_STEPS / (float(costs.max()) or 1.0)))
    solver = lsa.SimpleLinearSumAssignment()
    left, right = np.repeat(np.arange(size, dtype=np.int32), size), np.tile(np.arange(size, dtype=np.int32), size)
    # NOTE: the stubs of ortools take the type of an array for its shape.
    solver.add_arcs_with_cost(left, right, whole.ravel())  # pyright: ignore[reportArgumentType]
    status: object = solver.solve()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if status != solver.OPTIMAL:
        raise ValueError(f"the assignment ended as {status}")
    mates = np.fromiter((solver.right_mate(row) for row in range(height)), np.int64, height)
    rows = np.flatnonzero(mates < width)
    return Pairs(rows, mates[rows], float(costs[rows, mates[rows]].sum()))


def pair_block(rack: Rack, storages: Slots, retrievals: Slots) -> Pairs:
    """Return the dual cycles of a block with the least travel between their slots, in seconds."""
    return assign(rack.between(storages, retrievals))
