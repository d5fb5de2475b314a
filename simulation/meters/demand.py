"""The maximum demand of a meter, by sliding windows, computed from the moments at which its power changed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

POINTS_MAX = 200
HOUR_S = 3600
ROUNDING_S = 1e-6


@dataclass(slots=True)
class Demand:
    """Windows of `period_s` that end every `slip_s`, counted from when the demand was cleared."""

    cleared_s: float
    period_s: float = 900.0
    slip_s: float = 60.0
    highest: tuple[float, float] = (0.0, 0.0)  # of the points that were let go
    points: list[tuple[float, float]] = field(default_factory=list)  # moment, kWh; the power is constant between

    def clear(self, now_s: float, kwh: float) -> None:
        """Begin anew."""
        self.cleared_s, self.highest, self.points = now_s, (0.0, now_s), [(now_s, kwh)]

    def note(self, now_s: float, kwh: float) -> None:
        """Note that the power changes now."""
        self.points.append((now_s, kwh))
        if len(self.points) > POINTS_MAX:
            self.highest = self.peak(now_s, kwh)
            self.points = self.points[bisect_right(self.points, (now_s - self.period_s, math.inf)) - 1 :]

    def peak(self, now_s: float, kwh: float) -> tuple[float, float]:
        """Return the highest demand in kW of all windows that have ended, and when its window ended."""
        points = [*self.points, (now_s, kwh)]
        peak = self.highest
        for end_s in self._ends(points):
            if self.cleared_s + self.period_s - ROUNDING_S <= end_s <= now_s + ROUNDING_S:
                used = _energy(points, end_s) - _energy(points, end_s - self.period_s)
                peak = max(peak, (used / self.period_s * HOUR_S, end_s), key=lambda found: found[0])
        return peak

    def _ends(self, points: list[tuple[float, float]]) -> Iterator[float]:
        """Yield the ends at which a maximum can lie: beside each change of power, and a period after it."""
        for at_s, _ in points:
            for moment_s in (at_s, at_s + self.period_s):
                slips = (moment_s - self.cleared_s) / self.slip_s
                yield self.cleared_s + math.floor(slips + ROUNDING_S) * self.slip_s
                yield self.cleared_s + math.ceil(slips - ROUNDING_S) * self.slip_s


def _energy(points: list[tuple[float, float]], at_s: float) -> float:
    """Return the energy at a moment, between the points beside it."""
    after = bisect_right(points, (at_s, math.inf))
    if after == 0:
        return points[0][1]
    if after == len(points):
        return points[-1][1]
    (from_s, low), (to_s, high) = points[after - 1], points[after]
    return low + (high - low) * (at_s - from_s) / (to_s - from_s) if to_s > from_s else high
