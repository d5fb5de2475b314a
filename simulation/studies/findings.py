"""What a study found: estimates with their intervals, the bottleneck, comparisons, and what to be wary of.

Everything is plain values, and `findings.json` in the folder of a study holds them whole. Words are not in here: what
people read is made from codes with the texts of the face (`study.*`), in every language it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

Better = Literal["more", "less", ""]
"""Which way a response improves; nothing where neither is better."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over replications and half the width of its confidence interval; None with fewer than two of them."""

    mean: float
    half_width: float | None
    count: int
    confidence: float

    @property
    def low(self) -> float:
        """Return the lower end; the mean where there is no interval."""
        return self.mean - (self.half_width or 0.0)

    @property
    def high(self) -> float:
        """Return the upper end; the mean where there is no interval."""
        return self.mean + (self.half_width or 0.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is known of a response besides its value."""

    unit: str
    better: Better


@dataclass(frozen=True, slots=True)
class Series:
    """A figure over plant time, averaged over replications; entry `b` stands for the bin that begins at `at_s[b]`.

    None where nothing was counted, or where there are too few replications for an interval.
    """

    unit: str
    at_s: tuple[float, ...]
    mean: tuple[float | None, ...]
    half_width: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Welch:
    """How a response settles: averaged over replications by bins, smoothed, and where the warm-up was cut."""

    response: str
    unit: str
    at_s: tuple[float, ...]
    mean: tuple[float | None, ...]
    moving: tuple[float | None, ...]
    cut_s: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How single values lie, all replications together: `counts[n]` of them between `edges[n]` and `edges[n + 1]`.

    `quantiles` by their share, as {"0.5": ..., "0.95": ...}.
    """

    unit: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    quantiles: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The device that holds everything up; `why` is a code (text `study.bottleneck.<why>`).

    `evidence` names what was measured (text `study.evidence.<name>`), the strongest first.
    """

    device: str
    why: str
    evidence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be wary of, as a code (text `study.remark.<code>`) with what fills its text."""

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict[str, "str | int | float"])


@dataclass(frozen=True, slots=True)
class ScenarioFinding:
    """What one scenario gave. `shares` are of each device's time by state; `series` of queues and flows."""

    name: str
    replications: int
    warm_s: float
    horizon_s: float
    responses: Mapping[str, Interval]
    shares: Mapping[str, Mapping[str, Interval]]
    series: Mapping[str, Series]
    spreads: Mapping[str, Spread]
    bottleneck: Bottleneck | None = None
    welch: Welch | None = None
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict[str, "str | int | float | bool"])
    """The dotted paths that the scenario sets, with their values."""
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`second` less `first` by pairs of replications with common random numbers; `better` names one if it is sure."""

    first: str
    second: str
    response: str
    difference: Interval
    better: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """The best of several scenarios by one response, correct with probability `chance`.

    `candidates` are those that cannot be told from the best yet, the best included.
    """

    response: str
    best: str
    candidates: tuple[str, ...]
    chance: float


@dataclass(frozen=True, slots=True)
class Effect:
    """How far a response moves when one swept value goes from `low` to `high`, the others averaged."""

    path: str
    response: str
    low: str
    high: str
    at_low: float
    at_high: float


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a study found. `asked` are the responses that the study named, the first the most important."""

    name: str
    plant: str
    seed: int
    hours: float
    asked: tuple[str, ...]
    measures: Mapping[str, Measure]
    scenarios: tuple[ScenarioFinding, ...]
    comparisons: tuple[Comparison, ...] = ()
    selection: Selection | None = None
    effects: tuple[Effect, ...] = ()
    warnings: tuple[Remark, ...] = ()
    content: str = ""
    """Hash of what was studied: plant, study file and program."""


@cache
def _adapter() -> TypeAdapter[Findings]:
    return TypeAdapter(Findings)


def to_json(findings: Findings) -> bytes:
    """Return findings as JSON, the same for the same findings."""
    return _adapter().dump_json(findings, indent=1)


def from_json(text: bytes) -> Findings:
    """Return findings as they were. Raises pydantic.ValidationError for anything else."""
    return _adapter().validate_json(text)


def read(path: Path) -> Findings:
    """Return the findings in a file. Raises OSError or pydantic.ValidationError."""
    return from_json(path.read_bytes())
