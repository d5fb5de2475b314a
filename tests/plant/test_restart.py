from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plc.codes import CmdCode, EvtCode
from plc.link import LinkUp
from simulation.study import LinkLost, Study
from tests.plant.driver import Driver, drive
from tests.plants import small_plant


def test_a_killed_twin_goes_on_with_the_rest_of_the_leg(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    missions: list[int] = []

    async def before() -> None:
        d = await Driver(small_plant(), path=path).__aenter__()
        d.place("P1", "AI")
        d.world.commit(d.clock.now_s())
        missions.append(d.move("SC1", "P1", "AI", "A1-1-03-01"))
        await d.when(EvtCode.PICKED)
        await d.clock.sleep(5)
        d.world.beat(d.clock.now_s())
        # nothing is closed: the process dies here, 5 s into the second leg of 7 + 8 s

    async def after() -> None:
        async with Driver(small_plant(), path=path) as d:
            assert d.world.loads["P1"].place == "SC1"
            assert d.clock.now_s() >= d.world.high_water_s > 13
            start = d.clock.now_s()
            assert await d.when(EvtCode.ENDED, mission=missions[0]) - start == pytest.approx(10, abs=0.2)
            assert d.world.loads["P1"].place == "A1-1-03-01"
            assert d.world.executed == {missions[0]: 1}

    drive(before)
    drive(after)


async def killed_while_riding(path: Path) -> None:
    d = await Driver(small_plant(), path=path).__aenter__()
    d.place("P1", "L1")
    d.world.commit(d.clock.now_s())
    mission = d.move("L1-L2", "P1", "L1", "L2")
    await d.when(EvtCode.PICKED, mission=mission)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_outright_loses_no_load(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    story = f"drive(lambda: killed_while_riding(Path({str(path)!r})))"
    code = f"from pathlib import Path; from tests.plant.test_restart import *; {story}"
    dead = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False, timeout=60)
    assert dead.returncode == -signal.SIGKILL

    async def after() -> None:
        async with Driver(small_plant(), path=path) as d:
            start = d.clock.now_s()
            assert d.world.loads["P1"].place == "L1-L2"
            assert await d.when(EvtCode.ENDED) - start == pytest.approx(6, abs=0.2)
            assert list(d.world.executed.values()) == [1]

    drive(after)


def test_events_that_nobody_booked_are_shown_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "world.db"

    async def before() -> None:
        d = await Driver(small_plant(), path=path).__aenter__()
        d.booking = False
        d.place("P1", "L1")
        d.move("L1-L2", "P1", "L1", "L2")
        await d.clock.sleep(60)

    async def after() -> None:
        async with Driver(small_plant(), path=path) as d:
            await d.when(EvtCode.ENDED)
            assert [n.event.code for _, n in d.events] == [EvtCode.PICKED, EvtCode.ENDED]

    drive(before)
    drive(after)


def test_a_dead_plc_loses_time_and_nothing_else() -> None:
    async def story() -> None:
        async with Driver(small_plant()) as d:
            ups: list[LinkUp] = []
            note = d._note
            d.links["PLC1"].start(lambda n: (ups.append(n) if isinstance(n, LinkUp) else None, note(n)))
            d.place("P1", "AI")
            start = d.clock.now_s()
            mission = d.move("SC1", "P1", "AI", "A1-1-03-01")
            await d.clock.sleep(3)
            plc = d.twin.plcs["PLC1"]
            await plc.kill()
            await d.clock.sleep(500)
            assert d.time_of(EvtCode.PICKED) is None
            await plc.restart()
            assert await d.when(EvtCode.ENDED, mission=mission) - start == pytest.approx(500 + 8 + 7 + 8, abs=0.2)
            assert ups[-1].boot_id == 2
            assert ups[-1].retained and ups[-1].soft
            assert [e.mission for e in ups[-1].devices["SC1"].journal] == [mission]
            assert d.world.executed == {mission: 1}

    drive(story)


def test_machines_run_on_while_the_cable_is_out() -> None:
    study = Study(faults=(LinkLost(kind="link_lost", plc="PLC1", at_s=5, seconds=100),))  # type: ignore[arg-type]

    async def story() -> None:
        async with Driver(small_plant(), study) as d:
            d.place("P1", "AI")
            mission = d.move("SC1", "P1", "AI", "A1-1-03-01")
            assert await d.when(EvtCode.ENDED, mission=mission) == pytest.approx(105, abs=0.1)
            assert d.world.loads["P1"].place == "A1-1-03-01"
            assert [i.kind for i in d.world.injected] == ["link_lost"]
            assert (await d.ack(d.send("SC1", CmdCode.HOME))) > 0

    drive(story)


def test_a_half_packed_lot_survives(tmp_path: Path) -> None:
    path = tmp_path / "world.db"

    async def before() -> None:
        d = await Driver(small_plant(), path=path).__aenter__()
        d.place("P1", "LI", boxes=4, meters=15)
        d.world.commit(d.clock.now_s())
        d.send("VL1", CmdCode.VERIFY, "P1", par1=7)
        await d.when(EvtCode.ENDED)
        d.send("VL1", CmdCode.BOX, par1=7)
        await d.when(EvtCode.BOXED)

    async def after() -> None:
        async with Driver(small_plant(), path=path) as d:
            await d.when(EvtCode.ARRIVED)
            assert sum(1 for _ in d.world.loads["P1"].meters()) == 60
            boxed = [n.event.load_id for _, n in d.events if n.event.code is EvtCode.BOXED]
            assert boxed[-3:] == ["P1B1", "P1B2", "P1B3"]

    drive(before)
    drive(after)
