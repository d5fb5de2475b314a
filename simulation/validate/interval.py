"""Mean and interval of independent samples, by Student's t."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

FEWEST = 20  # samples: below, the expansion of Student's t is too coarse for narrow tails


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its standard error and degrees of freedom; an error of 0 if chance has no part in it."""

    mean: float
    error: float = 0.0
    freedom: int = FEWEST - 1

    def half_width(self, confidence: float) -> float:
        """Return half the width of the interval that holds the true mean with that confidence.

        >>> round(Estimate(10.0, 0.1, 19).half_width(0.95), 4)
        0.2093
        """
        return student_t(self.freedom, confidence) * self.error


def estimated(samples: ArrayLike) -> Estimate:
    """Return the estimate of independent samples: 20 at least, or ValueError."""
    values = np.asarray(samples, dtype=float)
    if values.size < FEWEST:
        raise ValueError(f"{values.size} samples are too few for an interval, {FEWEST} would do")
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size), values.size - 1)


def student_t(freedom: int, confidence: float) -> float:
    """Return the point of Student's t that both tails together leave to `confidence`.

    By Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5), within 0.1 % from 19 degrees of freedom on.

    >>> [round(student_t(n, 0.95), 3) for n in (19, 29, 99)], round(student_t(19, 0.999), 2)
    ([2.093, 2.045, 1.984], 3.88)
    """
    z, n = NormalDist().inv_cdf((1 + confidence) / 2), freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160
    return z + first / n + second / n**2 + third / n**3 + fourth / n**4
