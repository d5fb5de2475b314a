"""How hard to try, and what was proven: what every solver here takes and gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Told = Callable[[float, float], None]
"""Hears the best objective and the best bound whenever one of them moves."""


@dataclass(frozen=True, slots=True)
class Effort:
    """A budget: `seconds` of search by the wall clock, `work` in the solver's own machine-independent units.

    With a finite `work`, or with one worker, the same seed gives the same plan again unless `seconds` cuts in.
    Several workers without `work` race: quicker, and the same objective only where the optimum is proven.
    """

    seconds: float = 20.0
    seed: int = 1
    workers: int = 2
    work: float = math.inf

    def __post_init__(self) -> None:
        """Raise ValueError for a budget that is none."""
        if not 0 < self.seconds <= 86_400:  # noqa: PLR2004
            raise ValueError(f"seconds must lie above 0 and up to 86400, not {self.seconds}")
        if not (self.workers >= 1 and self.seed >= 0 and self.work > 0):
            raise ValueError("workers must be 1 or more, the seed 0 or more, the work above 0")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a plan costs (`objective`), what none can cost less than (`bound`), and the seconds of search it took."""

    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Return how far the plan may be above the optimum, as a share of the bound.

        >>> Proof(objective=42, bound=40, seconds=1.0).gap
        0.05
        """
        return max(0.0, self.objective - self.bound) / max(self.bound, 1e-9) if self.objective > 0 else 0.0

    @property
    def status(self) -> str:
        """Return "optimal" where the bound is reached, else "feasible"."""
        return "optimal" if self.objective <= self.bound else "feasible"
