"""What replications say about a response once the warm-up is cut off: one value for each replication."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulation.studies.replica import Replica, Track
from simulation.studies.statistics.warmup import filled, mser5

LEVELS = ("queue.", "waiting.", "level.")
"""Tracks that are only there once somebody stood in them."""
_QUANTILE = re.compile(r"(?P<sample>.+)\.p(?P<per_cent>\d{1,2})")


@dataclass(frozen=True, slots=True)
class WarmUpCut:
    """How much plant time every replication of every scenario leaves out, and which series never settled.

    One cut for all scenarios: what is compared by pairs must be of the same hours of the same demand.
    """

    warm_s: float
    unsettled: tuple[tuple[str, str], ...] = ()
    """(scenario, response)."""


def quantile_of(response: str) -> tuple[str, float] | None:
    """Return sample and quantile of a response that is one.

    >>> quantile_of("lead.out_s.p95")
    ('lead.out_s', 0.95)
    """
    found = _QUANTILE.fullmatch(response)
    return (found["sample"], int(found["per_cent"]) / 100) if found else None


def value(replica: Replica, response: str, warm_s: float) -> float | None:
    """Return what a replication says about a response after the warm-up; None where nothing was counted."""
    if of := quantile_of(response):
        kept = sampled(replica, of[0], warm_s)
        return float(np.quantile(kept, of[1])) if kept else None
    track = replica.track(response)
    if track is None:
        return 0.0 if response.startswith(LEVELS) else None
    return track.over(first_bin(replica.bin_s, warm_s), len(track.total))


def completed(replicas: Sequence[Replica]) -> tuple[Replica, ...]:
    """Return replications that all have the same levels: a queue that nobody ever stood in is one of length 0."""
    levels = {track.name: track for r in replicas for track in r.tracks if track.name.startswith(LEVELS)}
    return tuple(
        replace(r, tracks=tuple(sorted((*r.tracks, *_empty(r, levels)), key=lambda track: track.name)))
        for r in replicas
    )


def _empty(replica: Replica, levels: Mapping[str, Track]) -> list[Track]:
    there = {track.name for track in replica.tracks}
    return [replace(track, total=(0.0,) * len(track.total)) for name, track in levels.items() if name not in there]


def sampled(replica: Replica, name: str, warm_s: float) -> list[float]:
    """Return the single values that came after the warm-up."""
    return [
        value
        for sample in replica.samples
        if sample.name == name
        for at_s, value in zip(sample.at_s, sample.value, strict=True)
        if at_s >= warm_s
    ]


def first_bin(bin_s: float, warm_s: float) -> int:
    """Return the first bin that begins when the warm-up is over."""
    return math.ceil(warm_s / bin_s - 1e-9)


def values(replicas: Sequence[Replica], response: str, warm_s: float) -> list[float] | None:
    """Return a value for each replication, or None if one of them says nothing."""
    found = [value(replica, response, warm_s) for replica in replicas]
    return None if any(one is None for one in found) else [one for one in found if one is not None]


def unit_of(replica: Replica, response: str) -> str:
    """Return the unit of a response as its track or sample has it."""
    name = of[0] if (of := quantile_of(response)) else response
    return next((entry.unit for entry in (*replica.tracks, *replica.samples) if entry.name == name), "")


def trimmed(replica: Replica, responses: Iterable[str]) -> Replica:
    """Return a replica with what these responses need and no more, so that very many can be held at once."""
    named = {of[0] if (of := quantile_of(response)) else response for response in responses}
    return replace(
        replica,
        tracks=tuple(track for track in replica.tracks if track.name in named),
        samples=tuple(sample for sample in replica.samples if sample.name in named),
    )


def averaged(tracks: Sequence[Track]) -> list[float | None]:
    """Return a track by bins over all replications: sum by sum, None where nothing was counted."""
    total = np.sum([track.total for track in tracks], axis=0)
    weight = np.sum([track.weight for track in tracks], axis=0)
    return [float(t / w) if w else None for t, w in zip(total, weight, strict=True)]


def settled(scenarios: Sequence[Sequence[Replica]], responses: Sequence[str]) -> WarmUpCut:
    """Return the longest cut that MSER-5 asks for in any scenario, on the mean over its replications."""
    warm_s, unsettled = 0.0, list[tuple[str, str]]()
    for replicas in scenarios:
        for response in responses:
            of = quantile_of(response)
            tracks = [t for replica in replicas if (t := replica.track(of[0] if of else response)) is not None]
            if not tracks:
                continue
            cut = mser5(filled(averaged(tracks)))
            warm_s = max(warm_s, cut.entries * replicas[0].bin_s)
            unsettled += [(replicas[0].scenario, response)] if cut.at_limit else []
    return WarmUpCut(warm_s, tuple(unsettled))
