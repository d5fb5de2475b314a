"""When there are enough replications: each response's interval is narrow enough, relative to its mean.

Source: Law, section 9.4.1, the sequential procedure with a relative error. A rule looked at after every replication
stops a little early when there are few, so a least number comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulation.studies.findings import Interval
from simulation.studies.statistics.intervals import relative


@dataclass(frozen=True, slots=True)
class Enough:
    """How many replications are enough: at least, at most, and the half-width relative to the mean."""

    least: int
    most: int
    half_width: float

    def reached(self, intervals: Iterable[Interval]) -> bool:
        """Return whether these intervals are narrow enough, whatever their number."""
        return all(relative(interval) <= self.half_width for interval in intervals)

    def stops(self, count: int, intervals: Iterable[Interval]) -> bool:
        """Return whether `count` replications with these intervals are the last ones.

        >>> Enough(3, 10, 0.05).stops(5, [Interval(100.0, 4.9, 5, 0.95)])
        True
        >>> Enough(3, 10, 0.05).stops(5, [Interval(100.0, 5.1, 5, 0.95)])
        False
        """
        return count >= self.most or (count >= self.least and self.reached(intervals))
