"""The study file: a plant, its demand, what to compare and how sure to be; read whole, every problem at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from plc.plant.kinds import DeviceKind
from plc.plant.problems import dotted, nearest
from plc.plant.schema import DIALECT
from simulation.studies.demand import BenchTimes, Breakdown, Demand, Name, Start
from simulation.study import STRICT, Clerk, Meters, Noise, StudyError, Truck

MAX_BYTES = 1_000_000
Sets = dict[Annotated[str, Field(min_length=1, max_length=200)], Any]
Range = tuple[float, float]


class WarmUp(BaseModel):
    """What is cut off the front of every run before anything is averaged."""

    model_config = STRICT
    rule: Literal["none", "hours", "mser5"] = "mser5"
    hours: Annotated[float, Field(ge=0, le=10_000)] = 0
    """For the rule `hours`."""


class Replications(BaseModel):
    """How often each scenario is run: until every named response is known well enough."""

    model_config = STRICT
    least: Annotated[int, Field(ge=2, le=10_000)] = 5
    most: Annotated[int, Field(ge=2, le=10_000)] = 40
    half_width: Annotated[float, Field(gt=0, le=1)] = 0.05
    """Half the confidence interval, as a share of the mean."""
    confidence: Annotated[float, Field(ge=0.5, le=0.9999)] = 0.95
    responses: tuple[Name, ...] = ("out.pallets_h",)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """Want room between least and most."""
        if self.most < self.least:
            raise ValueError("`most` is below `least`")
        return self


class Variant(BaseModel):
    """One of the scenarios: what is different in it."""

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=200)]
    plant: Path | None = None
    """Another plant file, relative to the study file."""
    set: Sets = {}
    """Dotted paths into the plant or the study file, and the values they get: `rules.sequencing: near`."""


class Latin(BaseModel):
    """A Latin hypercube over ranges of numbers."""

    model_config = STRICT
    lhs: Annotated[int, Field(ge=2, le=10_000)]
    ranges: Annotated[dict[str, Range], Field(min_length=1)]


Grid = Annotated[dict[str, Annotated[list[Any], Field(min_length=1, max_length=1_000)]], Field(min_length=1)]


class Experiment(BaseModel):
    """A study file: everything that a run depends on, besides the number of its replication."""

    model_config = STRICT
    name: Name = "study"
    plant: Path
    seed: Annotated[int, Field(ge=0, le=2**63)] = 1
    hours: Annotated[float, Field(gt=0, le=24 * 366)] = 24
    """Plant time of one run."""
    warm_up: WarmUp = WarmUp()
    replications: Replications = Replications()
    start: Start = Start()
    demand: tuple[Demand, ...] = ()
    stream: Path | None = None
    """Recorded orders instead of `demand`: CSV with time, in/out, family, pallet."""
    benches: BenchTimes = BenchTimes()
    breakdowns: dict[DeviceKind, Breakdown] = {}
    meters: Meters = Meters()
    noise: Noise = Noise()
    clerk: Clerk = Clerk()
    truck: Truck = Truck()
    scenarios: Annotated[tuple[Variant, ...], Field(min_length=1)] = (Variant(name="base"),)
    sweep: Latin | Grid | None = None

    @model_validator(mode="after")
    def _sane(self) -> Self:
        """Want different names, and one source of demand at most."""
        names = [variant.name for variant in self.scenarios]
        if len(set(names)) != len(names):
            raise ValueError("scenarios: two have the same name")
        if self.demand and self.stream is not None:
            raise ValueError("give either `demand` or `stream`")
        return self


def load_experiment(path: Path) -> Experiment:
    """Return the study in the file at `path`, the files it names found; raises StudyError with every problem."""
    try:
        text = path.read_text(encoding="utf-8")
        raw: Any = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if len(text) <= MAX_BYTES else None
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise StudyError([f"{path.name}: {error}"]) from error
    if not isinstance(raw, dict):
        raise StudyError([f"{path.name}: this is no study file; begin with `name: ...` and `plant: ...`"])
    experiment = validated(cast("dict[str, Any]", raw), path.name)
    found = located(experiment, path.parent)
    named = [found.plant, found.stream, found.start.snapshot, *(variant.plant for variant in found.scenarios)]
    missing = [
        f"{path.name}: there is no file {file.name}" for file in named if file is not None and not file.is_file()
    ]
    if missing:
        raise StudyError(missing)
    return found


def validated(tree: Mapping[str, Any], file: str) -> Experiment:
    """Return the experiment of a tree of plain values; raises StudyError with path, value and way out of each."""
    try:
        return Experiment.model_validate(tree)
    except ValidationError as error:
        raise StudyError([_told(dict(details), file) for details in error.errors(include_url=False)]) from error


def located(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with the files that it names found from `folder`."""

    def at(file: Path | None) -> Path | None:
        return None if file is None else (folder / file).resolve()

    variants = tuple(v.model_copy(update={"plant": at(v.plant)}) for v in experiment.scenarios)
    start = experiment.start.model_copy(update={"snapshot": at(experiment.start.snapshot)})
    files = {"plant": at(experiment.plant), "stream": at(experiment.stream)}
    return experiment.model_copy(update={**files, "start": start, "scenarios": variants})


def schema_text() -> str:
    """Return the JSON Schema of the study file, the same for the same version."""
    found = {"$schema": DIALECT, **Experiment.model_json_schema(), "title": "Metrostack study file"}
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _told(details: Mapping[str, Any], file: str) -> str:
    loc = tuple(part for part in details["loc"] if part not in ("Latin",) and not str(part).startswith("dict["))
    key, message = str(loc[-1]) if loc else "", str(details["msg"])
    value = "" if isinstance(details["input"], Mapping | list) else f" = {str(details['input'])[:40]}"
    match details["type"]:
        case "missing":
            message, value, way = f"`{key}` is missing", "", f"add `{key}: ...`"
        case "extra_forbidden":
            message, way = "nobody knows this key", nearest(key, keys_at(loc[:-1]))
        case _:
            message, way = message[:1].lower() + message[1:], "see `metrostack schema --study` for what is allowed"
    return f"{file}: {dotted(loc)}{value}: {message}; {way}"


def keys_at(path: tuple[int | str, ...]) -> list[str]:
    """Return the keys that a study file may have at a path.

    >>> keys_at(("demand", 0))[:2], keys_at(("warm_up",))
    (['kind', 'family'], ['rule', 'hours'])
    """
    at: Any = Experiment
    for part in path:
        if isinstance(part, str) and isinstance(at, type) and issubclass(at, BaseModel):
            field = at.model_fields.get(part)
            at = None if field is None else _inner(field.annotation)
    return list(at.model_fields) if isinstance(at, type) and issubclass(at, BaseModel) else []


def _inner(annotation: Any) -> Any:
    """Return the model inside an annotation such as `tuple[Demand, ...]`, or the annotation."""
    inside = [_inner(arg) for arg in getattr(annotation, "__args__", ())]
    return next((i for i in inside if isinstance(i, type) and issubclass(i, BaseModel)), annotation)
