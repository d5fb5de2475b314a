from __future__ import annotations

import pytest

from plc.codes import AckCode, CmdCode, EvtCode, FaultCode
from simulation.study import MachineFault, Study, WrongSlot
from tests.plant.driver import Driver, drive
from tests.plants import small_plant

# Crane of the small plant: x 2.5 m/s, 0.5 m/s2; fork cycle 8 s; positioning 1 s; columns 1.5 m, levels 1.5 m apart.
# Slot A1-1-03-01: 4.5 m along: a triangle, 2 sqrt(4.5 / 0.5) = 6 s, + 1 s = 7 s. It starts at the in-feed.
OUT_S = 7.0


def test_put_away_takes_two_fork_cycles_and_the_way() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "AI")
            start = d.clock.now_s()
            mission = d.move("SC1", "P1", "AI", "A1-1-03-01")
            assert await d.when(EvtCode.PICKED, mission=mission) - start == pytest.approx(8.0)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(8 + OUT_S + 8)
            assert d.world.loads["P1"].place == "A1-1-03-01"
            assert d.world.executed == {mission: 1}

    drive(story)


def test_hoist_counts_when_it_is_slower() -> None:
    # A1-1-01-02: 1.5 m along takes 2 sqrt(3) = 3.46 s; 1.5 m up: 1.5/0.8 + 0.8/0.5 = 3.475 s, which is longer
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "A1-1-01-02")
            start = d.clock.now_s()
            mission = d.move("SC1", "P1", "A1-1-01-02", "AO")
            assert await d.when(EvtCode.PICKED, mission=mission) - start == pytest.approx(3.475 + 1 + 8)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(2 * (3.475 + 1 + 8))

    drive(story)


def test_a_crane_refuses_what_it_cannot_do() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "AI")
            assert await d.ack(d.move("SC1", "P2", "AI", "A1-1-03-01")) is AckCode.LOAD_MISMATCH
            assert await d.ack(d.move("SC1", "P1", "GI", "A1-1-03-01")) is AckCode.BAD_PLACE
            assert await d.ack(d.send("SC1", CmdCode.PLACE, "P1", target="A1-1-01-01")) is AckCode.LOAD_MISMATCH
            assert await d.ack(d.send("SC1", CmdCode.SEAL)) is AckCode.BAD_CODE
            d.move("SC1", "P1", "AI", "A1-1-03-01")
            assert await d.ack(d.move("SC1", "P1", "AI", "A1-1-03-01")) is AckCode.BUSY

    drive(story)


def test_an_empty_slot_ends_the_mission_with_nothing_aboard() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            mission = d.move("SC1", "P1", "A1-1-03-01", "AO")
            await d.when(EvtCode.ABORTED, mission=mission)
            assert d.events[-1][1].event.result == FaultCode.SLOT_EMPTY
            assert d.world.at("SC1") is None
            d.place("P2", "AI")
            assert await d.ack(d.move("SC1", "P2", "AI", "A1-1-03-01")) is AckCode.ACCEPTED

    drive(story)


def test_an_occupied_slot_leaves_the_load_aboard_for_another_one() -> None:
    async def story() -> None:
        study = Study(faults=(WrongSlot(kind="slot_occupied", crane="SC1"),))  # type: ignore[arg-type]
        async with Driver(small_plant(), study) as d:
            d.place("P1", "AI")
            mission = d.move("SC1", "P1", "AI", "A1-1-03-01")
            await d.when(EvtCode.ABORTED, mission=mission)
            assert d.world.loads["P1"].place == "SC1"
            assert [(i.kind, i.unit) for i in d.world.injected] == [("slot_occupied", "A1-1-03-01")]
            assert await d.ack(d.move("SC1", "P1", "AI", "A1-1-02-01")) is AckCode.FAULT_ACTIVE
            again = d.send("SC1", CmdCode.PLACE, "P1", target="A1-1-02-01")
            await d.when(EvtCode.ENDED, mission=again)
            assert d.world.loads["P1"].place == "A1-1-02-01"
            assert d.world.collisions == []

    drive(story)


def test_a_fault_of_the_machine_puts_the_mission_off_by_its_length() -> None:
    async def story() -> None:
        study = Study(faults=(MachineFault(kind="machine_fault", device="SC1", seconds=50),))  # type: ignore[arg-type]
        async with Driver(small_plant(), study) as d:
            d.place("P1", "AI")
            start = d.clock.now_s()
            mission = d.move("SC1", "P1", "AI", "A1-1-03-01")
            assert await d.when(EvtCode.FAULT_RAISED) - start == pytest.approx(4.0)
            assert await d.when(EvtCode.FAULT_GONE) - start == pytest.approx(54.0)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(8 + OUT_S + 8 + 50)

    drive(story)


def test_a_crane_waits_for_a_full_outfeed() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "A1-1-03-01")
            d.place("P2", "AO")
            mission = d.move("SC1", "P1", "A1-1-03-01", "AO")
            await d.clock.sleep(200)
            assert d.time_of(EvtCode.ENDED, mission=mission) is None
            start = d.clock.now_s()
            d.move("AO-L3", "P2", "AO", "L3")
            # the pallet is off the point after 1.2 m at 0.3 m/s, then the fork goes out once more
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(4 + 8)
            assert d.world.collisions == []

    drive(story)
