"""A row of the validation: theory, twin, interval, verdict, and the rule that makes the verdict mean something.

A row holds if the theory lies in the interval of the twin. Of many true rows at 95 % each, one in twenty would miss by
chance, and a page could never be relied on. So the intervals of the rows that are shown together are as wide as it
takes for all of them to hold at once with 95 % confidence (Bonferroni: each of m at 1 - 0.05 / m), and a row that
misses is looked at once more, with new draws and four times as many. It fails if it misses again: by luck on less than
one page in four hundred, while the second interval is half as wide and catches the smaller errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from simulation.validate.interval import Estimate

CONFIDENCE = 0.95  # that all intervals shown together hold
SECOND_LOOK = 4  # times as many draws
RUNS = 20  # independent runs, where samples within a run depend on each other

Told = Callable[[float], None]


def unheard(share: float) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class Look:
    """One run of an experiment: which draws, how many times as many as asked for, and who hears how far it is (0-1)."""

    seed: int
    number: int = 1
    told: Told = unheard

    @property
    def factor(self) -> int:
        """Return how many times as many draws as asked for."""
        return 1 if self.number == 1 else SECOND_LOOK

    def draws(self, name: str) -> np.random.Generator:
        """Return the stream of one source of chance: the same for the same seed, look and name."""
        return np.random.default_rng([self.seed, self.number, crc32(name.encode())])


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that theory knows. `unit` is s, 1/h or nothing (a share).

    `tolerance` is what the theory itself leaves open, known beforehand: slots where it has points, a belt it has not.
    """

    name: str
    theory: float
    unit: str
    source: str
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """Figures that one run of the twin gives, and that run: an estimate to each figure, in their order.

    `key` tells it from others of its kind, `samples` says what the interval is made of.
    """

    key: str
    title: str
    figures: tuple[Figure, ...]
    run: Callable[[Look], Sequence[Estimate]]
    samples: str


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with what the twin said, at the first or second look."""

    experiment: Experiment
    figure: Figure
    mean: float
    half_width: float
    looks: int

    @property
    def holds(self) -> bool:
        """Return whether the theory lies in the interval; a millionth of it is left to rounding."""
        rounding = 1e-6 * abs(self.figure.theory)
        return abs(self.figure.theory - self.mean) <= self.half_width + self.figure.tolerance + rounding


def weigh(experiments: Sequence[Experiment], seed: int, told: Told = unheard) -> list[Row]:
    """Return the rows of experiments that are shown together; `told` hears the share that is done."""
    confidence = 1 - (1 - CONFIDENCE) / sum(len(each.figures) for each in experiments)
    rows: list[Row] = []
    for at, experiment in enumerate(experiments):

        def part(share: float, done: int = at) -> None:
            told((done + share) / len(experiments))

        rows += _rows(experiment, Look(seed, told=part), confidence)
        part(1.0)
    return rows


def _rows(experiment: Experiment, look: Look, confidence: float) -> list[Row]:
    """Return the rows of one experiment; a figure that misses at the first look shows the second one."""

    def seen(look: Look) -> list[Row]:
        return [
            Row(experiment, figure, twin.mean, twin.half_width(confidence), look.number)
            for figure, twin in zip(experiment.figures, experiment.run(look), strict=True)
        ]

    first = seen(look)
    if all(row.holds for row in first):
        return first
    second = seen(Look(look.seed, 2, look.told))
    return [row if row.holds else again for row, again in zip(first, second, strict=True)]
