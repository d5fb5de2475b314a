"""How much faster than real time the demo study runs on one core, and how that compares with a bare SimPy model.

The bare model moves the same pallets over the same ways at the same times, each a process that queues for conveyors
and cranes and waits for their kinematics: no WMS, no WCS, no controller, no books. Times are of the processor, as
others may use the machine as well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import simpy

from benchmarks.common import Rows, arguments, median, show
from plc.plant.model import Plant
from plc.plant.travel import conveyor_s, crane_cycle_s
from simulation.studies.experiment import load_experiment
from simulation.studies.inside import run
from simulation.studies.scenario import Scenario, scenarios
from simulation.studies.trail import Leg, trail

STUDY = Path(__file__).resolve().parents[1] / "studies" / "province-day.yaml"


def bare(plant: Plant, ways: Sequence[Sequence[Leg]]) -> float:
    """Return the processor seconds of a SimPy model that moves every unit over its way; each leg queues for its device.

    A unit that had rested in its slot or in a line sets out at the time at which it did.
    """
    began_s = time.process_time()
    env = simpy.Environment()
    devices = {
        name: simpy.Resource(env, plant.segments[name].capacity if name in plant.segments else 1)
        for name in (*plant.segments, *plant.cranes)
    }

    def unit(way: Sequence[Leg]) -> Iterator[simpy.Event]:
        for leg in way:
            if leg.begin_s > env.now:
                yield env.timeout(leg.begin_s - env.now)
            with devices[leg.device].request() as turn:
                yield turn
                yield env.timeout(_seconds(plant, leg))

    for way in ways:
        env.process(unit(way))
    env.run()
    return time.process_time() - began_s


def _seconds(plant: Plant, leg: Leg) -> float:
    segment = plant.segments.get(leg.device)
    return (
        crane_cycle_s(plant, plant.cranes[leg.device], leg.source, leg.target)
        if segment is None
        else conveyor_s(segment)
    )


def _ways(scenario: Scenario) -> list[list[Leg]]:
    plant, ways = scenario.plant, dict[str, list[Leg]]()
    for leg in trail(scenario, 0).legs:
        if leg.device in plant.segments or leg.device in plant.cranes:
            ways.setdefault(leg.unit, []).append(leg)
    return list(ways.values())


def main() -> None:
    """Run the study a few times, and the bare model as often."""
    args = arguments(__doc__ or "", repeat=3, hours=24)
    experiment = load_experiment(STUDY).model_copy(update={"hours": float(args.hours)})
    scenario = scenarios(experiment)[0]
    ways = _ways(scenario)
    whole: list[float] = []
    for replication in range(args.repeat):
        done = run(scenario, replication)
        assert not done.problems, done.problems
        whole.append(done.cpu_s)
    alone = [bare(scenario.plant, ways) for _ in range(args.repeat)]
    horizon_s = experiment.hours * 3600
    rows: Rows = [
        ("study, times real time", horizon_s / median(whole), "x"),
        ("study, processor time of a run", median(whole), "s"),
        ("legs of pallets", float(sum(map(len, ways))), ""),
        ("bare SimPy model, times real time", horizon_s / median(alone), "x"),
        ("study of bare model", median(alone) / median(whole), ""),
    ]
    show(rows, as_json=args.json)


if __name__ == "__main__":
    main()
