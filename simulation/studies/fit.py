"""Why a study cannot be run on a plant: demand that nothing in it could serve, and names that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plc.plant.model import Plant
from plc.plant.problems import nearest
from simulation.studies.experiment import Experiment
from simulation.studies.pallets import families
from simulation.studies.snapshot import load_snapshot
from simulation.studies.stream import recorded
from simulation.study import StudyError
from wms.schemes.content import PURPOSES


def unfit(experiment: Experiment, plant: Plant) -> list[str]:
    """Return every reason that stands in the study file itself."""
    return [*_without((demand.kind for demand in experiment.demand), plant, "demand"), *_unknown(experiment, plant)]


def _without(kinds: Iterable[str], plant: Plant, where: str) -> Iterator[str]:
    wanted = set(kinds)
    if "inbound" in wanted and not any(station.kind == "goods_in" for station in plant.stations.values()):
        yield f"{where}: inbound needs a goods-in station in the plant"
    if "distribution" in wanted and not plant.docks:
        yield f"{where}: distribution needs a dock in the plant"
    if "verification" in wanted and not plant.lines:
        yield f"{where}: verification needs a line in the plant"


def _unknown(experiment: Experiment, plant: Plant) -> Iterator[str]:
    known = families(experiment.start.piles)
    for number, demand in enumerate(experiment.demand):
        for line in demand.lines:
            if line not in plant.lines:
                yield f"demand[{number}].lines = {line}: there is no such line; {nearest(line, plant.lines)}"
        if demand.family not in known:
            told = nearest(demand.family, known)
            yield f"demand[{number}].family = {demand.family}: there is no such model; {told}"
    for family in experiment.start.families:
        if family not in known:
            yield f"start.families.{family}: there is no such model; {nearest(family, known)}"
    purpose = experiment.benches.purpose
    if purpose not in PURPOSES:
        yield f"benches.purpose = {purpose}: nothing is verified for that; {nearest(purpose, PURPOSES)}"


def unreadable(experiment: Experiment, plant: Plant) -> list[str]:
    """Return what is wrong in the files that a study reads when it runs, each bad row, before it begins."""
    problems: list[str] = []
    stream, taken = experiment.stream, experiment.start.snapshot
    try:
        if stream is not None:
            calls = recorded(stream, sorted(families(experiment.start.piles)))
            problems += _without((call.kind for call in calls), plant, stream.name)
    except StudyError as error:
        problems += error.problems
    try:
        if taken is not None:
            load_snapshot(taken, plant)
    except StudyError as error:
        problems += error.problems
    return problems
