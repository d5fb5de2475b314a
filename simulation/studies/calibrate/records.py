"""What is read out of a journal: legs of machines, stops, batches and work of cells, in plant time."""

from __future__ import annotations

from dataclasses import dataclass, field

from plc.plant.kinds import DeviceKind


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a mission whose time the plant file computes: `fixed_s` as it is, `travel_s` by speeds and ways.

    `name` is "get" and "put" of a crane, "entry" and "transit" of a conveyor.
    """

    device: str
    kind: DeviceKind
    name: str
    begun_ms: int
    seconds: float
    fixed_s: float
    travel_s: float

    @property
    def ratio(self) -> float:
        """Return how long the travel took, as a share of what is computed."""
        return (self.seconds - self.fixed_s) / self.travel_s


@dataclass(frozen=True, slots=True)
class Stop:
    """A machine that stood still by a fault; `seconds` is None while it still does."""

    device: str
    kind: DeviceKind
    raised_ms: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took its time and whose time no plant file computes.

    `what` says what: the phase of a batch, the command of a cell, the case of a scheme.
    """

    device: str
    what: str
    begun_ms: int
    seconds: float


@dataclass(slots=True)
class Recorded:
    """What a journal holds of a window of plant time."""

    begun_ms: int = 0
    ended_ms: int = 0
    facts: int = 0
    legs: list[Leg] = field(default_factory=list[Leg])
    stops: list[Stop] = field(default_factory=list[Stop])
    batches: list[Span] = field(default_factory=list[Span])
    works: list[Span] = field(default_factory=list[Span])
    cases: list[Span] = field(default_factory=list[Span])
    left_out: int = 0
    """Missions that waited for somebody else, failed, or were cut by a stop: they tell nothing of the machine."""

    @property
    def hours(self) -> float:
        """Return how long the window is."""
        return (self.ended_ms - self.begun_ms) / 3_600_000
