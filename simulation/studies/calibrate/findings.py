"""What comes of a calibration: machines against their data, noise, faults, batches, cases, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from plc.plant.kinds import DeviceKind
from simulation.studies.calibrate.laws import Looked

SLOWER, FASTER, AS_COMPUTED, TOO_FEW = "slower", "faster", "as_computed", "too_few"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval and the number of values behind it."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A leg of one device: what the plant file computes, what the journal says, and what follows.

    `ratio` is of the travel alone, without fork cycles. `verdict` is slower, faster, as_computed or too_few.
    """

    device: str
    kind: DeviceKind
    leg: str
    computed_s: float
    measured_s: float
    ratio: Estimate
    verdict: str


@dataclass(frozen=True, slots=True)
class Travel:
    """The same leg of all devices of a kind: how its ratio is spread."""

    kind: DeviceKind
    leg: str
    ratio: Looked


@dataclass(frozen=True, slots=True)
class Failing:
    """How often machines of a kind fail and how long the repair takes; `distribution` as a study file knows it."""

    kind: DeviceKind
    devices: int
    up_h: float
    mtbf_h: Estimate
    mttr_min: Estimate
    distribution: str
    between_h: Looked | None
    repair_min: Looked | None


@dataclass(frozen=True, slots=True)
class Timed:
    """How long something takes: a batch in minutes, a command of a cell or a test case in seconds."""

    device: str
    what: str
    took: Looked


@dataclass(frozen=True, slots=True)
class Calibration:
    """All of it."""

    plant: str
    begun_ms: int
    ended_ms: int
    facts: int
    left_out: int
    machines: tuple[Machine, ...]
    travels: tuple[Travel, ...]
    noise: Estimate | None
    failing: tuple[Failing, ...]
    batches: tuple[Timed, ...]
    cells: tuple[Timed, ...]
    cases: tuple[Timed, ...]

    @property
    def hours(self) -> float:
        """Return how long the journal's window is, in plant time."""
        return (self.ended_ms - self.begun_ms) / 3_600_000
