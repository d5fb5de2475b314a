"""A row of the validation: theory, twin, 95 % interval, verdict.

A row holds if the theory lies in the interval of the twin. By chance one true row in twenty misses its interval, so a
row that misses is looked at once more, with other draws and four times as many; it fails if it misses again (one true
row in four hundred). A twin with wrong physics misses both times.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike

SECOND_LOOK = 4  # times as many draws


@dataclass(frozen=True, slots=True)
class Look:
    """One run of an experiment: which draws, and how many times as many as asked for."""

    seed: int
    number: int = 1

    @property
    def factor(self) -> int:
        """Return how many times as many draws as asked for."""
        return 1 if self.number == 1 else SECOND_LOOK

    def draws(self, name: str) -> np.random.Generator:
        """Return the stream of one source of chance: the same for the same seed, look and name."""
        return np.random.default_rng([self.seed, self.number, crc32(name.encode())])


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with the half-width of its 95 % interval; 0 if chance has no part in it."""

    mean: float
    half_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that theory knows. `unit` is s, 1/h or nothing (a share).

    `tolerance` is what the theory itself leaves open: rounding of a published figure, time of a belt it does not know.
    """

    name: str
    theory: float
    unit: str
    source: str
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """Figures that one run of the twin gives, and that run: an estimate to each figure, in their order."""

    title: str
    figures: tuple[Figure, ...]
    run: Callable[[Look], Sequence[Estimate]]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with what the twin said, at the first or second look."""

    title: str
    figure: Figure
    twin: Estimate
    looks: int

    @property
    def holds(self) -> bool:
        """Return whether the theory lies in the interval of the twin."""
        return agrees(self.figure, self.twin)


def agrees(figure: Figure, twin: Estimate) -> bool:
    """Return whether the theory lies in the interval; a millionth of it is left to rounding.

    >>> wait = Figure("wait", 10.0, "s", "")
    >>> agrees(wait, Estimate(10.4, 0.5)), agrees(wait, Estimate(9.4, 0.5))
    (True, False)
    """
    rounding = 1e-6 * abs(figure.theory)
    return abs(figure.theory - twin.mean) <= twin.half_width + figure.tolerance + rounding


def weigh(experiment: Experiment, seed: int) -> list[Row]:
    """Return the rows of an experiment; figures that miss at the first look show the second one."""
    looks = {1: experiment.run(Look(seed))}
    missed = [not agrees(f, twin) for f, twin in zip(experiment.figures, looks[1], strict=True)]
    if any(missed):
        looks[2] = experiment.run(Look(seed, 2))
    return [
        Row(experiment.title, figure, looks[1 + again][at], 1 + again)
        for at, (figure, again) in enumerate(zip(experiment.figures, missed, strict=True))
    ]


def estimated(samples: ArrayLike) -> Estimate:
    """Return mean and 95 % interval of independent samples, at least two, by Student's t.

    >>> found = estimated([1.0, 2.0, 3.0, 4.0])
    >>> found.mean, round(found.half_width, 2)
    (2.5, 2.05)
    """
    values = np.asarray(samples, dtype=float)
    spread = float(values.std(ddof=1)) / math.sqrt(values.size)
    return Estimate(float(values.mean()), student_t(values.size - 1) * spread)


def student_t(freedom: int) -> float:
    """Return the 97.5 % point of Student's t; the tables say 12.706, 4.303 and 2.262 for 1, 2 and 9.

    Above 2 degrees of freedom by Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5), within 0.5 %.

    >>> [round(student_t(n), 2) for n in (2, 9, 29, 10_000)]
    [4.3, 2.26, 2.05, 1.96]
    """
    if freedom <= 2:  # noqa: PLR2004 - where the expansion is too coarse
        return (12.706, 4.303)[freedom - 1]
    z, n = NormalDist().inv_cdf(0.975), freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160
    return z + first / n + second / n**2 + third / n**3 + fourth / n**4
