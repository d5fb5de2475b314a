"""What a check calls a match: close enough, or within an interval that says something."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.studies.capacity.check import ABOVE, BELOW, HOLDS, UNSURE, Trial, compared, drawn, experiment
from simulation.studies.capacity.plan import load_plan
from simulation.studies.capacity.sizing import size

ROOT = Path(__file__).parents[5]


@pytest.mark.parametrize(
    ("derived", "values", "grain", "verdict"),
    [
        (100.0, [99.0, 101.0, 100.0], 0.0, HOLDS),
        (100.0, [104.0, 104.1, 103.9], 0.0, HOLDS),  # not the same, but close enough for a plan
        (100.0, [107.0, 107.1, 106.9], 0.0, ABOVE),
        (100.0, [80.0, 80.1, 79.9], 0.0, BELOW),
        (100.0, [107.0, 107.1, 106.9], 8.0, HOLDS),  # one pallet more
        (100.0, [20.0, 180.0, 130.0], 0.0, UNSURE),  # anything could be
        (100.0, [0.0, 0.0, 0.0], 300.0, UNSURE),  # too short for the first lot
        (100.0, [100.0], 0.0, UNSURE),
    ],
)
def test_verdicts(derived: float, values: list[float], grain: float, verdict: str) -> None:
    assert compared("move", derived, values, grain=grain).verdict == verdict


def test_the_study_of_the_peak_has_the_flow_of_the_figures() -> None:
    sizing = size(load_plan(ROOT / "studies/flow-plan.yaml"))
    study = experiment(sizing, Trial(hours=4, warm_h=2))
    for kind, move in (("inbound", "arrival"), ("verification", "to_line"), ("distribution", "delivery")):
        pallets = sum(one.pallets or 0 for one in study.demand if one.kind == kind)
        assert pallets == pytest.approx(24 * sizing.design.value(f"flow.peak.{move}"))
    stock = sizing.design.value("stock") - sizing.design.value("stock.empties")
    assert study.start.fill * sizing.rack.slots == pytest.approx(stock)
    assert study.hours == 6
    assert len(drawn(sizing).devices) > 200
