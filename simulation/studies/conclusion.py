"""What a study found, made from its first replications: the same wherever and in whatever order they ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulation.studies.experiment import Experiment
from simulation.studies.findings import Comparison, Findings, Measure, Remark, ScenarioFinding, Selection
from simulation.studies.observed import WarmUpCut, completed, first_bin, trimmed, unit_of, values
from simulation.studies.plan import Plan
from simulation.studies.portrait import portrait
from simulation.studies.replica import Replica
from simulation.studies.store import Store
from simulation.studies.sweep import effects
from simulation.studies.tally import warm_up
from simulation.studies.verdicts import Seen, Terms, compared, grows, measure, remarks, selected

MOST_PROBLEMS = 5
BACKLOGS = ("waiting.orders", "level.orders")


@dataclass(slots=True)
class _Gathered:
    """What is gathered scenario by scenario, so that no more than one is held whole."""

    found: list[ScenarioFinding] = field(default_factory=list[ScenarioFinding])
    seen: dict[str, dict[str, Sequence[float]]] = field(default_factory=dict[str, dict[str, Sequence[float]]])
    units: dict[str, str] = field(default_factory=dict[str, str])
    warnings: list[Remark] = field(default_factory=list[Remark])


def conclude(experiment: Experiment, plan: Plan, store: Store, count: int) -> Findings:
    """Return the findings of the first `count` replications of every scenario."""
    asked, gathered = experiment.replications.responses, _Gathered()
    cut = _cut(experiment, plan, store, count)
    for index, scenario in enumerate(plan.scenarios):
        replicas = store.of(scenario.name)[:count]
        _gather(gathered, experiment, replicas, cut=cut, settings=plan.settings[index])
    gathered.warnings += [Remark("warm_up_half", {"scenario": s, "response": r}) for s, r in cut.unsettled]
    comparisons, selection = _judged(experiment, gathered)
    if selection is not None and len(selection.candidates) > 1:
        gathered.warnings.append(Remark("selection_open", {"response": selection.response}))
    return Findings(
        experiment.name, plan.scenarios[0].plant.name, experiment.seed, experiment.hours, tuple(asked),
        _measures(gathered), tuple(gathered.found), tuple(comparisons), selection,
        effects(gathered.found, asked) if experiment.sweep is not None else (),
        tuple(gathered.warnings), plan.content,
    )  # fmt: skip


def _cut(experiment: Experiment, plan: Plan, store: Store, count: int) -> WarmUpCut:
    asked = experiment.replications.responses
    return warm_up(experiment, [[trimmed(r, asked) for r in store.of(s.name)[:count]] for s in plan.scenarios])


def _gather(
    gathered: _Gathered,
    experiment: Experiment,
    replicas: Sequence[Replica],
    *,
    cut: WarmUpCut,
    settings: Mapping[str, str | int | float | bool],
) -> None:
    rule, warm_s = experiment.replications, cut.warm_s
    found = portrait(replicas, rule.responses, warm_s=warm_s, confidence=rule.confidence, settings=settings)
    gathered.found.append(found)
    for response in rule.responses:
        if seen := values(replicas, response, warm_s):
            gathered.seen.setdefault(response, {})[found.name] = seen
    for name in found.responses:
        gathered.units.setdefault(name, next(filter(None, (unit_of(r, name) for r in replicas)), ""))
    gathered.warnings += remarks(found, rule.responses, half_width=rule.half_width)
    bin_s = first_bin(replicas[0].bin_s, warm_s)
    backlogs = (grows(completed(replicas), backlog, bin_s, rule.confidence) for backlog in BACKLOGS)
    gathered.warnings += [remark for remark in backlogs if remark is not None][:1]
    problems = list(dict.fromkeys(problem for replica in replicas for problem in replica.problems))
    gathered.warnings += [Remark("problems", {"scenario": found.name, "text": p}) for p in problems[:MOST_PROBLEMS]]


def _judged(experiment: Experiment, gathered: _Gathered) -> tuple[list[Comparison], Selection | None]:
    rule, names = experiment.replications, [found.name for found in gathered.found]
    whole: dict[str, Seen] = {response: seen for response, seen in gathered.seen.items() if len(seen) == len(names)}
    comparisons = [one for response, seen in whole.items() for one in compared(response, seen, rule.confidence)]
    terms = Terms(rule.least, rule.half_width, rule.confidence)
    chosen = (selected(response, whole[response], terms) for response in rule.responses if response in whole)
    return comparisons, next((selection for selection in chosen if selection is not None), None)


def _measures(gathered: _Gathered) -> dict[str, Measure]:
    return {name: measure(name, unit) for name, unit in gathered.units.items()}
