"""The capacity calculation against the twin: the plant that is drawn from it carries the flow it was drawn for."""

from __future__ import annotations

import pytest

from simulation.studies.capacity.check import ABOVE, BELOW, HOLDS, Checked, Trial, compared, held_against_twin
from simulation.studies.capacity.machines import Crane
from simulation.studies.capacity.plan import FlowPlan, PlanError
from simulation.studies.capacity.sizing import size

LEVEL = {"days": 250, "hours": 8, "month": 1, "day": 1, "hour": 1}
FAMILY = {
    "model": "DDZY2026", "phase": "1ph", "meters_a_year": 600_000, "per_box": 15, "boxes_per_pallet": 5, "run_min": 15,
    "lot_pallets": 4, "retest_share": 0, "reject_share": 0,
    "stock": {"unverified": {"days": 3}, "verified": {"days": 3}},
}  # fmt: skip


def plan(**family: object) -> FlowPlan:
    flows = dict.fromkeys(("arrival", "verification", "delivery"), LEVEL)
    said = {"years": 0, "families": [FAMILY | family], "flows": flows, "store": {"height_m": 10, "longest_m": 50}}
    return FlowPlan.model_validate(said)


@pytest.fixture(scope="module")
def checked() -> dict[str, Checked]:
    trial = Trial(hours=2, warm_h=1.5, replications=2)
    rows, problems = held_against_twin(size(plan()), trial)
    assert problems == []
    return {row.key: row for row in rows}


def test_the_flow_goes_through(checked: dict[str, Checked]) -> None:
    assert checked["in"].verdict == HOLDS
    assert checked["out"].verdict == HOLDS
    assert checked["verified"].verdict == HOLDS


def test_machines_are_no_busier_than_calculated(checked: dict[str, Checked]) -> None:
    assert checked["move"].verdict in (HOLDS, BELOW)  # near slots are taken first
    assert checked["move"].measured.mean > 0.6 * checked["move"].derived
    assert checked["crane_share"].measured.mean == pytest.approx(checked["crane_share"].derived, rel=0.3)
    assert checked["benches"].measured.mean == pytest.approx(checked["benches"].derived, rel=0.1)


def test_a_mistake_in_the_calculation_is_seen(checked: dict[str, Checked]) -> None:
    seen = checked["move"].measured
    assert seen.half_width is not None
    fast = size(plan().model_copy(update={"crane": Crane(speed_x_m_s=12, accel_x_m_s2=4, accel_y_m_s2=4, fork_s=4)}))
    row = compared(
        "move", fast.design.value("move"), [seen.mean - seen.half_width / 20, seen.mean + seen.half_width / 20]
    )
    assert row.verdict == ABOVE


def test_a_model_that_the_twin_does_not_know_is_refused() -> None:
    for family in ({"model": "NONE"}, {"per_box": 12}):
        with pytest.raises(PlanError, match="families"):
            held_against_twin(size(plan(**family)), Trial())
