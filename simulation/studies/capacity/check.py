"""The calculation held against the twin: the drawn plant under the peak hour's flow, for some hours, some times.

What is calculated assumes that every slot is as likely as any other; the put-away rule of the plant prefers near
ones. So cranes may well need less than calculated, but never more: that would be a mistake in the calculation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plc.plant.load import check as check_plant
from plc.plant.model import Plant
from simulation.studies.capacity.layout import plant_text
from simulation.studies.capacity.plan import Phase, PlanError
from simulation.studies.capacity.sizing import Sizing
from simulation.studies.demand import BenchTimes, Demand, Start
from simulation.studies.experiment import Experiment
from simulation.studies.findings import Interval
from simulation.studies.inside import run
from simulation.studies.pallets import families
from simulation.studies.replica import BIN_S, Replica
from simulation.studies.scenario import Scenario
from simulation.studies.statistics.intervals import t_interval
from simulation.study import Meters

HOLDS, ABOVE, BELOW, UNSURE = "holds", "above", "below", "unsure"
TOLERANCE = 0.05
"""Share by which a plan may be off: less than anybody knows of the flow in ten years."""
WARM_H, WARM_RUNS = 1.0, 2.0
DOUBT = 0.2
"""Share beyond which an interval says nothing of a figure, even if it holds it."""
PILES_MOST = 12
HOURS_A_DAY = 24
Told = Callable[[int, float], None]
"""Called with the replication and its plant seconds."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How much of it: hours of plant time after `warm_h` of settling, each replication with a seed of its own."""

    hours: float = 4.0
    warm_h: float = 1.0
    replications: int = 3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """A figure of the calculation and what the twin shows; `key` names it as `capacity.check.<key>`."""

    key: str
    derived: float
    measured: Interval
    verdict: str
    of: str = ""


def held_against_twin(sizing: Sizing, trial: Trial, told: Told | None = None) -> tuple[tuple[Checked, ...], list[str]]:
    """Return each figure beside the twin's, and what went wrong in the runs.

    Raises PlanError for a plan that the twin cannot run: a model that it does not know, or packs otherwise.
    """
    plant = drawn(sizing)
    if found := _unknown(sizing):
        raise PlanError(found)
    scenario = Scenario("peak", plant, experiment(sizing, trial))
    replicas: list[Replica] = []
    for number in range(trial.replications):
        hear = None if told is None else (lambda at_s, number=number: told(number, at_s))
        replicas.append(run(scenario, number, told=hear))
    problems = sorted({problem for replica in replicas for problem in replica.problems})
    return tuple(_checked(sizing, plant, replicas, round(trial.warm_h * 3600 / BIN_S))), problems


def settling_h(sizing: Sizing) -> float:
    """Return the hours until a peak has settled: every line has its first lot, and two runs of it are through."""
    design, found = sizing.design, 0.0
    for phase in sizing.plan.phases:
        families = [family for family in sizing.plan.families if family.phase == phase]
        flow = design.value("flow.peak.to_line")
        lots_h = sum(flow * _part(sizing, family.model, "to_line") / family.lot_pallets for family in families)
        found = max(found, design.value(f"lines.{phase}") / lots_h + WARM_RUNS * _run_min(sizing, phase) / 60)
    return WARM_H + found


def drawn(sizing: Sizing) -> Plant:
    """Return the drawn plant; raises PlanError with what is wrong with it."""
    plant = check_plant(plant_text(sizing), file="drawn plant")
    if isinstance(plant, Plant):
        return plant
    raise PlanError([f"drawn plant: {problem.path}: {problem.message}; {problem.remedy}" for problem in plant])


def experiment(sizing: Sizing, trial: Trial) -> Experiment:
    """Return the study of the peak: the flow of its hour all day long, the store as full as it is in that year."""
    plan, design = sizing.plan, sizing.design
    demand: list[Demand] = []
    for family in plan.families:
        for kind, move in (("inbound", "arrival"), ("verification", "to_line"), ("distribution", "delivery")):
            pallets = design.value(f"flow.peak.{move}") * _part(sizing, family.model, move) * HOURS_A_DAY
            said: dict[str, object] = {"kind": kind, "family": family.model, "pallets": pallets, "arrivals": "fixed"}
            said["together"] = family.lot_pallets
            demand.append(Demand.model_validate(said))
    by_state = {s: sum(f.value for f in design.figures if f.key == f"stock.{s}") for s in ("unverified", "verified")}
    of_family = {f.model: sum(design.value(f"stock.{s}.{f.model}") for s in by_state) for f in plan.families}
    stock = sum(by_state.values())
    lot = max(family.lot_pallets for family in plan.families)
    start = Start(
        fill=min(stock / sizing.rack.slots, 0.95), verified=by_state["verified"] / max(stock, 1), families=of_family,
        piles=max(family.piles for family in plan.families), lot=lot,
    )  # fmt: skip
    benches = BenchTimes.model_validate({"batch_min": {phase: _run_min(sizing, phase) for phase in plan.phases}})
    return Experiment(
        name=plan.name[:64], plant=Path("drawn.yaml"), seed=trial.seed, hours=trial.hours + trial.warm_h,
        start=start, demand=tuple(demand), benches=benches, meters=_meters(sizing),
    )  # fmt: skip


