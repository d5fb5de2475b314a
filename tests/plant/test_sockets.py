from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from plc.clock import Clock
from plc.codes import CmdCode, EvtCode, StatusBit
from plc.link import Acked, EventRaised, LinkDown, LinkUp, Notice, StatusSeen
from plc.plant.places import spot
from plc.telegram import Command
from plc.wires.make import make_link, make_port
from simulation.loads import Load
from simulation.study import Study
from simulation.twin import Twin, Wires
from simulation.world import World
from tests.plants import small_plant

SPEED = 8.0  # slow enough that a poll falls into the travel of the crane, also on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def plc(kind: str) -> dict[str, Any]:
    blocks = {"cmd_db": 1, "sta_db": 2, "jrn_db": 3, "res_db": 4, "sys_db": 5} if kind == "s7" else {}
    return {"kind": kind, "host": "127.0.0.1", "port": free_port()} | blocks


@pytest.mark.parametrize("kind", ["s7", "opcua"])
def test_a_twin_behind_real_sockets(kind: str) -> None:
    async def story() -> None:
        plant = small_plant(plcs={"PLC1": plc(kind)})
        wire = Clock.started(asyncio.get_running_loop())
        clock = Clock.started(asyncio.get_running_loop(), speed=SPEED)
        devices, world = plant.devices_by_plc["PLC1"], World()
        port = make_port(plant.plcs["PLC1"], devices, wire)
        twin = Twin(plant, Study(), world=world, wires=Wires(clock, wire, {"PLC1": port}))
        link = make_link(plant.plcs["PLC1"], devices, session_id=1, clock=wire)
        seen: list[Notice] = []

        def notify(notice: Notice) -> None:
            seen.append(notice)
            if isinstance(notice, LinkUp):
                link.go_online()
            elif isinstance(notice, EventRaised):
                link.book(notice.device, notice.seq)

        async def when(kind: type, code: EvtCode | None = None) -> Any:
            async with asyncio.timeout(20):
                while True:
                    for n in seen:
                        if isinstance(n, kind) and (
                            code is None or (isinstance(n, EventRaised) and n.event.code is code)
                        ):
                            return n
                    await asyncio.sleep(0.02)

        await twin.start()
        link.start(notify)
        try:
            assert (await when(LinkUp)).soft
            world.add(Load("P1"), "AI")
            command = Command(CmdCode.TRANSPORT, 1, spot(plant, "AI"), spot(plant, "A1-1-03-01"), load_id="P1")
            await asyncio.sleep(0.3)
            link.send("SC1", command)
            assert (await when(Acked)).code == 1
            await when(EventRaised, EvtCode.ENDED)
            assert world.loads["P1"].place == "A1-1-03-01"
            assert world.executed == {1: 1}
            moving = {n.status.x_mm for n in seen if isinstance(n, StatusSeen) and n.device == "SC1"}
            assert any(0 < x < 4500 for x in moving), "the crane is seen while it travels"
            assert any(n.status.word & StatusBit.SIMULATED for n in seen if isinstance(n, StatusSeen))
            seen.clear()
            await twin.plcs["PLC1"].restart()
            await when(LinkDown)
            assert (await when(LinkUp)).boot_id == 2
        finally:
            await link.stop()
            await twin.stop()

    asyncio.run(story())
