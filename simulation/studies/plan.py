"""What a study comes to: its scenarios with those of its sweep, and the hash of all that decides their replications."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from simulation.studies.experiment import Experiment, Variant
from simulation.studies.fit import unreadable
from simulation.studies.responses import unknown
from simulation.studies.scenario import Scenario, scenarios
from simulation.studies.sweep import BadSweep, Point, Value, points
from simulation.study import StudyError

MOST_SCENARIOS = 1000
PACKAGES = ("plc", "optimizer", "wcs", "wms", "simulation")
_NOT_IN_A_RUN = ("validate/", "studies/report/", "studies/statistics/", "studies/capacity/", "studies/calibrate/")
"""Parts of `simulation` that look at replications or at theory: changed, they do not change a replication."""
_NOT_RUN = {"name", "plant", "scenarios", "sweep", "replications", "warm_up"}
"""Keys of a study file that say how often and how to look at it: a replication is the same whatever they are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The scenarios of a study in their order, what each of them sets, and the hash of it all."""

    scenarios: tuple[Scenario, ...]
    settings: tuple[Mapping[str, Value], ...]
    content: str


def plan(experiment: Experiment) -> Plan:
    """Return what a study comes to; raises StudyError with every problem of all its scenarios."""
    if wrong := unknown(experiment.replications.responses):
        raise StudyError([f"replications.responses: {problem}" for problem in wrong])
    variants = _variants(experiment)
    found = scenarios(experiment.model_copy(update={"scenarios": variants, "sweep": None}))
    if wrong := unreadable(experiment, found[0].plant):
        raise StudyError(wrong)
    return Plan(found, tuple(_plain(variant.set) for variant in variants), content(found))


def _variants(experiment: Experiment) -> tuple[Variant, ...]:
    """Return each scenario of the file crossed with each point of the sweep."""
    if experiment.sweep is None:
        return experiment.scenarios
    sweep = experiment.sweep if isinstance(experiment.sweep, dict) else experiment.sweep.model_dump()
    try:
        tried = points(sweep, experiment.seed)
    except BadSweep as bad:
        raise StudyError(bad.problems) from bad
    if (count := len(tried) * len(experiment.scenarios)) > MOST_SCENARIOS:
        raise StudyError([f"sweep: {count} scenarios in all; at most {MOST_SCENARIOS}"])
    alone = len(experiment.scenarios) == 1
    return tuple(_crossed(variant, point, alone=alone) for variant in experiment.scenarios for point in tried)


def _crossed(variant: Variant, point: Point, *, alone: bool) -> Variant:
    name = point.name if alone else f"{variant.name}: {point.name}"
    return variant.model_copy(update={"name": name, "set": {**variant.set, **point.values}})


def _plain(settings: Mapping[str, Any]) -> dict[str, Value]:
    return {k: v if isinstance(v, str | int | float | bool) else json.dumps(v) for k, v in settings.items()}


def content(found: Sequence[Scenario]) -> str:
    """Return the hash of all that decides the replications: plants, demand, files named, and the program itself."""
    digest = hashlib.sha256(build().encode())
    for scenario in found:
        study = {k: v for k, v in scenario.experiment.model_dump(mode="python").items() if k not in _NOT_RUN}
        value = [scenario.name, scenario.plant.model_dump(mode="json"), _hashed(study)]
        digest.update(json.dumps(value, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _hashed(value: Any) -> Any:
    """Return a tree with the bytes of each file, as a hash, where its path stood."""
    match value:
        case Path():
            return hashlib.sha256(value.read_bytes()).hexdigest()
        case dict():
            return {str(key): _hashed(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_hashed(inner) for inner in value]
        case _:
            return value


@cache
def build() -> str:
    """Return what this program is: its version and a hash of the source that a replication runs, on any machine."""
    root, digest = Path(__file__).parents[2], hashlib.sha256()
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            if file.relative_to(root / package).as_posix().startswith(_NOT_IN_A_RUN):
                continue
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    try:
        release = version("metrostack")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest.hexdigest()[:16]}"
