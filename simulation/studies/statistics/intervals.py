"""Intervals of Student's t: of a mean, of a difference by pairs, and of all differences at once.

Source: A. M. Law, Simulation Modeling and Analysis, 5th ed., sections 4.5, 9.4.1, 10.2.1 and 10.3.2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations

import numpy as np

from simulation.studies.findings import Interval

LEAST = 2
"""Replications without which there is no spread, and so no interval."""


@cache
def quantile(chance: float, freedom: int) -> float:
    """Return the quantile of Student's t.

    >>> round(quantile(0.975, 9), 3)
    2.262
    """
    from scipy.special import stdtrit  # the command line must stay quick: scipy.stats is slow to load

    return float(stdtrit(freedom, chance))


def t_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Return the interval of the mean of independent values.

    Raises ValueError for no values, or a confidence that is none.

    >>> of = t_interval([1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09], 0.9)  # Law, example 4.26
    >>> round(of.mean, 2), round(of.half_width, 2)
    (1.34, 0.24)
    """
    if not values:
        raise ValueError("no values, no mean")
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    seen = np.asarray(values, dtype=float)
    mean, count = float(seen.mean()), len(seen)
    if count < LEAST:
        return Interval(mean, None, count, confidence)
    error = float(seen.std(ddof=1)) / math.sqrt(count)
    return Interval(mean, quantile((1 + confidence) / 2, count - 1) * error, count, confidence)


def paired(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Interval:
    """Return the interval of `second` less `first`, pair by pair.

    With common random numbers the pairs move together, and what both share drops out of the spread.
    Raises ValueError if there are not as many of one as of the other.
    """
    return t_interval([b - a for a, b in zip(first, second, strict=True)], confidence)


def pairwise(values: Mapping[str, Sequence[float]], confidence: float = 0.95) -> dict[tuple[str, str], Interval]:
    """Return all differences by pairs, which hold all together with `confidence` (Bonferroni).

    The intervals carry the confidence of each one alone, 1 - (1 - confidence) / pairs.
    """
    pairs = list(combinations(values, 2))
    each = 1 - (1 - confidence) / max(1, len(pairs))
    return {(a, b): paired(values[a], values[b], each) for a, b in pairs}


def relative(interval: Interval) -> float:
    """Return the half-width as a share of the mean: inf where it is not known yet, 0 for a certain nothing.

    Source: Law, section 9.4.1.
    """
    if interval.half_width is None:
        return math.inf
    if interval.half_width == 0:
        return 0.0
    return interval.half_width / abs(interval.mean) if interval.mean else math.inf
