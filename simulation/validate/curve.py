"""ABC curves, and how far a crane goes if storage follows them: Hausman, Schwarz and Graves.

A rack square in time (either end is T away), a crane of constant speed, one way. Demand by article follows an ABC curve
i^s (the most wanted share i of the articles makes i^s of the demand); each article has stock as the square root of its
demand (economic order quantity), so stock up to the share j of the places makes j^(2s/(s+1)) of the demand. Class 1 has
the places up to R1 T, class 2 those up to R2 T, and so on; within a class a place is as good as any other.
Hausman, Schwarz and Graves 1976, Management Science 22(6), 629-638.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.validate.bounds import OutOfBounds

_WRITTEN = re.compile(r"(\d{1,2}(?:\.\d+)?)/(\d{1,2}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Curve:
    """An ABC curve: the most wanted share `articles` makes the share `demand` of all (0.2 and 0.6: a 20/60 curve)."""

    articles: float
    demand: float

    @property
    def s(self) -> float:
        """Return the exponent: the share i of the articles makes i^s of the demand."""
        return math.log(self.demand) / math.log(self.articles)

    def of_stock(self, share: float) -> float:
        """Return the demand that the most wanted share of the stock makes."""
        return share ** (2 * self.s / (self.s + 1))

    def by_turnover(self) -> float:
        """Return the mean way, in T, if every unit stands by its turnover."""
        return 4 * self.s / (5 * self.s + 1)

    def by_class(self, ends: Sequence[float]) -> float:
        """Return the mean way, in T, with classes that end at `ends` T, the last of them at 1.

        >>> round(Curve(0.2, 0.6).by_class((0.407, 1.0)), 4), round(Curve(0.2, 0.8).by_class((0.134, 0.471, 1.0)), 4)
        (0.5459, 0.375)
        """
        bands = itertools.pairwise((0.0, *ends))
        return sum((self.of_stock(b * b) - self.of_stock(a * a)) * _way(a, b) for a, b in bands)

    def best_ends(self, classes: int) -> tuple[float, ...]:
        """Return the ends of `classes` classes with the shortest way, in steps of 0.01 T.

        >>> Curve(0.2, 0.8).best_ends(2), Curve(0.2, 0.8).best_ends(3)
        ((0.28, 1.0), (0.13, 0.47, 1.0))
        """
        steps = [n / 100 for n in range(1, 100)]
        return min(((*ends, 1.0) for ends in itertools.combinations(steps, classes - 1)), key=self.by_class)


def read_curve(written: str) -> Curve:
    """Return a curve as people write it, in percent. Raises OutOfBounds.

    >>> read_curve("20/60")
    Curve(articles=0.2, demand=0.6)
    """
    match = _WRITTEN.fullmatch(written.strip())
    articles, demand = (float(share) / 100 for share in match.groups()) if match else (0.0, 0.0)
    if not 0.01 <= articles < demand <= 0.99:  # noqa: PLR2004 - percent of both
        remedy = "two percentages from 1 to 99, the first one smaller, such as 20/60"
        raise OutOfBounds([f"--curve is {written!r}, not {remedy}"])
    return Curve(articles, demand)


def _way(near: float, far: float) -> float:
    """Return the mean way to a spot in the band from `near` to `far`, in T."""
    return 2 / 3 * (far**3 - near**3) / (far**2 - near**2)
