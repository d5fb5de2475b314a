"""What goes wrong on a bench, and what becomes of the meters that had nothing to do with it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from plc.bench.equipment import Ambient
from plc.clock import Clock
from tests.benches import Rig, bar_code, play, shipped_sheet
from wcs.bench.records import Instruction
from wcs.bench.sheet import Guard


def test_one_hot_position_of_sixty_drops_out_and_the_others_finish() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=60)
        rig.order()
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: any(outcome.item == "intrinsic_error" for outcome in rig.server.outcomes("r1")))
        rig.virtual.overheat(17)
        await rig.until(rig.ended)
        client.stop()
        await work
        verdicts = rig.server.verdicts("r1")
        assert (verdicts[17].verdict, verdicts[17].cause) == ("aborted", "over_temperature")
        assert Counter(one.verdict for one in verdicts.values()) == {"pass": 59, "aborted": 1}
        assert rig.virtual.spots[17].bypassed
        codes = [notice["code"] for notice in rig.server.notices("r1")]
        assert codes.count("temperature_warning") == 1
        assert codes.count("over_temperature") == 1

    play(story)


def test_a_bypass_that_is_not_confirmed_takes_the_source_off_within_two_seconds() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.order()
        rig.virtual.overheat(3)
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: rig.virtual.load is not None)
        rig.virtual.stick_bypass(3)
        await rig.until(lambda: any(notice["code"] == "over_temperature" for notice in rig.server.notices("r1")))
        since_s = clock.now_s()
        await rig.until(lambda: rig.virtual.load is None)
        assert clock.now_s() - since_s <= 3  # two to confirm, one that the test looks every second
        await rig.until(rig.ended)
        client.stop()
        await work
        assert rig.server.of("r1")[-1].state == "aborted"
        verdicts = rig.server.verdicts("r1")
        assert verdicts[3].cause == "over_temperature"
        assert {(one.verdict, one.cause) for number, one in verdicts.items() if number != 3} == {
            ("not_tested", "bypass_stuck")
        }

    play(story)


def test_bad_air_pauses_the_run_and_the_case_begins_again() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.order()
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: any(outcome.item == "parameters" for outcome in rig.server.outcomes("r1")))
        rig.virtual.air = Ambient(31.0, 50.0)
        await rig.until(lambda: rig.server.of("r1")[-1].state == "paused")
        assert rig.virtual.load is None
        await clock.sleep(3600)
        assert rig.server.of("r1")[-1].state == "paused"
        rig.virtual.air = Ambient(23.5, 55.0)
        await rig.until(rig.ended)
        client.stop()
        await work
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}
        points = Counter((o.position, o.case, o.point) for o in rig.server.outcomes("r1") if o.point.endswith("all"))
        assert set(points.values()) == {1}, "nothing that was cut off is reported twice"
        assert [n["code"] for n in rig.server.notices("r1")] == ["air_out_of_limits", "air_good"]

    play(story)


def test_a_power_cut_repeats_the_case_preheats_again_and_applies_no_second_withstand() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.order()
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: any(outcome.item == "parameters" for outcome in rig.server.outcomes("r1")))
        await clock.sleep(12)
        rig.virtual.cut_power()
        await clock.sleep(600)
        assert rig.server.of("r1")[-1].state == "paused"
        rig.virtual.restore_power()
        back_s = clock.now_s()
        await rig.until(lambda: any(outcome.item == "intrinsic_error" for outcome in rig.server.outcomes("r1")))
        assert clock.now_s() - back_s >= rig.sheet.guard.preheat_s
        await rig.until(rig.ended)
        client.stop()
        await work
        outcomes = rig.server.outcomes("r1")
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}
        assert Counter(o.position for o in outcomes if o.item == "withstand") == dict.fromkeys(range(1, 7), 1)
        assert set(Counter((o.position, o.case, o.point, o.serial) for o in outcomes).values()) == {1}

    play(story)


def test_equipment_that_stays_away_gives_the_run_up_for_a_test_elsewhere() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.habits = replace(rig.habits, recover_tries=3)
        rig.order()
        rig.virtual.cut_power()
        await rig.finish()
        assert rig.server.of("r1")[-1].state == "aborted"
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"not_tested"}

    play(story)


def test_a_bad_press_is_pressed_once_more_then_left_out_and_passes_elsewhere() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.change(2, bad_presses=1)
        rig.change(5, bad_presses=2)
        rig.order()
        await rig.finish()
        verdicts = rig.server.verdicts("r1")
        assert {n for n, one in verdicts.items() if one.verdict == "pass"} == {1, 2, 3, 4, 6}
        assert (verdicts[5].verdict, verdicts[5].cause) == ("aborted", "bad_wiring")
        rig.hung.clear()
        await clock.sleep(30)
        rig.hung[1] = bar_code(5)
        rig.order("r2")
        await rig.finish("r2")
        assert rig.server.verdicts("r2")[1].verdict == "pass"

    play(story)


def test_an_over_temperature_meter_passes_in_another_position() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.virtual.overheat(2)
        rig.order()
        await rig.finish()
        assert rig.server.verdicts("r1")[2].cause == "over_temperature"
        rig.hung.clear()
        await clock.sleep(30)
        rig.hung[4] = bar_code(2)
        rig.order("r2")
        await rig.finish("r2")
        assert rig.server.verdicts("r2")[4].verdict == "pass"

    play(story)


def test_a_position_at_which_meter_after_meter_fails_is_suspected() -> None:
    async def story(clock: Clock) -> None:
        sheet = shipped_sheet("demo-1ph").model_copy(update={"guard": Guard(preheat_s=60, position_fails=3)})
        rig = Rig(clock, sheet, positions=3)
        rig.virtual.wear_contact(2, 3.0)
        suspected: list[list[int]] = []
        for batch in range(3):
            rig.hung.clear()
            await clock.sleep(30)
            rig.hung.update({number: bar_code(10 * batch + number) for number in (1, 2, 3)})
            run = rig.order(f"r{batch}")
            await rig.finish(run.id)
            notices = rig.server.notices(run.id)
            suspected.append([n["position"] for n in notices if n["code"] == "position_suspected"])
        assert suspected == [[], [], [2]]

    play(story)


def test_a_task_that_is_taken_back_ends_after_its_case() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.order()
        rig.server.says = Instruction(stop="finish", reason="task withdrawn")
        await rig.finish()
        assert rig.server.of("r1")[-1].state == "finished"
        assert {one.cause for one in rig.server.verdicts("r1").values()} == {"stopped"}
        assert rig.virtual.load is None

    play(story)


def test_a_task_that_is_aborted_ends_at_once() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("jjg596-1ph-first"))
        rig.order()
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: any(outcome.item == "parameters" for outcome in rig.server.outcomes("r1")))
        rig.server.says = Instruction(stop="abort")
        rig.virtual.air = Ambient(30.0, 50.0)  # the next part is the one that hears of it
        await rig.until(lambda: rig.server.of("r1")[-1].state == "paused")
        rig.virtual.air = Ambient(23.0, 50.0)
        since_s = clock.now_s()
        await rig.until(rig.ended)
        assert clock.now_s() - since_s < 60
        client.stop()
        await work
        assert {one.cause for one in rig.server.verdicts("r1").values()} == {"stopped"}

    play(story)


def test_a_position_whose_loop_cannot_be_closed_again_is_left_out() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.order()
        rig.virtual.spots[2].bypassed = True
        rig.virtual.stick_bypass(2)
        await rig.finish()
        verdicts = rig.server.verdicts("r1")
        assert (verdicts[2].verdict, verdicts[2].cause) == ("aborted", "bad_wiring")
        assert {one.verdict for number, one in verdicts.items() if number != 2} == {"pass"}

    play(story)


def test_meters_that_the_rules_do_not_know_are_never_touched() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        run = rig.order()
        rig.server.runs[0] = run.model_copy(update={"kind": run.kind.model_copy(update={"accuracy_class": "9"})})
        await rig.finish()
        assert rig.server.of("r1")[-1].state == "aborted"
        assert {one.cause for one in rig.server.verdicts("r1").values()} == {"rules_unknown"}
        assert not rig.virtual.presses

    play(story)
