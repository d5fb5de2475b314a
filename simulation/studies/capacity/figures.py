"""A figure of the calculation, with everything that somebody needs to work it out again by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PLAN = "plan"
SIZED = "sized"
EXACT = "exact"
QUEUE = "queue"
SAFETY = "safety"
KINEMATICS = "kinematics"
SOURCES = (PLAN, SIZED, EXACT, QUEUE, SAFETY, KINEMATICS)
"""Where a formula comes from; the face has words for each as `capacity.source.<name>`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its formula and what was put in; `key` names it in the texts as `capacity.figure.<key>`.

    `of` says whose figure it is where there are several: a family, a phase, a flow. `inputs` are the symbols of the
    formula in their order, with value and unit.
    """

    key: str
    value: float
    unit: str
    formula: str
    inputs: tuple[tuple[str, float, str], ...]
    source: str = PLAN
    of: str = ""

    @property
    def name(self) -> str:
        """Return key and whose: what a figure is known by among those of one year."""
        return f"{self.key}.{self.of}" if self.of else self.key


@dataclass(slots=True)
class Sheet:
    """The figures of one year as they are worked out, in order."""

    figures: dict[str, Figure] = field(default_factory=dict[str, Figure])

    def put(self, figure: Figure) -> float:
        """Take a figure down and return its value."""
        self.figures[figure.name] = figure
        return figure.value

    def value(self, name: str) -> float:
        """Return the value of a figure that stands on the sheet already; raises KeyError."""
        return self.figures[name].value

    def of(self, key: str) -> Mapping[str, float]:
        """Return the values of all figures with one key, by whose they are."""
        return {f.of: f.value for f in self.figures.values() if f.key == key}

    def total(self, key: str, *, among: Iterable[str] | None = None) -> float:
        """Return the sum of all figures with one key, or of those among the names given."""
        chosen = None if among is None else set(among)
        return sum(value for of, value in self.of(key).items() if chosen is None or of in chosen)
