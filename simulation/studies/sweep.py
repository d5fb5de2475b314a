"""A sweep over settings: which points to try, and how far a response moves with each setting.

A sweep is either every combination of listed values, `{path: [values], ...}`, or so many points spread evenly over
ranges, `{lhs: 32, ranges: {path: [low, high]}}` (Latin hypercube) or `{sobol: 32, ranges: ...}` (scrambled Sobol).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from simulation.studies.findings import Effect, ScenarioFinding

MOST_POINTS = 1000
Value = str | int | float | bool
_SPREADS = ("lhs", "sobol")


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of settings, named by them."""

    name: str
    values: Mapping[str, Value]


class BadSweep(ValueError):
    """The sweep cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems, one a line."""
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def points(sweep: Mapping[str, Any], seed: int = 0) -> tuple[Point, ...]:
    """Return the points of a sweep, the same for the same seed; none for an empty sweep. Raises BadSweep.

    >>> [point.name for point in points({"rules.sequencing": ["turn", "near"], "cranes.SC1.fork_s": [8, 9]})][:2]
    ['rules.sequencing=turn, cranes.SC1.fork_s=8', 'rules.sequencing=turn, cranes.SC1.fork_s=9']
    """
    if not sweep:
        return ()
    spread = [kind for kind in _SPREADS if kind in sweep]
    rows = _spread(sweep, spread[0], seed) if spread else _factorial(sweep)
    return tuple(Point(", ".join(f"{path}={_said(value)}" for path, value in row.items()), row) for row in rows)


def _factorial(sweep: Mapping[str, Any]) -> list[dict[str, Value]]:
    problems = [
        f"sweep.{path}: a list of one value or more"
        for path, values in sweep.items()
        if not isinstance(values, list | tuple) or not values
    ]
    problems += [
        f"sweep.{path}: {value!r} is no plain value"
        for path, values in sweep.items()
        if isinstance(values, list | tuple)
        for value in values
        if not isinstance(value, str | int | float | bool)
    ]
    if not problems and (count := math.prod(map(len, sweep.values()))) > MOST_POINTS:
        problems.append(f"sweep: {count} combinations; at most {MOST_POINTS}, or take `lhs` and `ranges`")
    if problems:
        raise BadSweep(problems)
    return [dict(zip(sweep, row, strict=True)) for row in product(*sweep.values())]


def _spread(sweep: Mapping[str, Any], kind: str, seed: int) -> list[dict[str, Value]]:
    """Return points spread over ranges; a range between whole numbers gives whole numbers."""
    from scipy.stats import qmc

    count, ranges = _ranges(sweep, kind)
    chance = np.random.default_rng(seed)
    if kind == "lhs":
        drawn = qmc.LatinHypercube(len(ranges), rng=chance).random(count)
    else:  # Sobol's points are balanced in powers of two only
        drawn = qmc.Sobol(len(ranges), rng=chance).random_base2(math.ceil(math.log2(count)))[:count]
    return [
        {path: _within(low, high, float(at)) for (path, (low, high)), at in zip(ranges.items(), row, strict=True)}
        for row in drawn
    ]


def _ranges(sweep: Mapping[str, Any], kind: str) -> tuple[int, dict[str, tuple[float, float]]]:
    count, ranges = sweep[kind], sweep.get("ranges")
    problems = [
        f"sweep.{name}: beside `{kind}` there is only `ranges`" for name in sweep if name not in (kind, "ranges")
    ]
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_POINTS:
        problems.append(f"sweep.{kind}: a number of points, 1 to {MOST_POINTS}")
    if not isinstance(ranges, Mapping) or not ranges:
        raise BadSweep([*problems, "sweep.ranges: {path: [low, high]}"])
    problems += [
        f"sweep.ranges.{path}: two numbers, low and high"
        for path, ends in ranges.items()
        if not (isinstance(ends, list | tuple) and len(ends) == 2 and all(map(_number, ends)) and ends[0] < ends[1])  # noqa: PLR2004
    ]
    if problems:
        raise BadSweep(problems)
    return int(count), {str(path): (ends[0], ends[1]) for path, ends in ranges.items()}


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _within(low: float, high: float, at: float) -> Value:
    if isinstance(low, int) and isinstance(high, int):
        return low + min(high - low, int(at * (high - low + 1)))
    return round(low + at * (high - low), 6)


def _said(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def effects(scenarios: Iterable[ScenarioFinding], responses: Iterable[str]) -> tuple[Effect, ...]:
    """Return the main effect of each setting that varies, on each response, the greatest first.

    Few distinct values: the means at the least and the greatest (or, of words, at the worst and the best). Many
    numbers, as of a Latin hypercube: the ends of the least-squares plane over all settings.
    """
    tried = [scenario for scenario in scenarios if scenario.settings]
    paths = [path for path in dict.fromkeys(p for s in tried for p in s.settings) if _varies(tried, path)]
    found: list[Effect] = []
    for response in responses:
        seen = [s for s in tried if response in s.responses and all(path in s.settings for path in paths)]
        plane = _plane(seen, paths, response)
        found += [_effect(seen, path, response, plane=plane.get(path)) for path in paths if seen]
    return tuple(sorted(found, key=lambda effect: (effect.response, -abs(effect.at_high - effect.at_low))))


def _varies(tried: Sequence[ScenarioFinding], path: str) -> bool:
    return len({s.settings[path] for s in tried if path in s.settings}) > 1


def _effect(seen: Sequence[ScenarioFinding], path: str, response: str, *, plane: tuple[float, float] | None) -> Effect:
    values: dict[Value, list[float]] = {}
    for scenario in seen:
        values.setdefault(scenario.settings[path], []).append(scenario.responses[response].mean)
    means = {value: float(np.mean(got)) for value, got in values.items()}
    numbers = [value for value in means if _number(value)]
    order = sorted(means, key=float) if len(numbers) == len(means) else sorted(means, key=lambda v: means[v])
    low, high = order[0], order[-1]
    at_low, at_high = plane or (means[low], means[high])
    return Effect(path, response, _said(low), _said(high), at_low, at_high)


def _plane(seen: Sequence[ScenarioFinding], paths: Sequence[str], response: str) -> dict[str, tuple[float, float]]:
    """Return by path the fitted response at its least and greatest value, the others at their mean.

    Only for designs of numbers in which values hardly come twice, and with more points than unknowns.
    """
    if not paths or len(seen) <= len(paths) + 1 or not all(_number(s.settings[path]) for s in seen for path in paths):
        return {}
    settings = np.array([[float(s.settings[path]) for path in paths] for s in seen])
    if min(len(set(column)) for column in settings.T) * 2 < len(seen):
        return {}
    about = settings - settings.mean(axis=0)
    observed = np.array([s.responses[response].mean for s in seen])
    fitted, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(seen)), about]), observed, rcond=None)
    return {
        path: (
            float(fitted[0] + fitted[at + 1] * about[:, at].min()),
            float(fitted[0] + fitted[at + 1] * about[:, at].max()),
        )
        for at, path in enumerate(paths)
    }
