"""What textbooks say of the mean cycle of a crane: printed beside the exact means, with what each is wrong by.

All of them take loads to stand anywhere in a rack of length L and height H, input and output at (0, 0). Times in s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.validate.axes import Array, move_s
from simulation.validate.rack import Rack

STEPS = 200_000
BOZER_WHITE = "Bozer and White 1984, IIE Trans. 16(4)"
FEM = "FEM 9.851"


@dataclass(frozen=True, slots=True)
class Approximation:
    """A single and a dual cycle, forks included, and who says so."""

    name: str
    source: str
    single_s: float
    dual_s: float


def approximations(rack: Rack) -> tuple[Approximation, ...]:
    """Return every approximation, the one that knows most first."""
    return (
        Approximation("integral", f"{BOZER_WHITE}, as integrals with acceleration", *continuous_s(rack)),
        Approximation("ramps", f"{BOZER_WHITE}, plus v/a of both axes (1.5 of it for a dual cycle)", *ramps_s(rack)),
        Approximation("fem", f"{FEM}, P1 (L/5, 2H/3) and P2 (2L/3, H/5)", *fem_s(rack)),
        Approximation("bozer_white", f"{BOZER_WHITE}: T (1 + b²/3), T (4/3 + b²/2 - b³/30)", *closed_form_s(rack)),
    )


def closed_form_s(rack: Rack) -> tuple[float, float]:
    """Return Bozer and White's single and dual cycle at constant speed: T (1 + b^2/3), T (4/3 + b^2/2 - b^3/30).

    T is the time to the far end of the slower axis, b the time of the other one as a share of it.
    """
    along, up = rack.length_m / rack.vx, rack.height_m / rack.vy
    longest = max(along, up)
    b = min(along, up) / longest
    single, dual = 1 + b * b / 3, 4 / 3 + b * b / 2 - b**3 / 30
    return single * longest + 2 * rack.fork_s, dual * longest + 4 * rack.fork_s


def ramps_s(rack: Rack) -> tuple[float, float]:
    """Return the closed form with the ramps of both axes added, once to a single and 1.5 times to a dual cycle."""
    single, dual = closed_form_s(rack)
    ramps = rack.vx / rack.ax + rack.vy / rack.ay
    return single + ramps, dual + 1.5 * ramps


def fem_s(rack: Rack) -> tuple[float, float]:
    """Return the test cycles of FEM 9.851: the mean of the singles to P1 and P2, and 0 to P1 to P2 to 0."""
    p1, p2 = (rack.length_m / 5, rack.height_m * 2 / 3), (rack.length_m * 2 / 3, rack.height_m / 5)
    one, two, between = (_way_s(rack, *way) for way in (p1, p2, (abs(p1[0] - p2[0]), abs(p1[1] - p2[1]))))
    return one + two + 2 * rack.fork_s, one + between + two + 4 * rack.fork_s


def continuous_s(rack: Rack) -> tuple[float, float]:
    """Return the mean single and dual cycle if a load may stand anywhere: Bozer and White's with acceleration.

    One way: the integral of 1 - Fx Fy over time; between: of 1 - Gx Gy with G = 2 F - F^2; F(t) = min(1, d(t) / D) with
    the distance d(t) that a move of t seconds covers: a t^2 / 4 up to 2 v / a, then v t - v^2 / a.
    """
    end = _way_s(rack, rack.length_m, rack.height_m)
    one = _integral(lambda t: 1 - _reach(rack, t)[0] * _reach(rack, t)[1], end)

    def apart(t: Array) -> Array:
        fx, fy = _reach(rack, t)
        return 1 - (2 * fx - fx * fx) * (2 * fy - fy * fy)

    return 2 * one + 2 * rack.fork_s, 2 * one + _integral(apart, end) + 4 * rack.fork_s


def _way_s(rack: Rack, along_m: float, up_m: float) -> float:
    along = move_s(np.array([along_m]), rack.vx, rack.ax)
    return float(np.maximum(along, move_s(np.array([up_m]), rack.vy, rack.ay))[0])


def _reach(rack: Rack, t: Array) -> tuple[Array, Array]:
    """Return the share of length and of height that a move of `t` seconds reaches."""
    return (
        np.minimum(1.0, _covered_m(t, rack.vx, rack.ax) / rack.length_m),
        np.minimum(1.0, _covered_m(t, rack.vy, rack.ay) / rack.height_m),
    )


def _covered_m(t: Array, speed: float, accel: float) -> Array:
    """Return the metres of a move of `t` seconds; `ramp` is how much of it goes into speeding up, at most v / a."""
    ramp = np.minimum(t / 2, speed / accel)
    return np.where(ramp < speed / accel, speed * ramp * ramp / max(speed / accel, 1e-300), speed * (t - ramp))


def _integral(of: Callable[[Array], Array], end: float) -> float:
    """Return the integral from 0 to `end` by the midpoint rule, good to about 1e-9 of its value."""
    times = (np.arange(STEPS, dtype=np.float64) + 0.5) * (end / STEPS)
    return float(of(times).mean()) * end
