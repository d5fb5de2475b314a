"""A study from its file to its findings: replications over places until there are enough, each kept as it comes.

It can be ended at any time and in any way; begun again in the same folder it goes on where it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plc.plant.problems import nearest
from simulation.studies import inside
from simulation.studies.conclusion import conclude
from simulation.studies.errors import ReplicationFailed
from simulation.studies.experiment import Experiment
from simulation.studies.findings import Findings, Interval
from simulation.studies.observed import LEVELS, quantile_of
from simulation.studies.places.crew import Crew, Errand, Failed, Going, Heard, Lost, Places, Returned, Work
from simulation.studies.plan import Plan, plan
from simulation.studies.replica import Replica
from simulation.studies.store import Store, opened
from simulation.studies.tally import Tally
from simulation.study import StudyError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is. `running` has the plant seconds of each (scenario, replication) under way.

    `planned` are all replications if no response is known well enough before; `lost` counts workers that ended.
    """

    done: int
    planned: int
    running: Mapping[tuple[str, int], float]
    estimates: Mapping[str, Mapping[str, Interval]]
    lost: int = 0


Told = Callable[[Progress], None]


@dataclass(slots=True)
class _Course:
    """A study while it runs."""

    experiment: Experiment
    plan: Plan
    store: Store
    tally: Tally
    told: Told
    running: dict[tuple[str, int], float] = field(default_factory=dict[tuple[str, int], float])
    lost: int = 0

    def errands(self) -> Iterator[Errand]:
        """Yield what is not there yet: one replication of every scenario before the next of any."""
        done = self.store.done
        for replication in range(self.experiment.replications.most):
            for index, scenario in enumerate(self.plan.scenarios):
                if (scenario.name, replication) not in done:
                    yield Errand(index, replication)

    def key(self, errand: Errand) -> tuple[str, int]:
        """Return scenario and replication of an errand by name."""
        return self.plan.scenarios[errand.scenario].name, errand.replication

    def tell(self) -> None:
        """Tell how far it is."""
        planned = len(self.plan.scenarios) * self.experiment.replications.most
        self.told(Progress(self.tally.done, planned, dict(self.running), self.tally.estimates, self.lost))


def run_study(
    experiment: Experiment,
    places: Places,
    folder: Path,
    told: Told | None = None,
    *,
    work: Work = inside.run,
    fresh: bool = False,
) -> Findings:
    """Return what a study found, also kept in `folder` with all its replications.

    Raises StudyError for a study that cannot be run, and StudyFailed if it ended early; what was finished stays.
    """
    planned = plan(experiment)
    names = [scenario.name for scenario in planned.scenarios]
    with opened(folder, planned.content, names, fresh=fresh) as store:
        course = _Course(experiment, planned, store, Tally(experiment, names), told or (lambda _: None))
        for name in names:
            for replica in store.of(name):
                course.tally.add(replica)
        course.tell()
        count = course.tally.enough()
        if count is None:
            with places.open(work, planned.scenarios) as crew:
                count = _run(course, crew)
        store.sweep_in()
        findings = conclude(experiment, planned, store, count)
        store.conclude(findings)
        return findings


def _run(course: _Course, crew: Crew) -> int:
    """Return how many replications of each scenario are enough, once they are there."""
    errands = course.errands()
    while (count := course.tally.enough()) is None:
        _fill(course, crew, errands)
        if (heard := crew.hear()) is not None:
            if isinstance(heard, Returned):  # whoever is free goes on while this one is put away
                del course.running[course.key(heard.errand)]
                _fill(course, crew, errands)
            _take(course, heard)
            course.tell()
    return count


def _fill(course: _Course, crew: Crew, errands: Iterator[Errand]) -> None:
    """Give everybody something to do."""
    while len(course.running) < crew.width() and (errand := next(errands, None)) is not None:
        crew.send(errand)
        course.running[course.key(errand)] = 0.0


def _take(course: _Course, heard: Heard) -> None:
    key = course.key(heard.errand)
    match heard:
        case Going(plant_s=plant_s):
            course.running[key] = plant_s
        case Lost():
            course.running[key] = 0.0
            course.lost += 1
        case Failed(why=why):
            raise ReplicationFailed(f"scenario {key[0]}, replication {key[1]}:\n{why}")
        case Returned(replica=replica):
            _check(replica, key, course.experiment.replications.responses)
            course.store.add(replica)
            course.tally.add(replica)


def _check(replica: Replica, key: tuple[str, int], responses: tuple[str, ...]) -> None:
    """Raise unless a replication is the one that was asked for, of numbers, and with what the study asks about."""
    numbers = [
        *(v for t in replica.tracks for v in (*t.total, *t.weight)),
        *(v for s in replica.samples for v in s.value),
    ]
    if (replica.scenario, replica.replication) != key or not replica.tracks or not all(map(math.isfinite, numbers)):
        raise ReplicationFailed(f"scenario {key[0]}, replication {key[1]}: what came back is no replication of it")
    samples, tracks = {s.name for s in replica.samples}, {t.name for t in replica.tracks}
    problems: list[str] = []
    for response in responses:
        of = quantile_of(response)
        known = of[0] in samples if of else response in tracks or response.startswith(LEVELS)
        if not known:
            way = nearest(response, [*tracks, *(f"{sample}.p95" for sample in samples)])
            problems.append(f"replications.responses: nobody measures {response}; {way}")
    if problems:
        raise StudyError(problems)
