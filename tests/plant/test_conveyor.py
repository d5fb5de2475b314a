from __future__ import annotations

import pytest

from plc.codes import AckCode, EvtCode
from tests.plant.driver import Driver, drive
from tests.plants import small_plant

# Segments of the small plant: 3 m at 0.3 m/s, pallets of 1.2 m: on after 4 s, at the end after 10 s.


def test_a_load_is_on_after_its_own_length_and_at_the_end_after_the_whole_way() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "L1")
            start = d.clock.now_s()
            mission = d.move("L1-L2", "P1", "L1", "L2")
            assert await d.when(EvtCode.PICKED, mission=mission) - start == pytest.approx(4)
            assert d.world.at("L1") is None
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(10)
            assert d.world.loads["P1"].place == "L2"

    drive(story)


def test_loads_accumulate_and_roll_up_one_by_one() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "L1")
            first = d.move("L1-L2", "P1", "L1", "L2")
            await d.when(EvtCode.PICKED, mission=first)
            d.place("P2", "L1")
            second = d.move("L1-L2", "P2", "L1", "L2")
            await d.when(EvtCode.ENDED, mission=first)
            await d.clock.sleep(100)
            assert d.time_of(EvtCode.ENDED, mission=second) is None, "the head still stands at the end"
            start = d.clock.now_s()
            onward = d.move("L2-L3", "P1", "L2", "L3")
            # the head is off the point after 4 s; the next rolls up 1.2 m behind it, another 4 s
            assert await d.when(EvtCode.PICKED, mission=onward) - start == pytest.approx(4)
            assert await d.when(EvtCode.ENDED, mission=second) - start == pytest.approx(8)

    drive(story)


def test_a_segment_is_full_at_its_capacity() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            for code in ("P1", "P2"):
                d.place(code, "L1")
                await d.when(EvtCode.PICKED, mission=d.move("L1-L2", code, "L1", "L2"))
            d.place("P3", "L1")
            assert await d.ack(d.move("L1-L2", "P3", "L1", "L2")) is AckCode.BUSY
            await d.clock.sleep(50)  # one at the end, one behind it: still two
            assert await d.ack(d.move("L1-L2", "P3", "L1", "L2")) is AckCode.BUSY
            await d.when(EvtCode.PICKED, mission=d.move("L2-L3", "P1", "L2", "L3"))
            assert await d.ack(d.move("L1-L2", "P3", "L1", "L2")) is AckCode.ACCEPTED

    drive(story)


def test_a_segment_refuses_what_does_not_stand_there() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            assert await d.ack(d.move("L1-L2", "P1", "L1", "L2")) is AckCode.LOAD_MISMATCH
            d.place("P1", "L1")
            assert await d.ack(d.move("L1-L2", "P2", "L1", "L2")) is AckCode.LOAD_MISMATCH
            assert await d.ack(d.move("L1-L2", "P1", "L2", "L3")) is AckCode.BAD_PLACE
            assert await d.ack(d.move("L1-L2", "?7", "L1", "L2")) is AckCode.ACCEPTED
            assert await d.ack(d.move("L1-CL", "P1", "L1", "CL")) is AckCode.BUSY, "it is rolling off already"

    drive(story)


def test_two_ways_into_one_point_take_turns() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            for code, at, way in (("P1", "L1", "L1-L2"), ("P2", "CL", "CL-L2")):
                d.place(code, at)
                d.move(way, code, at, "L2")
            await d.clock.sleep(100)
            assert [code for code in ("P1", "P2") if d.world.loads[code].place == "L2"] == ["P1"]
            await d.when(EvtCode.PICKED, mission=d.move("L2-L3", "P1", "L2", "L3"))
            await d.when(EvtCode.ENDED, device="CL-L2")
            assert d.world.loads["P2"].place == "L2"
            assert d.world.collisions == []

    drive(story)


def test_two_loads_in_one_place_are_a_collision() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "L1")
            d.place("P2", "L1")
            assert [(c.place, c.load, c.other) for c in d.world.collisions] == [("L1", "P2", "P1")]

    drive(story)
