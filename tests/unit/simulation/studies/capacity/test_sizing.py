"""The capacity calculation by hand: flows, stock, racks, cranes, benches, and limits that leave no way."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from plc.plant.load import check as check_plant
from plc.plant.model import Plant
from plc.plant.storage import Crane as PlantCrane
from plc.plant.travel import crane_travel_s
from simulation.studies.capacity.cycles import Block, cycles
from simulation.studies.capacity.layout import plant_text
from simulation.studies.capacity.machines import Crane
from simulation.studies.capacity.plan import FlowPlan, PlanError, load_plan
from simulation.studies.capacity.sizing import Sizing, size

ROOT = Path(__file__).parents[5]
FAMILY: dict[str, Any] = {
    "model": "DDZY2026", "phase": "1ph", "meters_a_year": 600_000, "per_box": 15, "boxes_per_pallet": 20,
    "run_min": 100, "retest_share": 0.0,
    "stock": {"unverified": {"days": 10}, "verified": {"days": 20}},
}  # fmt: skip
LITTLE = {"unverified": {"days": 0.5}, "verified": {"days": 0.5}}
LEVEL = {"month": 1, "day": 1, "hour": 1}
FLOWS = {
    "arrival": {"days": 250, "hours": 8, "month": 1.5, "day": 1, "hour": 2},
    "verification": {"days": 250, "hours": 16, **LEVEL},
    "delivery": {"days": 250, "hours": 10, **LEVEL},
}


def plan(**changes: Any) -> FlowPlan:
    said = {"years": 2, "growth": 0.1, "families": [FAMILY], "flows": FLOWS}
    return FlowPlan.model_validate(said | changes)


def sized(**changes: Any) -> Sizing:
    return size(plan(**changes))


def test_flows_come_out_as_by_hand() -> None:
    year = sized().years[0]
    # 600,000 meters are 2,000 pallets: 8 a working day
    assert year.value("flow.pallets.arrival") == pytest.approx(2000)
    assert year.value("flow.mean.arrival") == pytest.approx(1.0)
    assert year.value("flow.peak.arrival") == pytest.approx(3.0)
    assert year.value("flow.mean.to_line") == pytest.approx(0.5)
    assert year.value("in.mean") == pytest.approx(1.0 + 0.5 + 0.5)
    assert year.value("out.peak") == pytest.approx(0.5 + 0.5 + 0.8)


def test_growth_is_of_every_year() -> None:
    found = [year.value("meters.DDZY2026") for year in sized().years]
    assert found == pytest.approx([600_000, 660_000, 726_000])
    own = [year.value("meters.DDZY2026") for year in sized(families=[FAMILY | {"growth": [0.5, 0.0]}]).years]
    assert own == pytest.approx([600_000, 900_000, 900_000])


def test_stock_by_days_and_by_service_level() -> None:
    year = sized().years[0]
    # 2,400 meters a day: 24,000 and 48,000 meters in pallets of 300, and the empties of one day
    assert year.value("stock.unverified.DDZY2026") == 80
    assert year.value("stock.verified.DDZY2026") == 160
    assert year.value("stock.empties") == 8
    assert year.value("slots.needed") == math.ceil(248 / 0.9)
    cover = {"service": 0.975, "lead_days": 11, "review_days": 5, "variation": 0.5}
    risky = sized(families=[FAMILY | {"stock": {"verified": cover}}]).years[0]
    # a review period, and 1.96 standard deviations of 16 days: 12,000 + 1.96 * 1,200 * 4 meters
    assert risky.value("stock.verified.DDZY2026") == math.ceil((12_000 + 1.959964 * 1_200 * 4) / 300)


def test_the_rack_holds_what_is_needed_in_the_fullest_year() -> None:
    found = sized(store={"height_m": 9, "longest_m": 40})
    rack, last = found.rack, found.years[-1]
    assert rack.levels == math.floor((9 - 0.6 - 0.8) / 1.6)
    assert rack.slots >= last.value("slots.needed") > rack.slots - rack.aisles * rack.sides * rack.levels
    assert last.value("rack.length") <= 40
    assert last.value("rack.height") <= 9
    assert last.value("rack.width") == pytest.approx(rack.aisles * (1.6 + 2 * 1.2))


def test_a_falling_demand_is_built_for_today() -> None:
    found = sized(growth=-0.2)
    assert found.design.number == 0
    assert found.rack.slots >= found.years[0].value("slots.needed")


def test_cycles_are_the_mean_over_all_slots_with_the_times_of_the_plant() -> None:
    crane = Crane(dual=None)
    block = Block(columns=7, levels=4, column_m=1.3, level_m=1.6)
    real = PlantCrane(id="SC1", aisle="A1", plc="P", index=0, **crane.model_dump(exclude={"dual", "availability"}))
    slots = [(c * 1.3, lv * 1.6) for c, lv in product(range(7), range(4))]
    out = {slot: crane_travel_s(real, (0.0, 0.0), slot) for slot in slots}
    singles = [2 * out[slot] + 2 * crane.fork_s for slot in slots]
    duals = [out[a] + crane_travel_s(real, a, b) + out[b] + 4 * crane.fork_s for a, b in product(slots, repeat=2)]
    found = cycles(crane, block, 0.4)
    single, dual = sum(singles) / len(singles), sum(duals) / len(duals)
    assert (found.single_s, found.dual_s) == pytest.approx((single, dual))
    assert found.move_s == pytest.approx(0.6 * single + 0.4 * dual / 2)
    square = 0.6 * sum(s * s for s in singles) / len(singles) + 0.4 * sum((d / 2) ** 2 for d in duals) / len(duals)
    assert found.move_square_s2 == pytest.approx(square)


def test_waiting_is_pollaczek_khinchine() -> None:
    found = cycles(Crane(), Block(30, 8, 1.3, 1.6), 0.5)
    moves_h = 0.8 * 3600 / found.move_s
    wait = 0.8 * found.move_square_s2 / (2 * found.move_s * 0.2)
    assert found.wait_s(moves_h) == pytest.approx(wait)
    assert math.isinf(found.wait_s(1.1 * 3600 / found.move_s))


def test_benches_are_for_whole_runs_of_whole_lots() -> None:
    line = {"1ph": {"positions": 60, "places": 15, "change_min": 0, "availability": 1, "utilisation": 1}}
    even = sized(lines=line, years=0).design
    # 2,400 meters in 16 hours, runs of 60 in 100 minutes: 36 an hour from each bench
    assert even.value("tests.peak.1ph") == pytest.approx(150)
    assert even.value("bench.rate.1ph") == pytest.approx(36)
    assert even.value("benches.1ph") == 5
    uneven = sized(lines=line, years=0, families=[FAMILY | {"boxes_per_pallet": 5, "lot_pallets": 1}]).design
    assert uneven.value("bench.rate.1ph") == pytest.approx(75 / 2 * 0.6)  # a lot of 75: two runs


def test_cranes_are_added_until_they_are_not_too_busy() -> None:
    busy = {"families": [FAMILY | {"boxes_per_pallet": 2, "meters_a_year": 3_000_000}], "years": 0}
    idle, tight = sized(**busy), sized(**busy, store={"utilisation": 0.3})
    assert tight.rack.aisles > idle.rack.aisles
    assert tight.design.value("crane.load") <= 0.3
    assert tight.design.value("crane.wait") < idle.design.value("crane.wait")


def test_limits_that_leave_no_way_are_named() -> None:
    with pytest.raises(PlanError, match="slots are needed"):
        sized(store={"height_m": 5, "longest_m": 20, "aisles_most": 1})
    with pytest.raises(PlanError, match="moves an hour load"):
        sized(
            families=[FAMILY | {"boxes_per_pallet": 1, "meters_a_year": 5_000_000, "stock": LITTLE}],
            store={"aisles_most": 5},
        )


def test_everything_wrong_with_a_plan_is_told_at_once(tmp_path: Path) -> None:
    bad = {
        "years": 3, "growth": [0.1], "families": [FAMILY, FAMILY | {"boxes_per_pallet": 13 * 17}],
        "store": {"height_m": 2}, "lines": {"1ph": {"positions": 50, "places": 15}},
    }  # fmt: skip
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(bad), encoding="utf-8")
    with pytest.raises(PlanError) as told:
        load_plan(tmp_path / "bad.yaml")
    said = "\n".join(told.value.problems)
    for part in ("more than once", "1 values for 3 years", "not even one level", "no even piles", "whole number"):
        assert part in said


@pytest.mark.parametrize("text", ["", "- 1", "families: []", "families: {a: 1", "\x00"])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PlanError):
        load_plan(tmp_path / "plan.yaml")


def test_the_example_is_drawn_as_a_plant_that_has_everything() -> None:
    found = size(load_plan(ROOT / "studies/flow-plan.yaml"))
    plant = check_plant(plant_text(found))
    assert isinstance(plant, Plant)
    assert len(plant.cranes) == found.rack.aisles
    for phase in ("1ph", "3ph"):
        lines = [line for line in plant.lines.values() if line.kind == "cells" and line.phase == phase]
        assert len(lines) == found.design.value(f"lines.{phase}")
        assert sum(len(line.benches) for line in lines if line.kind == "cells") == found.design.value(
            f"benches.{phase}"
        )
    assert len(plant.docks) == found.design.value("docks")


@pytest.mark.parametrize("meters", [20_000, 300_000, 6_000_000])
def test_any_size_is_drawn(meters: int) -> None:
    assert isinstance(check_plant(plant_text(sized(families=[FAMILY | {"meters_a_year": meters}]))), Plant)


def test_a_flow_beyond_one_loop_is_not_drawn() -> None:
    much = sized(families=[FAMILY | {"boxes_per_pallet": 1, "meters_a_year": 5_000_000, "stock": LITTLE}], years=0)
    assert much.design.value("loops") > 1
    with pytest.raises(PlanError, match="loops"):
        plant_text(much)