def _part(sizing: Sizing, model: str, move: str) -> float:
    """Return the share of a family's pallets in a move."""
    key = "meters" if move in ("arrival", "delivery") else "verified"
    pallets = {f.model: sizing.design.value(f"{key}.{f.model}") / f.per_pallet for f in sizing.plan.families}
    return pallets[model] / sum(pallets.values())


def _run_min(sizing: Sizing, phase: Phase) -> float:
    """Return the minutes of a run in the mean over a phase's families, the change to the next one included."""
    families = [family for family in sizing.plan.families if family.phase == phase]
    runs = [
        sizing.design.value(f"verified.{f.model}") / f.lot * f.runs(sizing.plan.line(phase).positions) for f in families
    ]
    minutes = [n * (f.run_min + sizing.plan.line(phase).change_min) for n, f in zip(runs, families, strict=True)]
    return sum(minutes) / sum(runs)


def _meters(sizing: Sizing) -> Meters:
    """Return how good the meters are, in the mean over all families."""
    tested = {f.model: sizing.design.value(f"verified.{f.model}") for f in sizing.plan.families}
    total = sum(tested.values())
    rejected = sum(f.reject_share * tested[f.model] for f in sizing.plan.families) / total
    again = sum(f.retest_share * tested[f.model] for f in sizing.plan.families) / total
    return Meters(reject_rate=rejected, retest_share=again)


def _unknown(sizing: Sizing) -> list[str]:
    """Return why the twin cannot run a plan's families."""
    found: list[str] = []
    for family in sizing.plan.families:
        known = families(PILES_MOST).get(family.model)
        if known is None:
            found.append(f"families: the twin knows no model {family.model}; known are {', '.join(families(1))}")
            continue
        meters = families(family.piles)[family.model].meters
        if (known.phase, meters) != (family.phase, family.per_pallet):
            found.append(
                f"families: {family.model} is {known.phase} and has {meters} meters on {family.piles} piles, "
                f"the plan says {family.phase} and {family.per_pallet}"
            )
    return found


def _checked(sizing: Sizing, plant: Plant, replicas: Sequence[Replica], first: int) -> list[Checked]:
    design, rack = sizing.design, sizing.rack
    hours = replicas[0].horizon_s / 3600 - first * BIN_S / 3600

    def seen(track: str) -> list[float]:
        return [_over(replica, track, first) for replica in replicas]

    moves = design.value("in.peak") + design.value("out.peak")
    lot = max(family.lot for family in sizing.plan.families)
    busy, missions = seen("cranes.busy"), seen("cranes.missions_h")
    per_move = [3600 * rack.aisles * b / m if m else 0.0 for b, m in zip(busy, missions, strict=True)]
    share = moves * design.value("move") / 3600 / rack.aisles
    found = [
        compared("in", design.value("flow.peak.arrival"), seen("in.pallets_h"), grain=1 / hours),
        compared("out", design.value("flow.peak.delivery"), seen("out.pallets_h"), grain=1 / hours),
        compared("verified", _meters_h(sizing), seen("verified.meters_h"), grain=lot / hours),
        compared("moves", moves, missions, grain=1 / hours),
        compared("move", design.value("move"), per_move, grain=0.0 if any(missions) else design.value("move")),
        compared("crane_share", share, busy, grain=design.value("move") / 3600 / rack.aisles / hours),
    ]
    return found + [_benches(sizing, plant, replicas, first, phase) for phase in sizing.plan.phases]


def _meters_h(sizing: Sizing) -> float:
    """Return the meters that go to the lines in the peak hour."""
    pallets = sizing.design.value("flow.peak.to_line")
    return sum(pallets * _part(sizing, f.model, "to_line") * f.per_pallet for f in sizing.plan.families)


def _benches(sizing: Sizing, plant: Plant, replicas: Sequence[Replica], first: int, phase: Phase) -> Checked:
    """Return the busy share of a phase's benches; none breaks down in the check."""
    design, line = sizing.design, sizing.plan.line(phase)
    benches = [name for name in plant.benches if plant.line_of[name].phase == phase]
    rate = design.value(f"bench.rate.{phase}") / line.availability
    derived = design.value(f"tests.peak.{phase}") / (rate * len(benches))
    shares = [sum(_over(r, f"share.{name}.busy", first) for name in benches) / len(benches) for r in replicas]
    hours = replicas[0].horizon_s / 3600 - first * BIN_S / 3600
    return compared("benches", derived, shares, of=phase, grain=_run_min(sizing, phase) / 60 / hours / len(benches))


def _over(replica: Replica, name: str, first: int) -> float:
    """Return a track's value after the settling; what was never counted is 0."""
    track = replica.track(name)
    value = track.over(first, len(track.total)) if track is not None else None
    return value if value is not None else 0.0


def compared(key: str, derived: float, values: list[float], *, of: str = "", grain: float = 0.0) -> Checked:
    """Return a figure beside what replications show; `grain` is what one pallet, move or run more would make."""
    measured = t_interval(values)
    off, half = measured.mean - derived, measured.half_width
    doubt = max(half, grain) if half is not None else float("inf")
    if abs(off) <= TOLERANCE * derived and half is not None:
        verdict = HOLDS
    elif abs(off) <= doubt:
        verdict = HOLDS if doubt <= DOUBT * derived else UNSURE
    else:
        verdict = ABOVE if off > 0 else BELOW
    return Checked(key, derived, measured, verdict, of)
