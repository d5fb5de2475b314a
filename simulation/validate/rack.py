"""A rack with one crane, and the exact mean times of its cycles.

The theory here knows nothing of `plc/plant/travel.py`: it is what that is held against. Times in s, lengths in m.
Input and output are at (0, 0), slot centres at (c + 0.5) L / columns and (l + 0.5) H / levels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from plc.plant.storage import Crane
from simulation.validate.bounds import Bounds, OutOfBounds, problems

Array = NDArray[np.float64]

BOUNDS = {
    "length_m": Bounds(0.5, 1_000, "m"),
    "height_m": Bounds(0.5, 200, "m"),
    "columns": Bounds(1, 1_000),
    "levels": Bounds(1, 200),
    "vx": Bounds(0.01, 20, "m/s"),
    "ax": Bounds(0.01, 1e9, "m/s2"),
    "vy": Bounds(0.01, 20, "m/s"),
    "ay": Bounds(0.01, 1e9, "m/s2"),
    "fork_s": Bounds(0, 600, "s"),
}
"""An acceleration of 1e9 is a crane of constant speed, as the textbooks have it."""


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack of single-deep slots on one side, and the crane before it; a fork cycle is one pick or one put.

    Raises OutOfBounds with everything that cannot be.
    """

    length_m: float = 60.0
    height_m: float = 12.0
    columns: int = 60
    levels: int = 12
    vx: float = 3.0
    ax: float = 0.5
    vy: float = 1.0
    ay: float = 0.6
    fork_s: float = 8.0

    def __post_init__(self) -> None:
        """Refuse a rack that cannot be."""
        found = problems(asdict(self), BOUNDS)
        if self.columns * self.levels == 1:
            found.append("--columns and --levels are both 1: a dual cycle needs two slots")
        if found:
            raise OutOfBounds(found)

    @property
    def slots(self) -> int:
        """Return how many slots there are."""
        return self.columns * self.levels

    def crane(self) -> Crane:
        """Return the crane as the twin knows one; not validated as a plant file's, for it may have no inertia."""
        return Crane.model_construct(
            id="VC", aisle="V", plc="V", index=0, speed_x_m_s=self.vx, accel_x_m_s2=self.ax,
            speed_y_m_s=self.vy, accel_y_m_s2=self.ay, fork_s=self.fork_s, positioning_s=0.0,
        )  # fmt: skip

    def centres(self) -> list[tuple[float, float]]:
        """Return the centre of every slot (x, y), by column, then level."""
        wide, high = self.length_m / self.columns, self.height_m / self.levels
        return [((c + 0.5) * wide, (lv + 0.5) * high) for c in range(self.columns) for lv in range(self.levels)]


def move_s(distance_m: Array, speed: float, accel: float) -> Array:
    """Return the seconds from rest to rest: at the top speed p reached, d / p of travel and p / a of ramps.

    >>> move_s(np.array([0.0, 7.33, 24.27]), 175 / 60, 0.4).round(2).tolist()
    [0.0, 8.56, 15.61]
    """
    top = np.minimum(speed, np.sqrt(accel * np.maximum(distance_m, 1e-300)))
    return np.where(distance_m > 0, distance_m / top + top / accel, 0.0)


def one_way_s(rack: Rack) -> Array:
    """Return the time from (0, 0) to each slot, as columns x levels: the slower axis counts."""
    along = move_s((np.arange(rack.columns) + 0.5) * rack.length_m / rack.columns, rack.vx, rack.ax)
    up = move_s((np.arange(rack.levels) + 0.5) * rack.height_m / rack.levels, rack.vy, rack.ay)
    return np.maximum(along[:, None], up[None, :])


def between_s(rack: Rack) -> float:
    """Return the mean time between two distinct slots, over all ordered pairs, by counting pairs of each distance."""
    c, lv = np.arange(rack.columns), np.arange(rack.levels)
    along = move_s(c * rack.length_m / rack.columns, rack.vx, rack.ax)
    up = move_s(lv * rack.height_m / rack.levels, rack.vy, rack.ay)
    pairs_x = np.where(c == 0, rack.columns, 2 * (rack.columns - c)).astype(float)
    pairs_y = np.where(lv == 0, rack.levels, 2 * (rack.levels - lv)).astype(float)
    total = float(pairs_x @ np.maximum(along[:, None], up[None, :]) @ pairs_y)
    return total / (rack.slots * (rack.slots - 1))


def cycles_s(rack: Rack) -> tuple[float, float]:
    """Return the mean single and dual cycle over all slots, forks included: exact for this rack."""
    out = float(one_way_s(rack).mean())
    return 2 * out + 2 * rack.fork_s, 2 * out + between_s(rack) + 4 * rack.fork_s


def continuous_s(rack: Rack) -> tuple[float, float]:
    """Return the mean single and dual cycle if a load may stand anywhere: Bozer and White's with acceleration.

    One way: the integral of 1 - Fx Fy over time; between: of 1 - Gx Gy with G = 2 F - F^2; F(t) = min(1, d(t) / D) with
    the distance d(t) that a move of t seconds covers: a t^2 / 4 up to 2 v / a, then v t - v^2 / a.
    """
    ends = (move_s(np.array([rack.length_m]), rack.vx, rack.ax), move_s(np.array([rack.height_m]), rack.vy, rack.ay))
    longest = float(max(ends)[0])
    one = _integral(lambda t: 1 - _reach(rack, t)[0] * _reach(rack, t)[1], longest)

    def apart(t: Array) -> Array:
        fx, fy = _reach(rack, t)
        return 1 - (2 * fx - fx * fx) * (2 * fy - fy * fy)

    return 2 * one + 2 * rack.fork_s, 2 * one + _integral(apart, longest) + 4 * rack.fork_s


def closed_form_s(rack: Rack) -> tuple[float, float]:
    """Return Bozer and White's single and dual cycle at constant speed: T (1 + b^2/3), T (4/3 + b^2/2 - b^3/30).

    T is the time to the far end of the slower axis, b the time of the other one as a share of it. Forks included.
    """
    along, up = rack.length_m / rack.vx, rack.height_m / rack.vy
    longest = max(along, up)
    b = min(along, up) / longest
    single, dual = 1 + b * b / 3, 4 / 3 + b * b / 2 - b**3 / 30
    return single * longest + 2 * rack.fork_s, dual * longest + 4 * rack.fork_s


def _reach(rack: Rack, t: Array) -> tuple[Array, Array]:
    """Return the share of length and of height that a move of `t` seconds reaches."""
    return (
        np.minimum(1.0, _covered_m(t, rack.vx, rack.ax) / rack.length_m),
        np.minimum(1.0, _covered_m(t, rack.vy, rack.ay) / rack.height_m),
    )


def _covered_m(t: Array, speed: float, accel: float) -> Array:
    return np.where(t <= 2 * speed / accel, accel * t * t / 4, speed * t - speed * speed / accel)


def _integral(of: Callable[[Array], Array], end: float) -> float:
    """Return the integral from 0 to `end` by the midpoint rule, good to about 1e-9 of its value."""
    steps = 200_000
    times = (np.arange(steps, dtype=np.float64) + 0.5) * (end / steps)
    return float(of(times).mean()) * end
