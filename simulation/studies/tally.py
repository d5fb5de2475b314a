"""What is known while a study runs: estimates so far, and whether they are good enough to stop.

Whether to stop is decided on the first n replications of every scenario, for n = least, least + 1, ..., whatever came
in which order: a study ends with the same replications on one worker and on a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation.studies.experiment import Experiment
from simulation.studies.findings import Interval
from simulation.studies.observed import WarmUpCut, settled, trimmed
from simulation.studies.portrait import estimates
from simulation.studies.replica import Replica
from simulation.studies.statistics.stopping import Enough

HOUR_S = 3600.0


class Tally:
    """The replications of a study as far as its responses go."""

    def __init__(self, experiment: Experiment, names: Sequence[str]) -> None:
        """Begin with none."""
        self._experiment, rule = experiment, experiment.replications
        self._seen: dict[str, dict[int, Replica]] = {name: {} for name in names}
        self._enough = Enough(rule.least, rule.most, rule.half_width)
        self._looked, self._cut = rule.least, WarmUpCut(0.0)
        self._estimates: dict[str, Mapping[str, Interval]] = {}

    @property
    def estimates(self) -> Mapping[str, Mapping[str, Interval]]:
        """Return the estimates so far, by scenario and response."""
        return dict(self._estimates)

    @property
    def cut(self) -> WarmUpCut:
        """Return the warm-up as it was last cut off."""
        return self._cut

    @property
    def done(self) -> int:
        """Return how many replications there are."""
        return sum(map(len, self._seen.values()))

    def add(self, replica: Replica) -> None:
        """Take a replication in."""
        mine = self._seen[replica.scenario]
        mine[replica.replication] = trimmed(replica, self._experiment.replications.responses)
        warm_s = self._cut.warm_s or warm_up(self._experiment, [list(mine.values())]).warm_s
        self._estimates[replica.scenario] = self._estimated([mine[number] for number in sorted(mine)], warm_s)

    def enough(self) -> int | None:
        """Return how many replications of each scenario the study ends with, None while there are not enough."""
        while self._looked <= self._experiment.replications.most:
            count = self._looked
            if not all(number in mine for mine in self._seen.values() for number in range(count)):
                return None
            first = [[mine[number] for number in range(count)] for mine in self._seen.values()]
            self._cut = warm_up(self._experiment, first)
            found = [self._estimated(replicas, self._cut.warm_s) for replicas in first]
            whole = all(len(one) == len(self._experiment.replications.responses) for one in found)
            if self._enough.stops(count, [i for one in found for i in one.values()]) and (
                whole or count == self._experiment.replications.most
            ):
                return count
            self._looked += 1
        return None

    def _estimated(self, replicas: Sequence[Replica], warm_s: float) -> dict[str, Interval]:
        rule = self._experiment.replications
        return estimates(replicas, rule.responses, warm_s=warm_s, confidence=rule.confidence)


def warm_up(experiment: Experiment, scenarios: Sequence[Sequence[Replica]]) -> WarmUpCut:
    """Return the warm-up that the study's rule cuts off these replications, never all of a run."""
    match experiment.warm_up.rule:
        case "none":
            return WarmUpCut(0.0)
        case "hours":
            return WarmUpCut(experiment.warm_up.hours * HOUR_S)
        case "mser5":
            return settled(scenarios, experiment.replications.responses)
