"""The engine on a virtual bench in memory: what it reports is what the meters truly are."""

from __future__ import annotations

from collections import Counter

import pytest

from plc.clock import Clock
from simulation.bench.bench import Habit
from simulation.meters.defects import DEFECTS
from simulation.meters.model import MeterModel
from simulation.meters.nature import true_faults
from tests.benches import Rig, play, shipped_sheet
from wcs.bench.records import Instruction

STATIONS = {"appearance", "withstand"}  # found before the bench
ALSO = {  # what a defect shows in besides the items that it is named for
    "angle": {"consistency"},
    "noise": {"repeatability", "consistency", "rising_falling", "variation"},
    "silent": {"daily_timing"},  # it cannot be told to give its second pulse
    "no_pulse": {"constant"},
}


def test_sixty_good_meters_pass_and_every_outcome_has_its_number() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=60)
        rig.order()
        await rig.finish()
        verdicts = rig.server.verdicts("r1")
        assert Counter(one.verdict for one in verdicts.values()) == {"pass": 60}
        assert all(one.address_read == rig.nature_of(one.bar_code).address for one in verdicts.values())
        assert [report.part for report in rig.server.of("r1")] == list(range(1, len(rig.server.of("r1")) + 1))
        serials = [outcome.serial for outcome in rig.server.outcomes("r1")]
        assert serials == list(range(1, len(serials) + 1))
        assert rig.virtual.load is None, "the source is off when the run is over"

    play(story)


def test_every_defect_of_the_twin_is_found_in_its_items() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("jjg596-1ph-first"), positions=len(DEFECTS) + 12)
        truths = {position: (name, rig.spoil(position, name)) for position, name in enumerate(DEFECTS, 1)}
        rig.order()
        await rig.finish()
        for position, one in rig.server.verdicts("r1").items():
            if position not in truths:
                assert one.verdict == "pass", one
                continue
            name, truth = truths[position]
            wanted = true_faults(truth) - STATIONS
            assert set(one.failed) - ALSO.get(name, set()) == wanted - ALSO.get(name, set()), name
            assert one.verdict == ("fail" if wanted else "pass"), name

    play(story)


@pytest.mark.parametrize(
    ("scheme", "model"),
    [
        ("gbt-1ph-first", MeterModel(accuracy_class="A", current_spec="0.25-0.5(60)")),
        (
            "jjg596-3ph-first",
            MeterModel(accuracy_class="1", phase="3p4w", current_spec="10(100)", constant_imp_kwh=400, protocol="698"),
        ),
    ],
)
def test_other_schemes_and_the_other_protocol_run_to_the_end(scheme: str, model: MeterModel) -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet(scheme), model=model)
        rig.spoil(2, "offset")
        rig.order()
        await rig.finish()
        verdicts = rig.server.verdicts("r1")
        assert {number for number, one in verdicts.items() if one.verdict == "fail"} == {2}
        assert "intrinsic_error" in verdicts[2].failed

    play(story)


def test_readings_are_corrected_by_the_certificate_and_both_are_kept() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), habit=Habit(standard_error_percent=0.8))
        rig.change(1, base_percent=0.5, low_percent=0, high_percent=0, angle_percent=0, noise_percent=0)
        rig.order(correction_percent="0.8", corrections={"Ib 1.0 all": "0.7"})
        await rig.finish()
        points = {
            one.point: one
            for one in rig.server.outcomes("r1")
            if one.position == 1 and one.item == "intrinsic_error"
        }  # fmt: skip
        assert points["Imax 1.0 all"].raw == ("-0.3000", "-0.3000")
        assert points["Imax 1.0 all"].readings == ("0.5000", "0.5000")
        assert points["Ib 1.0 all"].readings == ("0.4000", "0.4000")
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}

    play(story)


def test_two_more_readings_are_taken_in_the_doubtful_zone_only() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.change(1, base_percent=1.9, low_percent=0, high_percent=0, angle_percent=0)
        rig.order()
        await rig.finish()
        counts = {
            position: {len(o.readings) for o in rig.server.outcomes("r1") if o.position == position and o.item == item}
            for position, item in ((1, "intrinsic_error"), (2, "intrinsic_error"))
        }
        assert counts == {1: {4}, 2: {2}}

    play(story)


def test_a_meter_that_dies_is_stored_as_no_answer_and_the_others_go_on() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.spoil(4, "silent")
        rig.order()
        await rig.finish()
        verdicts = rig.server.verdicts("r1")
        assert {number for number, one in verdicts.items() if one.verdict == "fail"} == {4}
        causes = {one.cause for one in rig.server.outcomes("r1") if one.position == 4 and one.verdict == "fail"}
        assert causes == {"no_answer"}
        assert any(one.item == "intrinsic_error" and one.position == 4 for one in rig.server.outcomes("r1"))

    play(story)


def test_an_address_that_is_not_the_books_takes_the_meter_out() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        run = rig.order()
        places = [place.model_copy(update={"comm_address": "000000009999"}) for place in run.places[:1]]
        rig.server.runs[0] = run.model_copy(update={"places": (*places, *run.places[1:])})
        await rig.finish()
        one = rig.server.verdicts("r1")[1]
        assert (one.verdict, one.cause) == ("aborted", "address_differs")
        assert one.address_read == rig.nature_of(one.bar_code).address
        assert not [outcome for outcome in rig.server.outcomes("r1") if outcome.position == 1]

    play(story)


def test_an_unknown_key_goes_to_clarification() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.virtual.meter(rig.hung[2]).written["key_state"] = "1"  # one key of the set is replaced, the others are not
        rig.order()
        await rig.finish()
        one = rig.server.verdicts("r1")[2]
        assert (one.verdict, one.cause) == ("aborted", "key_unknown")
        assert {"code": "key_unknown", "position": 2} in rig.server.notices("r1")

    play(story)


def test_held_keys_are_not_downloaded() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.server.says = Instruction(hold_keys=True)
        rig.order()
        await rig.finish()
        assert {one.cause for one in rig.server.verdicts("r1").values()} == {"keys_held"}
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"not_tested"}
        assert not any(meter.esam.is_operating for meter in rig.virtual.meters.values())

    play(story)


def test_a_meter_that_failed_before_the_bench_is_never_powered() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        run = rig.order()
        failed = run.places[0].model_copy(update={"stations": {"withstand": "fail", "imaging": "pass"}})
        rig.server.runs[0] = run.model_copy(update={"places": (failed, *run.places[1:])})
        await rig.finish()
        outcomes = [(one.item, one.verdict) for one in rig.server.outcomes("r1") if one.position == 1]
        assert sorted(outcomes) == [("appearance", "pass"), ("withstand", "fail")]
        assert rig.server.verdicts("r1")[1].failed == ("withstand",)
        assert rig.virtual.presses.get(rig.hung[1]) is None

    play(story)
