from __future__ import annotations

from pathlib import Path

import pytest

from plc.codes import AckCode, CmdCode, EvtCode, ProfileBit
from plc.plant.kinds import FaultKind
from simulation.study import Clerk, Delivery, Spoilt, Study, Truck, WrongSlot
from tests.plant.driver import Driver, drive
from tests.plants import small_plant


def asn(folder: Path, pallets: int = 3, *, boxes: int = 2, meters: int = 4) -> Path:
    """Write a small ASN file."""
    rows = ["asn,lot,pallet,pile,box,bar_code"]
    for p in range(pallets):
        for b in range(boxes):
            rows += [f"ASN,LOT,P{p},{p}-{b // 5},B{p}-{b},M{p}-{b}-{m}" for m in range(meters)]
    path = folder / "asn.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_pallets_arrive_when_the_point_is_free(tmp_path: Path) -> None:
    study = Study(deliveries=(Delivery(file=asn(tmp_path), at_s=30, gap_s=20),))

    async def story() -> None:
        async with Driver(small_plant(), study) as d:
            assert await d.when(EvtCode.ARRIVED) == pytest.approx(30)
            event = d.events[-1][1].event
            # a pallet of 25 kg, two boxes of 1.5 kg, eight meters of 0.7 kg
            assert (event.point, event.data1, event.result) == (1, 25_000 + 2 * 1_500 + 8 * 700, 0)
            assert d.twin.readers["S1"].read() == "P0"
            await d.clock.sleep(100)
            assert len(d.events) == 1, "the point is still taken"
            start = d.clock.now_s()
            d.move("GI-L1", "P0", "GI", "L1")
            await d.until(lambda: sum(n.event.code is EvtCode.ARRIVED for _, n in d.events) == 2)
            assert d.clock.now_s() - start == pytest.approx(4, abs=0.1)

    drive(story)


def test_spoilt_pallets_are_clarified(tmp_path: Path) -> None:
    kinds = (FaultKind.WEIGHT, FaultKind.NO_READ, FaultKind.PROFILE)
    study = Study(
        deliveries=(Delivery(file=asn(tmp_path)),), faults=tuple(Spoilt(kind=k) for k in kinds), clerk=Clerk(mend_s=100)
    )

    async def story() -> None:
        async with Driver(small_plant(), study) as d:
            seen = []
            for number in range(3):
                await d.until(lambda n=number: sum(e.device == "GI1" for _, e in d.events) == n + 1)
                event = next(e.event for _, e in reversed(d.events) if e.device == "GI1")
                seen.append((d.twin.readers["S1"].read(), event.data1 > 900_000, event.result))
                await d.when(EvtCode.ENDED, mission=d.move("GI-L1", "?1", "GI", "L1"))
                await d.when(EvtCode.ENDED, mission=d.move("L1-CL", "?1", "L1", "CL"))
                start = d.clock.now_s()
                await d.until(lambda n=number: sum(e.device == "CL1" for _, e in d.events) == n + 1)
                assert d.clock.now_s() - start == pytest.approx(100, abs=0.1)
                event = next(e.event for _, e in reversed(d.events) if e.device == "CL1")
                assert (event.point, event.data1 < 900_000, event.result) == (2, True, 0)
                assert d.twin.readers["S2"].read() == f"P{number}"
                await d.when(EvtCode.PICKED, mission=d.move("CL-L2", f"P{number}", "CL", "L2"))
                await d.when(EvtCode.ENDED, device="CL-L2")
                await d.clock.sleep(20)
                d.world.remove(d.world.loads[f"P{number}"])
            assert seen == [("P0", True, 0), (None, False, 0), ("P2", False, ProfileBit.LEFT)]
            assert [i.kind for i in d.world.injected] == list(kinds)

    drive(story)


def test_a_stolen_pallet_turns_up_at_the_clarification_station() -> None:
    study = Study(faults=(WrongSlot(kind=FaultKind.SLOT_EMPTY, crane="SC1"),), clerk=Clerk(mend_s=100))

    async def story() -> None:
        async with Driver(small_plant(), study) as d:
            d.place("P1", "A1-1-03-01")
            d.place("P2", "CL")
            await d.when(EvtCode.ABORTED, mission=d.move("SC1", "P1", "A1-1-03-01", "AO"))
            await d.clock.sleep(1000)
            assert d.world.loads["P1"].place == "CL1", "the place is still taken"
            await d.when(EvtCode.PICKED, mission=d.move("CL-L2", "P2", "CL", "L2"))
            start = d.clock.now_s()
            assert await d.when(EvtCode.ARRIVED, device="CL1") - start == pytest.approx(100, abs=0.1)
            assert d.world.at("CL") is d.world.loads["P1"]

    drive(story)


def test_a_truck_takes_a_pallet_and_the_next_truck_takes_its_time() -> None:
    study = Study(truck=Truck(pallets=1, change_s=500))

    async def story() -> None:
        plant = small_plant()
        handover_s = plant.docks["DK1"].handover_s
        async with Driver(plant, study) as d:
            load = d.place("P1", "D1", boxes=2, meters=3)
            start = d.clock.now_s()
            mission = d.send("DK1", CmdCode.PLACE, "P1")
            assert await d.when(EvtCode.PICKED, mission=mission) - start == pytest.approx(handover_s / 2)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(handover_s)
            assert load.code not in d.world.loads
            assert d.world.counters["shipped_meters"] == 6
            d.place("P2", "D1")
            mission = d.send("DK1", CmdCode.PLACE, "P2")
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(2 * handover_s + 500)

    drive(story)


def test_boxes_move_between_pallets_and_empty_pallets_come_from_the_magazine() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            source = d.place("P1", "PS", boxes=2, meters=3)
            refused = d.send("PK1", CmdCode.TRANSPORT, "P1B0", "PS", "PT", par1=1)
            assert await d.ack(refused) is AckCode.LOAD_MISMATCH, "no pallet to put it on"
            start = d.clock.now_s()
            mission = d.send("PK1", CmdCode.PICK)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(10)
            empty = d.events[-1][1].event.load_id
            start = d.clock.now_s()
            mission = d.send("PK1", CmdCode.TRANSPORT, "P1B0", "PS", "PT", par1=1)
            assert await d.when(EvtCode.PICKED, mission=mission) - start == pytest.approx(2.5)
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(5)
            assert [b.code for b in source.boxes()] == ["P1B1"]
            assert [b.code for b in d.world.loads[empty].boxes()] == ["P1B0"]

    drive(story)
