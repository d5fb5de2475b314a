"""Figures by bins of plant time, in whole milliseconds, so that what must sum up does so exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulation.studies.replica import BIN_S, Sample, Track

BIN_MS = round(BIN_S * 1000)
HOUR_S = 3600.0


def bins_of(horizon_s: float) -> int:
    """Return how many bins a run has; the last may be cut short."""
    return max(1, -(-round(horizon_s * 1000) // BIN_MS))


def widths_ms(horizon_s: float) -> list[int]:
    """Return the length of each bin in ms."""
    count = bins_of(horizon_s)
    return [BIN_MS] * (count - 1) + [round(horizon_s * 1000) - (count - 1) * BIN_MS]


def spread(bins: list[int], first_ms: int, last_ms: int, value: int = 1) -> None:
    """Add `value` times the milliseconds of an interval to the bins that it touches.

    >>> bins = [0, 0]
    >>> spread(bins, 899_000, 901_500)
    >>> bins
    [1000, 1500]
    """
    while first_ms < last_ms:
        number = first_ms // BIN_MS
        end_ms = min(last_ms, (number + 1) * BIN_MS)
        if number < len(bins):
            bins[number] += value * (end_ms - first_ms)
        first_ms = end_ms


@dataclass(slots=True)
class Levels:
    """Whole numbers that hold from one change to the next: queues, orders under way, slots in use."""

    horizon_s: float
    _now: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])  # value, since ms
    _bins: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    def value(self, name: str) -> int:
        """Return a level as it stands."""
        return self._now.get(name, (0, 0))[0]

    def add(self, name: str, by: int, now_s: float) -> None:
        """Raise or lower a level."""
        self.put(name, self.value(name) + by, now_s)

    def put(self, name: str, value: int, now_s: float) -> None:
        """Set a level."""
        now_ms = min(round(now_s * 1000), round(self.horizon_s * 1000))
        old, since_ms = self._now.get(name, (0, now_ms))
        bins = self._bins.get(name)
        if bins is None:
            bins = self._bins[name] = [0] * bins_of(self.horizon_s)
        if old and since_ms < now_ms:
            spread(bins, since_ms, now_ms, old)
        self._now[name] = (value, now_ms)

    def tracks(self, units: dict[str, str]) -> list[Track]:
        """Return all of them up to the horizon; `units` by the first word of a name."""
        widths, found = tuple(map(float, widths_ms(self.horizon_s))), list[Track]()
        for name in sorted(self._now):
            self.put(name, self.value(name), self.horizon_s)
            unit = units.get(name.partition(".")[0], "1")
            found.append(Track(name, unit, tuple(map(float, self._bins[name])), widths))
        return found


def flow(name: str, unit: str, happened: Iterable[tuple[float, float]], horizon_s: float) -> Track:
    """Return a flow an hour from (plant s, how many)."""
    total = [0.0] * bins_of(horizon_s)
    for at_s, count in happened:
        if at_s < horizon_s:
            total[int(at_s // BIN_S)] += count
    return Track(name, unit, tuple(total), tuple(ms / 1000 / HOUR_S for ms in widths_ms(horizon_s)))


def means(sample: Sample, horizon_s: float) -> Track:
    """Return the means of single values by the bin in which each came."""
    total, weight = [0.0] * bins_of(horizon_s), [0.0] * bins_of(horizon_s)
    for at_s, value in zip(sample.at_s, sample.value, strict=True):
        if at_s < horizon_s:
            total[int(at_s // BIN_S)] += value
            weight[int(at_s // BIN_S)] += 1
    return Track(sample.name, sample.unit, tuple(total), tuple(weight))


def merged(name: str, tracks: Iterable[Track]) -> Track | None:
    """Return the mean over several machines of the same figure; None for no machine."""
    parts = list(tracks)
    if not parts:
        return None
    total = tuple(map(sum, zip(*(part.total for part in parts), strict=True)))
    weight = tuple(map(sum, zip(*(part.weight for part in parts), strict=True)))
    return Track(name, parts[0].unit, total, weight)
