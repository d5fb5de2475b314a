"""The scenarios of a study: its plant and its study file, each with the values that the scenario sets."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from plc.plant import load as plants
from plc.plant.model import SECTIONS, Plant
from plc.plant.problems import PlantError, nearest
from plc.plant.source import read
from simulation.studies.experiment import Experiment, Variant, keys_at, validated
from simulation.studies.fit import unfit
from simulation.study import Study, StudyError, check_study

NOT_SET = frozenset({"name", "plant", "scenarios", "sweep", "replications", "warm_up", "seed"})
"""Keys of a study file that are the same for all its scenarios."""
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: the plant as it is in it, and the study file as it is in it. Can be sent to another process."""

    name: str
    plant: Plant
    experiment: Experiment


def scenarios(experiment: Experiment) -> tuple[Scenario, ...]:
    """Return the scenarios of a study in the order of its file; raises StudyError with every problem of all."""
    made: list[Scenario] = []
    problems: list[str] = []
    for variant in experiment.scenarios:
        try:
            made.append(scenario(experiment, variant))
        except StudyError as error:
            problems += error.problems
    if problems:
        raise StudyError(problems)
    return tuple(made)


def scenario(experiment: Experiment, variant: Variant) -> Scenario:
    """Return one scenario; raises StudyError, for an unknown path with the name that is nearest."""
    file = variant.plant or experiment.plant
    plant_tree = copy.deepcopy(_tree(file))
    study_tree: Tree = experiment.model_dump(mode="json", exclude_unset=True)
    problems: list[str] = []
    for path, value in variant.set.items():
        parts = path.split(".")
        mine = parts[0] in keys_at(()) and parts[0] not in NOT_SET
        why = _put(study_tree if mine else plant_tree, parts, value, study=mine)
        problems += [f"scenario {variant.name}: {path} = {str(value)[:40]}: {why}"] if why else []
    if problems:
        raise StudyError(problems)
    plant = _plant(file, plant_tree if variant.set else None, variant.name)
    study = validated(study_tree, f"scenario {variant.name}")
    if wrong := check_study(Study(), plant) + unfit(study, plant):
        raise StudyError([f"scenario {variant.name}: {problem}" for problem in wrong])
    return Scenario(variant.name, plant, study)


def _put(tree: Tree, parts: list[str], value: Any, *, study: bool) -> str:
    """Set a value in a tree, `*` standing for every key of a mapping; return what is wrong with the path, or ""."""
    at: Any = tree
    for depth, part in enumerate(parts[:-1]):
        if part == "*" and isinstance(at, dict):
            rests = [_put(cast(Tree, at), [key, *parts[depth + 1 :]], value, study=study) for key in list(at)]
            return next((why for why in rests if why), "")
        found = _step(at, part, known=depth == 1 and not study and parts[0] in SECTIONS)
        if isinstance(found, str):
            return found
        at = found[0]
    if isinstance(at, list):
        index = parts[-1]
        if not index.isdigit() or int(index) >= len(cast("list[Any]", at)):
            return f"there is no entry {index}; there are {len(cast('list[Any]', at))}, counted from 0"
        at[int(index)] = value
    elif isinstance(at, dict):
        if len(parts) == 1 and not study and parts[0] not in Plant.model_fields:
            return f"nobody knows this path; {nearest(parts[0], _tops())}"
        at[parts[-1]] = value
    else:
        return "there is nothing inside a plain value"
    return ""


def _step(at: Any, part: str, *, known: bool) -> tuple[Any] | str:
    """Return what stands at a part of a path, made if it may be missing, or what is wrong."""
    if isinstance(at, list):
        things = cast("list[Any]", at)
        if not part.isdigit() or int(part) >= len(things):
            return f"there is no entry {part}; there are {len(things)}, counted from 0"
        return (things[int(part)],)
    if not isinstance(at, dict):
        return "there is nothing inside a plain value"
    things = cast(Tree, at)
    if part not in things and known:
        return f"there is no {part}; {nearest(part, things)}"
    if part not in things and "name" in things and "epoch" in things and part not in Plant.model_fields:
        return f"nobody knows this path; {nearest(part, _tops())}"
    if things.get(part) is None:
        things[part] = {}
    return (things[part],)


def _tops() -> list[str]:
    return [*Plant.model_fields, *(key for key in keys_at(()) if key not in NOT_SET)]


@lru_cache(maxsize=8)
def _tree(file: Path) -> Tree:
    """Return a plant file as plain values, anchors and merges resolved; raises StudyError."""
    try:
        return read(file.read_text(encoding="utf-8")).tree
    except (OSError, ValueError) as error:
        raise StudyError([f"{file.name}: {error}"]) from error


@lru_cache(maxsize=8)
def _whole(file: Path) -> Plant:
    return plants.load(file)


def _plant(file: Path, tree: Mapping[str, Any] | None, name: str) -> Plant:
    if tree is None:
        try:
            return _whole(file)
        except PlantError as error:
            raise StudyError([str(problem) for problem in error.problems]) from error
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    found = plants.check(yaml.dump(dict(tree), Dumper=dumper, sort_keys=False), file=file.name)
    if isinstance(found, Plant):
        return found
    told = [f"{problem.path} = {problem.value}: {problem.message}; {problem.remedy}" for problem in found]
    raise StudyError([f"scenario {name}: {line}" for line in told])
