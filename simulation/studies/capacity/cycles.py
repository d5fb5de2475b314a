"""Exact cycle times of a crane in a rack: by enumeration of all slots, with the times that the twin's cranes take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plc.plant.travel import trapezoid
from simulation.studies.capacity.machines import Crane

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """The rack of one aisle as its crane sees it: columns and levels with their pitches, input and output at (0, 0)."""

    columns: int
    levels: int
    column_m: float
    level_m: float


@dataclass(frozen=True, slots=True)
class Cycles:
    """Seconds of a crane: single and dual cycle in the mean, and mean and mean square of one move in a mix of both.

    `dual` is the share of moves that are part of a dual cycle.
    """

    single_s: float
    dual_s: float
    dual: float
    move_s: float
    move_square_s2: float

    def wait_s(self, moves_h: float) -> float:
        """Return how long a move waits in the mean for a crane that `moves_h` ask for: Pollaczek-Khinchine.

        W = λ E[S²] / (2 (1 - λ E[S])), for a Poisson stream served one after the other; infinite at full load.
        """
        per_s = moves_h / 3600
        load = per_s * self.move_s
        return per_s * self.move_square_s2 / (2 * (1 - load)) if load < 1 else float("inf")


def by_chance(into: float, out_of: float) -> float:
    """Return the share of moves in dual cycles if moves are done as they come: a put is followed by a get.

    >>> by_chance(30, 30)
    0.5
    """
    whole = into + out_of
    return 2 * into * out_of / (whole * whole) if whole else 0.0


def cycles(crane: Crane, block: Block, dual: float) -> Cycles:
    """Return the times of a crane in its block, `dual` the share of moves in dual cycles.

    Single: in-feed, slot, in-feed. Dual: in-feed, slot, any slot, out-feed. A move in a dual cycle takes half of it.
    """
    x_s, y_s = _axis(crane, block, along=True), _axis(crane, block, along=False)
    out = np.maximum(x_s[:, None], y_s[None, :]).ravel()
    single = 2 * out + 2 * crane.fork_s
    between, between_square, cross = _between(block, x_s, y_s)
    forks = 4 * crane.fork_s
    dual_s = 2 * float(out.mean()) + between + forks
    one, square = float(out.mean()), float((out * out).mean())
    dual_square = (
        2 * square + 2 * one * one + between_square + forks * forks  # legs to two slots drawn apart from each other
        + 2 * (2 * cross + forks * (2 * one + between))
    )  # fmt: skip
    return Cycles(
        float(single.mean()), dual_s, dual, (1 - dual) * float(single.mean()) + dual * dual_s / 2,
        (1 - dual) * float((single * single).mean()) + dual * dual_square / 4,
    )  # fmt: skip


def _axis(crane: Crane, block: Block, *, along: bool) -> Array:
    """Return the seconds over n pitches of one axis, positioning included where anything moves."""
    count, pitch = (block.columns, block.column_m) if along else (block.levels, block.level_m)
    speed, accel = (crane.speed_x_m_s, crane.accel_x_m_s2) if along else (crane.speed_y_m_s, crane.accel_y_m_s2)
    return np.array([trapezoid(n * pitch, speed, accel) + crane.positioning_s * (n > 0) for n in range(count)])


def _between(block: Block, x_s: Array, y_s: Array) -> tuple[float, float, float]:
    """Return mean and mean square of the time between two slots, and the mean of it times the way to one of them."""
    columns, levels = np.arange(block.columns), np.arange(block.levels)
    pairs_x = np.where(columns == 0, block.columns, 2 * (block.columns - columns)).astype(float)
    pairs_y = np.where(levels == 0, block.levels, 2 * (block.levels - levels)).astype(float)
    seconds = np.maximum(x_s[:, None], y_s[None, :])
    weight = pairs_x[:, None] * pairs_y[None, :] / (block.columns * block.levels) ** 2
    gaps_x, gaps_y = np.abs(columns[:, None] - columns[None, :]), np.abs(levels[:, None] - levels[None, :])
    cross = 0.0
    for column in range(block.columns):  # from each slot, the mean way to any other one
        for level in range(block.levels):
            mean = float(np.maximum(x_s[gaps_x[column]][:, None], y_s[gaps_y[level]][None, :]).mean())
            cross += mean * max(float(x_s[column]), float(y_s[level]))
    cross /= block.columns * block.levels
    return float((seconds * weight).sum()), float((seconds * seconds * weight).sum()), cross
