"""The exact mean times of a crane's cycles, by counting over all slots: what the twin is held against.

The theory here knows nothing of `plc/plant/travel.py`, which the twin uses. Times in s, lengths in m; input and output
at (0, 0); both axes move at once, so the slower one counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a crane before `count` slots: the first at `first_m`, the next each `pitch_m` further.

    `accel` (m/s2) may be infinite: constant speed, as the textbooks have it.
    """

    first_m: float
    pitch_m: float
    count: int
    speed: float
    accel: float

    def out_s(self) -> Array:
        """Return the seconds from 0 to each slot."""
        return move_s(self.first_m + self.pitch_m * np.arange(self.count), self.speed, self.accel)

    def apart_s(self) -> Array:
        """Return the seconds over 0, 1, 2, ... pitches."""
        return move_s(self.pitch_m * np.arange(self.count), self.speed, self.accel)

    def pairs(self) -> Array:
        """Return how many ordered pairs of slots are 0, 1, 2, ... pitches apart.

        >>> Axis(0.5, 1.0, 3, 1.0, 1.0).pairs().tolist()
        [3.0, 4.0, 2.0]
        """
        steps = np.arange(self.count)
        return np.where(steps == 0, self.count, 2 * (self.count - steps)).astype(float)


@dataclass(frozen=True, slots=True)
class Grid:
    """A rack as its crane meets it: along and up, seconds per pick or put, and to position at the end of a move."""

    along: Axis
    up: Axis
    fork_s: float
    positioning_s: float = 0.0

    @property
    def slots(self) -> int:
        """Return how many slots there are."""
        return self.along.count * self.up.count

    def out_s(self) -> Array:
        """Return the seconds from (0, 0) to each slot, as columns x levels."""
        return self._moved_s(self.along.out_s(), self.up.out_s())

    def between_s(self) -> float:
        """Return the mean seconds between two distinct slots, over all ordered pairs."""
        moves = self._moved_s(self.along.apart_s(), self.up.apart_s())
        total = float(self.along.pairs() @ moves @ self.up.pairs())
        return total / (self.slots * (self.slots - 1))

    def single_s(self) -> float:
        """Return the mean single cycle over all slots: a pick, out, a put, back empty."""
        return 2 * float(self.out_s().mean()) + 2 * self.fork_s

    def dual_s(self) -> float:
        """Return the mean dual cycle over all ordered pairs of two slots: put away in one, fetch from the other."""
        return 2 * float(self.out_s().mean()) + self.between_s() + 4 * self.fork_s

    def service_s(self) -> tuple[float, float]:
        """Return mean and mean square of the single cycle, in s and s2."""
        cycles = 2 * self.out_s() + 2 * self.fork_s
        return float(cycles.mean()), float((cycles**2).mean())

    def test_cycles_s(self, first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float, float]:
        """Return the single cycles to two slots (column, level; from 0) and the dual cycle over both."""
        out = self.out_s()
        apart = self._moved_s(self.along.apart_s(), self.up.apart_s())
        between = float(apart[abs(first[0] - second[0]), abs(first[1] - second[1])])
        one, two = float(out[first]), float(out[second])
        return 2 * one + 2 * self.fork_s, 2 * two + 2 * self.fork_s, one + between + two + 4 * self.fork_s

    def _moved_s(self, along: Array, up: Array) -> Array:
        slower = np.maximum(along[:, None], up[None, :])
        return np.where(slower > 0, slower + self.positioning_s, 0.0)


def move_s(distance_m: ArrayLike, speed: float, accel: float) -> Array:
    """Return the seconds from rest to rest: at the top speed p reached, d / p of travel and p / a of ramps.

    >>> move_s(np.array([0.0, 7.33, 24.27]), 175 / 60, 0.4).round(2).tolist()
    [0.0, 8.56, 15.61]
    >>> move_s(np.array([6.0]), 3.0, np.inf).tolist()
    [2.0]
    """
    distance = np.asarray(distance_m, dtype=float)
    top = np.minimum(speed, np.sqrt(accel * np.maximum(distance, 1e-300)))
    return np.where(distance > 0, distance / top + top / accel, 0.0)
