from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from plc.codes import AckCode, CmdCode, EvtCode
from plc.link import EventRaised
from simulation.devices.line import Line
from simulation.study import Meters, Study
from tests.plant.driver import Driver, drive
from tests.plants import small_plant

# Line of the small plant: 60 positions, a batch takes 300 s, a box 5 s to unload and 5 s to pack.


def boxed(d: Driver) -> list[EventRaised]:
    return [notice for _, notice in d.events if notice.event.code is EvtCode.BOXED]


def all_meters(d: Driver) -> Iterator[str]:
    for load in d.world.loads.values():
        yield from load.meters()
    line = d.twin.hall.machines["VL1"]
    assert isinstance(line, Line)
    yield from line.record.meters()


async def clear_outfeed(d: Driver, left: list[str]) -> None:
    """Take finished pallets from the out-feed as they come."""
    while True:
        if (load := d.world.at("LO")) is not None:
            left.append(load.code)
            d.take_away(load)
        await d.clock.sleep(7)


def test_a_batch_by_hand() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "LI", boxes=4, meters=15)
            start = d.clock.now_s()
            mission = d.send("VL1", CmdCode.VERIFY, "P1", par1=7)
            assert await d.when(EvtCode.PICKED, mission=mission) - start == pytest.approx(5)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(5 + 4 * 5)
            assert d.events[-1][1].event.result == 60
            flush = d.send("VL1", CmdCode.BOX, par1=7)
            assert await d.when(EvtCode.BOXED) - start == pytest.approx(25 + 300 + 5)
            assert await d.when(EvtCode.ENDED, mission=flush) - start == pytest.approx(25 + 300 + 4 * 5)
            assert await d.when(EvtCode.ARRIVED) - start == pytest.approx(25 + 300 + 4 * 5)
            assert [n.result.box for n in boxed(d) if n.result] == ["P1B0", "P1B1", "P1B2", "P1B3"]
            assert all(n.result and n.result.pallet == "P1" and len(n.result.meters) == 15 for n in boxed(d))
            assert d.world.at("LO") is d.world.loads["P1"]
            assert len(d.world.loads["P1"].piles) == 1

    drive(story)


def test_verdicts_are_never_mixed_and_no_meter_is_lost() -> None:
    study = Study(seed=3, meters=Meters(reject_rate=0.2, retest_share=0.3))

    async def story() -> None:
        async with Driver(small_plant(), study) as d:
            left: list[str] = []
            for number, lot in enumerate((1, 1, 2)):
                d.place(f"P{number}", "LI", boxes=6, meters=10)
                await d.when(EvtCode.PICKED, mission=d.send("VL1", CmdCode.VERIFY, f"P{number}", par1=lot))
            every = sorted(all_meters(d))
            assert len(every) == 180
            flushes = [d.send("VL1", CmdCode.BOX, par1=lot) for lot in (1, 2)]
            helper = asyncio.get_running_loop().create_task(clear_outfeed(d, left))
            for flush in flushes:
                await d.when(EvtCode.ENDED, mission=flush)
            await d.clock.sleep(30)
            helper.cancel()
            assert sorted(all_meters(d)) == every
            results = [n.result for n in boxed(d) if n.result]
            assert sorted(m.code for r in results for m in r.meters) == every
            assert {m.verdict for r in results for m in r.meters} == {1, 2}
            kinds: dict[str, set[tuple[int, str]]] = {}
            for r in results:
                assert {m.verdict for m in r.meters} == {r.verdict}
                assert all(bool(m.seal) == (r.verdict == 1) for m in r.meters)
                lots = {"2" if m.code.startswith("P2") else "1" for m in r.meters}
                kinds.setdefault(r.pallet, set()).update((r.verdict, lot) for lot in lots)
            assert all(len(kind) == 1 for kind in kinds.values())
            assert sorted(left) == sorted(kinds)
            seals = [m.seal for r in results for m in r.meters if m.seal]
            assert len(seals) == len(set(seals))

    drive(story)


def test_the_next_box_waits_until_the_result_is_booked() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            d.place("P1", "LI", boxes=4, meters=15)
            await d.when(EvtCode.ENDED, mission=d.send("VL1", CmdCode.VERIFY, "P1", par1=7))
            d.booking = False
            await d.clock.sleep(1000)
            assert len(boxed(d)) == 1
            d.booking = True
            d.book(d.unbooked[0])
            await d.clock.sleep(5.5)
            assert len(boxed(d)) == 2

    drive(story)


def test_a_line_takes_only_what_stands_before_it() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            assert await d.ack(d.send("VL1", CmdCode.VERIFY, "P1", par1=1)) is AckCode.LOAD_MISMATCH
            await d.when(EvtCode.ENDED, mission=d.send("VL1", CmdCode.BOX, par1=1))

    drive(story)
