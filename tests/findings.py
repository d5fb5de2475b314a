"""Findings for tests of the report and the console: two rules and a faster crane, made of plain arithmetic."""

from __future__ import annotations

import math
from pathlib import Path

from plc.plant.load import load
from plc.plant.model import Plant
from simulation.studies.findings import (
    Bottleneck,
    Comparison,
    Effect,
    Findings,
    Interval,
    Measure,
    Remark,
    ScenarioFinding,
    Selection,
    Series,
    Spread,
    Welch,
)
from simulation.studies.trail import Change, Leg, Trail

HOSTILE = '<img src=x onerror=alert(1)> & "quoted" $x$ {name}'
BINS = tuple(900.0 * n for n in range(32))
QUANTILES = {"0.5": 560.0, "0.95": 1200.0}
MEASURES = {
    "out.pallets_h": Measure("pallets/h", "more"),
    "lead.out_s": Measure("s", "less"),
    "cranes.busy": Measure("share", ""),
}


def interval(mean: float, half: float | None = None, count: int = 8) -> Interval:
    return Interval(mean, half, count, 0.95)


def split(busy: float) -> dict[str, Interval]:
    """Return how a machine spends its time that is busy for a part of it."""
    rest = {"blocked": 0.05, "starved": 0.02, "down": 0.01}
    parts = {"busy": busy, **rest, "idle": 1 - busy - sum(rest.values())}
    return {state: interval(part, 0.01) for state, part in parts.items()}


def scenario(name: str, rate: float) -> ScenarioFinding:
    """Return a scenario whose figures follow from its rate."""
    flow = tuple(rate * (1 - math.exp(-n / 4)) for n in range(len(BINS)))
    queue = tuple(max(0.0, 6 * math.sin(n / 5)) for n in range(len(BINS)))
    busy = min(0.95, rate / 120)
    parts = {"CR1": 1.0, "CR2": 0.8, "GI1": 0.3, "VL1": 0.5}
    return ScenarioFinding(
        name=name, replications=8, warm_s=7200.0, horizon_s=28_800.0,
        responses={
            "out.pallets_h": interval(rate, 1.8), "lead.out_s": interval(60_000 / rate, 22.0),
            "lead.out_s.p95": interval(110_000 / rate, 60.0), "cranes.busy": interval(busy, 0.01),
        },
        shares={device: split(busy * part) for device, part in parts.items()},
        series={
            "queue.GI1": Series("units", BINS, queue, tuple(0.4 for _ in BINS)),
            "out.pallets_h": Series("pallets/h", BINS, flow, (None, *(2.0 for _ in BINS[1:]))),
        },
        spreads={"lead.out_s": Spread("s", (0.0, 300.0, 600.0, 900.0, 1800.0), (12, 40, 25, 6), QUANTILES)},
        bottleneck=Bottleneck("CR1", "longest_active", {"momentary": 0.62, "busy": busy, "queue": 3.2}),
        welch=Welch("out.pallets_h", "pallets/h", BINS, flow, flow, 7200.0),
        settings={} if name == "base" else {"rules.sequencing": "near"}, cpu_s=12.5,
    )  # fmt: skip


def made(*, name: str = "peak hours", third: str = "fast crane") -> Findings:
    """Return the findings of a study of three scenarios; `name` and `third` may be anything that a file can say."""
    return Findings(
        name=name, plant="Demo", seed=7, hours=8.0, asked=("out.pallets_h", "lead.out_s"), measures=MEASURES,
        scenarios=(scenario("base", 60.0), scenario("near", 72.0), scenario(third, 73.0)),
        comparisons=(
            Comparison("base", "near", "out.pallets_h", interval(12.0, 2.2), "near"),
            Comparison("near", third, "out.pallets_h", interval(1.0, 2.4), None),
            Comparison("base", "near", "lead.out_s", interval(-166.7, 20.0), "near"),
        ),
        selection=Selection("out.pallets_h", third, ("near", third), 0.95),
        effects=(
            Effect("cranes.CR1.speed_x_m_s", "out.pallets_h", "2.0", "4.0", 58.0, 74.0),
            Effect("rules.sequencing", "out.pallets_h", "turn", "near", 64.0, 70.0),
        ),
        warnings=(Remark("few_replications", {"count": 8}),),
        content="0123456789abcdef",
    )  # fmt: skip


def hall() -> Plant:
    """Return the plant of the demo."""
    return load(Path(__file__).parent.parent / "plants" / "demo.yaml")


def trail(plant: Plant) -> Trail:
    """Return one run on the demo plant: pallets that come in, are put away by a crane, and go to a dock."""
    way = next(iter(plant.segments.values()))
    aisle = next(iter(plant.aisles.values()))
    slot, dock = f"{aisle.id}-1-12-04", next(iter(plant.docks.values()))
    legs = (
        Leg("U1", way.id, way.source, way.target, 30.0, 60.0),
        Leg("U1", aisle.crane, aisle.infeed, slot, 90.0, 130.0),
        Leg(HOSTILE, aisle.crane, slot, aisle.outfeed, 140.0, 180.0),
        Leg(HOSTILE, way.id, aisle.outfeed, dock.point, 190.0, 240.0),
        Leg(HOSTILE, dock.id, dock.point, dock.id, 250.0, 280.0),
    )
    changes = (
        Change(80.0, aisle.crane, "busy"),
        Change(180.0, aisle.crane, "idle"),
        Change(300.0, aisle.crane, "down"),
    )
    return Trail("base", 0, 600.0, legs, changes, cut=False)
