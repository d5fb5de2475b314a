"""What one replication of a study gives: tracks and samples over plant time, the same wherever it ran.

Nothing here knows a warm-up: what is kept by bins of time can be cut afterwards, when all replications are there.
"""

from __future__ import annotations

from dataclasses import dataclass

BIN_S = 900.0
STATES = ("busy", "blocked", "starved", "down", "idle")


@dataclass(frozen=True, slots=True)
class Track:
    """One figure by bins of time: its value in bin `b` is `total[b] / weight[b]`, and over many bins sum by sum.

    A flow counts units over hours, a mean sums values over their number, a level or share integrates over seconds.
    """

    name: str
    unit: str
    total: tuple[float, ...]
    weight: tuple[float, ...]

    def over(self, first: int, last: int) -> float | None:
        """Return the value over the bins from `first` up to, not with, `last`; None where nothing was counted."""
        weight = sum(self.weight[first:last])
        return sum(self.total[first:last]) / weight if weight else None


@dataclass(frozen=True, slots=True)
class Sample:
    """Single values with the plant time they came at, as lead times of orders: quantiles need them all."""

    name: str
    unit: str
    at_s: tuple[float, ...]
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Replica:
    """One run of one scenario with one seed.

    `tracks` include the share of each machine's time as `share.<device>.<state>` with the states of `STATES`, which
    sum to 1 in every bin. `sha256` is of the journal's facts: equal for equal scenario and seed, wherever it ran.
    """

    scenario: str
    replication: int
    seed: int
    bin_s: float
    horizon_s: float
    tracks: tuple[Track, ...]
    samples: tuple[Sample, ...]
    sha256: str
    cpu_s: float
    problems: tuple[str, ...] = ()

    def track(self, name: str) -> Track | None:
        """Return a track by its name."""
        return next((track for track in self.tracks if track.name == name), None)
