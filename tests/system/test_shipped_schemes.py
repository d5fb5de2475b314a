"""Every scheme that comes with the software, run on a bench of the twin: good meters pass, in the time due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plc.clock import Clock
from simulation.meters.model import MeterModel
from tests.benches import Rig, play, shipped_sheet
from wms.schemes import seeding

CLASS_2 = MeterModel()
CLASS_1 = replace(CLASS_2, accuracy_class="1")
CLASS_A = replace(CLASS_2, accuracy_class="A", current_spec="0.25-0.5(60)")
FOUR_WIRE = MeterModel("DTZY2026", "1", "3p4w", current_spec="10(100)", constant_imp_kwh=400.0)
BY_CT = MeterModel("DTZ-S", "0.5S", "3p4w", "ct", current_spec="1.5(6)", constant_imp_kwh=6400.0)
THREE_WIRE = replace(BY_CT, phase="3p3w", rated_voltage_v=100.0, constant_imp_kwh=20_000.0)
MINUTES = {  # what a batch takes, from the order to the last part of the report
    "demo-1ph": (CLASS_2, 6, 10), "demo-1ph-itr": (CLASS_A, 6, 10), "demo-3ph": (FOUR_WIRE, 6, 10),
    "jjg596-1ph-first": (CLASS_2, 110, 170), "jjg596-1ph-class1-first": (CLASS_1, 110, 200),
    "jjg596-1ph-recheck": (CLASS_2, 60, 100), "jjg596-1ph-class1-recheck": (CLASS_1, 60, 130),
    "jjg596-1ph-sampling": (CLASS_2, 110, 170), "gbt-1ph-first": (CLASS_A, 110, 180),
    "gbt-1ph-recheck": (CLASS_A, 60, 120), "jjg596-3ph-first": (FOUR_WIRE, 100, 160),
    "jjg596-3ph-recheck": (FOUR_WIRE, 50, 100), "jjg596-3ph-sampling": (FOUR_WIRE, 100, 160),
    "jjg596-3ph-ct-first": (BY_CT, 70, 130), "jjg596-3p3w-ct-first": (THREE_WIRE, 70, 150),
}  # fmt: skip


def test_no_shipped_scheme_for_meters_is_left_out() -> None:
    meters = {code for code, scheme in seeding.shipped().schemes.items() if scheme.asset_class == "meter"}
    assert meters == MINUTES.keys()


@pytest.mark.parametrize("code", MINUTES)
def test_good_meters_pass_in_the_time_that_the_scheme_should_take(code: str) -> None:
    async def story(clock: Clock) -> None:
        model, least, most = MINUTES[code]
        rig, began_s = Rig(clock, shipped_sheet(code), positions=8, model=model), clock.now_s()
        rig.order()
        await rig.finish()
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}
        items = {case.item for case in rig.sheet.cases}
        assert {outcome.item for outcome in rig.server.outcomes("r1")} == items, "no item is passed over in silence"
        assert least <= (clock.now_s() - began_s) / 60 <= most

    play(story)
