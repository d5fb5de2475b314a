"""What one scenario gave: its replications made into estimates, shares, series and spreads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.studies.bottleneck import PERIODS, bottleneck, devices_of
from simulation.studies.findings import Interval, ScenarioFinding, Series, Spread, Welch
from simulation.studies.observed import averaged, completed, filled, quantile_of, sampled, values
from simulation.studies.replica import STATES, Replica, Track
from simulation.studies.statistics.intervals import quantile, t_interval
from simulation.studies.statistics.warmup import welch
from simulation.studies.sweep import Value

MOST_BINS, EDGES = 400, 30
QUANTILES = (0.5, 0.9, 0.95, 0.99)
SMOOTHED = 0.05
"""How much of a series the moving average of Welch takes to each side."""


def portrait(
    replicas: Sequence[Replica],
    asked: Sequence[str],
    *,
    warm_s: float,
    confidence: float,
    settings: Mapping[str, Value] | None = None,
) -> ScenarioFinding:
    """Return what the replications of one scenario gave after the warm-up."""
    replicas = completed(replicas)
    first = replicas[0]
    responses = estimates(replicas, _named(first, asked), warm_s=warm_s, confidence=confidence)
    shares = _shares(replicas, warm_s, confidence)
    means = {device: {state: of.mean for state, of in by.items()} for device, by in shares.items()}
    named = [track.name for track in first.tracks if not track.name.startswith("share.")]
    spreads = {name: spread for name in _sampled(first) if (spread := _spread(replicas, name, warm_s))}
    return ScenarioFinding(
        first.scenario, len(replicas), warm_s, first.horizon_s, responses, shares,
        {name: _series(_tracks(replicas, name), first.bin_s, confidence) for name in named}, spreads,
        bottleneck(replicas, means, warm_s), _welch(replicas, asked[0], warm_s) if asked else None,
        dict(settings or {}), sum(replica.cpu_s for replica in replicas),
    )  # fmt: skip


def estimates(
    replicas: Sequence[Replica], responses: Sequence[str], *, warm_s: float, confidence: float
) -> dict[str, Interval]:
    """Return the interval of each response that every replication says something about."""
    found = {name: values(replicas, name, warm_s) for name in responses}
    return {name: t_interval(seen, confidence) for name, seen in found.items() if seen}


def _named(first: Replica, asked: Sequence[str]) -> list[str]:
    """Return what was asked, and all that a replication has besides the shares of its machines."""
    tracks = [track.name for track in first.tracks if not track.name.startswith("share.")]
    return list(dict.fromkeys([*asked, *tracks, *(f"{name}.p95" for name in _sampled(first))]))


def _sampled(first: Replica) -> list[str]:
    """Return the samples that people want to see; active periods are there for the bottleneck."""
    return [sample.name for sample in first.samples if not sample.name.startswith(PERIODS)]


def _tracks(replicas: Sequence[Replica], name: str) -> list[Track]:
    return [track for replica in replicas if (track := replica.track(name)) is not None]


def _shares(replicas: Sequence[Replica], warm_s: float, confidence: float) -> dict[str, dict[str, Interval]]:
    first, found = replicas[0], dict[str, dict[str, Interval]]()
    tracks = [{track.name: track for track in replica.tracks} for replica in replicas]
    cut, end = math.ceil(warm_s / first.bin_s - 1e-9), math.ceil(first.horizon_s / first.bin_s - 1e-9)
    for device in devices_of(first):
        names = {state: f"share.{device}.{state}" for state in STATES}
        seen = {state: [one[name].over(cut, end) for one in tracks if name in one] for state, name in names.items()}
        found[device] = {
            state: t_interval([share for share in shares if share is not None], confidence)
            for state, shares in seen.items()
            if any(share is not None for share in shares)
        }
    return found


def _series(tracks: Sequence[Track], bin_s: float, confidence: float) -> Series:
    """Return a figure over time with its interval in each bin, in no more bins than a plot can show."""
    merge = math.ceil(len(tracks[0].total) / MOST_BINS)
    total = np.array([_by(track.total, merge) for track in tracks])
    weight = np.array([_by(track.weight, merge) for track in tracks])
    each = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    sums = weight.sum(axis=0)
    mean = [float(t / w) if w else None for t, w in zip(total.sum(axis=0), sums, strict=True)]
    seen = [column[~np.isnan(column)] for column in each.T]
    half = [_half(values, confidence) if len(values) > 1 else None for values in seen]
    at_s = tuple(number * merge * bin_s for number in range(len(mean)))
    return Series(tracks[0].unit, at_s, tuple(mean), tuple(half))


def _by(values: Sequence[float], merge: int) -> NDArray[np.float64]:
    padded = np.zeros(math.ceil(len(values) / merge) * merge)
    padded[: len(values)] = values
    return padded.reshape(-1, merge).sum(axis=1)


def _half(values: NDArray[np.float64], confidence: float) -> float:
    count = len(values)
    return quantile((1 + confidence) / 2, count - 1) * float(values.std(ddof=1)) / math.sqrt(count)


def _spread(replicas: Sequence[Replica], name: str, warm_s: float) -> Spread | None:
    seen = [value for replica in replicas for value in sampled(replica, name, warm_s)]
    if not seen:
        return None
    counts, edges = np.histogram(seen, bins=EDGES)
    unit = next(sample.unit for sample in replicas[0].samples if sample.name == name)
    at = {f"{share:g}": float(value) for share, value in zip(QUANTILES, np.quantile(seen, QUANTILES), strict=True)}
    return Spread(unit, tuple(map(float, edges)), tuple(map(int, counts)), at)


def _welch(replicas: Sequence[Replica], response: str, warm_s: float) -> Welch | None:
    """Return how a response settles, by bins: of a quantile, the mean of what it is a quantile of."""
    of = quantile_of(response)
    tracks = _tracks(replicas, of[0] if of else response)
    if not tracks:
        return None
    mean = averaged(tracks)
    smooth = welch(filled(mean), max(1, round(len(mean) * SMOOTHED)))
    at_s = tuple(number * replicas[0].bin_s for number in range(len(mean)))
    return Welch(tracks[0].name, tracks[0].unit, at_s, tuple(mean), smooth, warm_s)
