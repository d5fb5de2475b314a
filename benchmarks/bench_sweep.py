"""A sweep on two processes against one: how much sooner the same replications are there.

    PYTHONPATH=. .venv/bin/python benchmarks/bench_sweep.py [--repeat 3] [--replications 8] [--hours 2] [--json]

Measured is from the first replication that comes back to the last, per replication, so that the start of the processes
(which a study of hours does not feel) stays out; `whole` has it in. Beside it stands what the machine itself gives two
processes that only count, each at the same time as the other: on two shared cores that is not always 2. The last row
does not depend on what else the machine does: what the study itself computes, which no second process can share.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common import Rows, arguments, median, show
from simulation.studies.experiment import Experiment
from simulation.studies.places.local import LocalPlaces
from simulation.studies.runner import Progress, run_study

SWEEP = {"cranes.*.speed_x_m_s": [2.5, 3.0], "noise.travel": [0.0, 0.05]}
PLANT = Path("plants/demo.yaml").resolve()
COUNT = 8_000_000


def experiment(replications: int, hours: int) -> Experiment:
    fixed = {"least": replications, "most": replications, "responses": ["out.pallets_h"]}
    out = {"kind": "distribution", "family": "DDZY2026", "pallets": 480, "together": 4}
    start = {"fill": 0.5, "verified": 0.8}
    return Experiment.model_validate(
        {
            "plant": PLANT, "hours": hours, "warm_up": {"rule": "none"}, "replications": fixed, "start": start,
            "demand": [out], "sweep": SWEEP,
        }
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds in all, seconds a replication once all processes work, the study's own share, and what came out."""

    whole_s: float
    each_s: float
    own: float
    values: tuple[float, ...]


def took(asked: Experiment, workers: int) -> Run:
    seen: list[tuple[float, int]] = []

    def told(progress: Progress) -> None:
        seen.append((time.perf_counter(), progress.done))

    with tempfile.TemporaryDirectory() as folder:
        begun, mine = time.perf_counter(), time.process_time()
        findings = run_study(asked, LocalPlaces(workers), Path(folder), told)
        whole, mine = time.perf_counter() - begun, time.process_time() - mine
    first = next(row for row in seen if row[1] >= workers)
    last = next(row for row in seen if row[1] == seen[-1][1])
    values = tuple(scenario.responses["out.pallets_h"].mean for scenario in findings.scenarios)
    own = mine / sum(scenario.cpu_s for scenario in findings.scenarios)
    return Run(whole, (last[0] - first[0]) / (last[1] - first[1]), own, values)


def counted(_: int) -> float:
    begun = time.perf_counter()
    found = 0
    for number in range(COUNT):
        found ^= number
    return time.perf_counter() - begun


def machine() -> float:
    """Return how much more two processes count than one in the same time."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(counted, [0, 0])  # both are there now
        begun = time.perf_counter()
        pool.apply(counted, (0,))
        one = time.perf_counter() - begun
        begun = time.perf_counter()
        pool.map(counted, [0, 0], chunksize=1)
        return 2 * one / (time.perf_counter() - begun)


def main() -> None:
    options = arguments(__doc__ or "", repeat=3, replications=8, hours=2)
    asked = experiment(options.replications, options.hours)
    one, two, possible = [], [], []
    for _ in range(options.repeat):  # by turns, so that a noisy minute is noisy for both
        one.append(took(asked, 1))
        two.append(took(asked, 2))
        possible.append(machine())
    assert len({run.values for run in one + two}) == 1, "the same replications everywhere"
    pairs = list(zip(one, two, strict=True))
    rows: Rows = [
        ("one process", median([run.each_s for run in one]), "s a replication"),
        ("two processes", median([run.each_s for run in two]), "s a replication"),
        ("two processes, ratio", median([a.each_s / b.each_s for a, b in pairs]), "x"),
        ("two processes, whole, ratio", median([a.whole_s / b.whole_s for a, b in pairs]), "x"),
        ("two processes that count, ratio", median(possible), "x (what the machine gives)"),
        ("the study's own processor time", 100 * median([run.own for run in two]), "% of its replications'"),
    ]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
