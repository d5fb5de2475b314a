"""What scenarios say of each other: differences by pairs, the best of them, and what to be wary of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.studies.findings import Better, Comparison, Interval, Measure, Remark, ScenarioFinding, Selection
from simulation.studies.replica import Replica
from simulation.studies.responses import response as known
from simulation.studies.statistics.intervals import LEAST, paired, pairwise, relative, t_interval
from simulation.studies.statistics.selection import select

ALL_PAIRS = 5
"""With more scenarios than this each is compared with the first alone: all pairs would make every interval wide."""
QUARTERS = 4
GROWS, AT_LEAST = 0.1, 1.0
"""A backlog that rises by less than a tenth, or by less than one, from one quarter to the next is none to speak of."""

Seen = Mapping[str, Sequence[float]]
"""The values of one response by scenario, replication by replication."""


def better_of(name: str) -> Better:
    """Return which way a response improves.

    >>> better_of("lead.out_s.p95"), better_of("out.pallets_h"), better_of("cranes.busy")
    ('less', 'more', '')
    """
    found = known(name)
    return found.better if found is not None and found.better != "neither" else ""


def compared(response: str, seen: Seen, confidence: float) -> list[Comparison]:
    """Return the differences between scenarios, which hold all together with this confidence.

    Each interval carries the confidence of its own, which is greater (Bonferroni).
    """
    common = min(map(len, seen.values()), default=0)
    if common < LEAST:
        return []
    names, cut = list(seen), {name: list(values[:common]) for name, values in seen.items()}
    if len(names) <= ALL_PAIRS:
        pairs = pairwise(cut, confidence)
    else:
        each = 1 - (1 - confidence) / (len(names) - 1)
        pairs = {(names[0], other): paired(cut[names[0]], cut[other], each) for other in names[1:]}
    return [Comparison(a, b, response, d, _better(response, (a, b), d)) for (a, b), d in pairs.items()]


def _better(response: str, pair: tuple[str, str], difference: Interval) -> str | None:
    way = better_of(response)
    if not way or difference.low <= 0 <= difference.high:
        return None
    return pair[1] if (difference.mean > 0) is (way == "more") else pair[0]


@dataclass(frozen=True, slots=True)
class Terms:
    """How the best is chosen: replications of the first stage, what counts as equal (share of the mean), the chance."""

    first: int
    half_width: float
    confidence: float


def selected(response: str, seen: Seen, terms: Terms) -> Selection | None:
    """Return the best scenario by one response (Kim-Nelson), None where there is nothing to choose.

    Scenarios closer to the best than `half_width` times the mean of the first stage count as good as it. While there
    are too few replications, the best is among the candidates with the same chance.
    """
    common = min(map(len, seen.values()), default=0)
    way, first = better_of(response), min(terms.first, common)
    if not way or len(seen) < LEAST or first < LEAST:
        return None
    names, values = list(seen), np.array([values[:common] for values in seen.values()], dtype=float)
    indifference = terms.half_width * abs(float(values[:, :first].mean()))
    if not indifference:
        return None
    signed = values if way == "more" else -values
    choice = select(signed, first=first, indifference=indifference, chance=terms.confidence)
    left = (choice.best,) if choice.sure else choice.left
    return Selection(response, names[choice.best], tuple(names[at] for at in left), terms.confidence)


def measure(response: str, unit: str) -> Measure:
    """Return what is known of a response besides its value."""
    return Measure(unit, better_of(response))


def remarks(found: ScenarioFinding, asked: Sequence[str], *, half_width: float) -> list[Remark]:
    """Return what to be wary of in the estimates of one scenario."""
    told: list[Remark] = []
    for response in asked:
        interval = found.responses.get(response)
        if interval is None:
            told.append(Remark("no_value", {"scenario": found.name, "response": response}))
        elif interval.half_width is not None and (reached := relative(interval)) > half_width:
            params = {"scenario": found.name, "response": response, "reached": _share(reached)}
            told.append(Remark("not_reached", {**params, "wanted": _share(half_width)}))
    return told


def _share(value: float) -> str:
    return f"{value:.1%}"


def grows(replicas: Sequence[Replica], response: str, first: int, confidence: float) -> Remark | None:
    """Return a remark if a backlog is greater in the last quarter of the runs than in the one before, for sure."""
    tracks = [track for replica in replicas if (track := replica.track(response)) is not None]
    quarter = (len(tracks[0].total) - first) // QUARTERS if tracks else 0
    if len(tracks) < LEAST or not quarter:
        return None
    end = first + QUARTERS * quarter
    late = [track.over(end - quarter, end) or 0.0 for track in tracks]
    before = [track.over(end - 2 * quarter, end - quarter) or 0.0 for track in tracks]
    rise, level = paired(before, late, confidence), t_interval(late, confidence)
    if rise.low <= 0 or rise.mean < max(AT_LEAST, GROWS * level.mean):
        return None
    return Remark(
        "backlog_grows", {"scenario": replicas[0].scenario, "response": response, "growth": round(rise.mean, 2)}
    )
