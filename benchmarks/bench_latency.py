"""From a device's status change to its next command, over OPC UA and S7, against the bare round trip of the library.

The device ends each mission at once. Its event must reach the controller, be decided upon and made durable (SQLite,
synchronous=FULL), and the next telegram must come back: body, then tail. The reference, in the same run against the
same server, is one write and one read of the library alone. Target: p99 <= 3 bare round trips + one poll period.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from dataclasses import dataclass, field

from asyncua import Client, ua
from snap7 import AsyncClient
from sqlalchemy.orm import Session

from benchmarks.common import Rows, aisles_plant, arguments, show
from plc.clock import Clock
from plc.codes import PROTOCOL_VERSION, AckCode, ActState, EvtCode, StatusBit
from plc.handshake.responder import Responder
from plc.link import Port, SysStatus
from plc.plant.model import Plant
from plc.plant.places import slot_id
from plc.telegram import Event, Status
from plc.wires.make import make_link, make_port
from tests.contract.rigs import free_port
from wcs import orders
from wcs.controller import Controller
from wcs.store import create_tables, make_engine

DEVICE, WARM_UP = "SC1", 10


@dataclass(slots=True)
class InstantCrane:
    """A crane that needs no time: it ends each mission in the moment it accepts it, and notes when the next comes."""

    port: Port
    gaps_s: list[float] = field(default_factory=list[float])
    done: int = 0
    _responder: Responder = field(default_factory=Responder)
    _ended_s: float = 0.0

    async def start(self) -> None:
        """Open the port and say that we are there."""
        await self.port.open(self.woken)
        self._show()
        self._say_alive(session=0)

    def woken(self, device: str) -> None:
        """Take in what was written."""
        if device == "SYS":
            self._say_alive(session=self.port.sys().session)
            return
        image = self.port.command(DEVICE)
        changed = self._responder.acknowledge(image.event_ack)
        accepted = self._responder.receive(image, lambda _: AckCode.ACCEPTED)
        if accepted is not None and accepted.command is not None:
            if self._ended_s:
                self.gaps_s.append(time.perf_counter() - self._ended_s)
            self._end(accepted.command.mission)
        if changed or accepted is not None:
            self._show()

    def _end(self, mission: int) -> None:
        self.done += 1
        self._responder.finish(mission, ActState.ENDED)
        self._responder.raise_event(Event(EvtCode.ENDED, mission))
        self._ended_s = time.perf_counter()

    def _show(self) -> None:
        self.port.publish_journal(DEVICE, self._responder.journal())
        self.port.publish(DEVICE, self._responder.image(Status()))

    def _say_alive(self, session: int) -> None:
        word = StatusBit.SIMULATED | StatusBit.RETAINED
        self.port.publish_sys(SysStatus(PROTOCOL_VERSION, 1, 1, session, int(word)))


def plant_on(wire: str) -> Plant:
    """Return a plant of one crane behind a PLC of that kind on a free port."""
    data = aisles_plant(1).model_dump(mode="json", exclude_none=True)
    data["plcs"]["PLC1"]["port"], data["plcs"]["PLC2"]["port"] = free_port(), free_port()
    data["cranes"][DEVICE]["plc"] = "PLC1" if wire == "opcua" else "PLC2"
    return Plant.model_validate(data)


async def measure(wire: str, missions: int) -> tuple[list[float], list[float], float]:
    """Return the gaps and the bare round trips in ms, and the poll period in ms."""
    plant, clock = plant_on(wire), Clock.started(asyncio.get_running_loop())
    spec = plant.plcs["PLC1" if wire == "opcua" else "PLC2"]
    devices = plant.devices_by_plc[spec.id]
    crane = InstantCrane(make_port(spec, devices, clock))
    await crane.start()
    beat = asyncio.create_task(_beat(crane))
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/site.db")
        create_tables(engine)
        with Session(engine) as session:
            for n in range(missions):
                source, target = slot_id("A1", 1, 1 + n % 20, 1), slot_id("A1", 2, 1 + n % 20, 1)
                orders.submit(
                    session, key=str(n), kind="relocate", unit=f"U{n}", source=source, destination=target
                )  # fmt: skip
            session.commit()
        link = make_link(spec, devices, session_id=1, clock=clock)
        controller = Controller(plant, engine, clock, clock, {spec.id: link}, {})
        work = asyncio.create_task(controller.run())
        async with asyncio.timeout(120):
            while crane.done < missions:  # noqa: ASYNC110 - a device tells nobody but its PLC
                await asyncio.sleep(0.05)
        bare = await (_bare_opcua(spec.port, missions) if wire == "opcua" else _bare_s7(spec.port, missions))
        await controller.stop()
        await work
        engine.dispose()
    beat.cancel()
    await crane.port.close()
    return [1000 * s for s in crane.gaps_s[WARM_UP:]], bare, spec.poll_ms


async def _beat(crane: InstantCrane) -> None:
    """Count life, or the link takes the PLC for dead."""
    life = 1
    while True:
        await asyncio.sleep(0.5)
        life = life % 65_535 + 1
        word = StatusBit.SIMULATED | StatusBit.RETAINED
        crane.port.publish_sys(SysStatus(PROTOCOL_VERSION, life, 1, crane.port.sys().session, int(word)))


async def _bare_opcua(port: int, count: int) -> list[float]:
    """Return the ms of one write and one read of asyncua, again and again."""
    async with Client(f"opc.tcp://127.0.0.1:{port}") as client:
        index = await client.get_namespace_index("urn:metrostack:plc")
        written, read = (client.get_node(f"ns={index};s={DEVICE}.{n}") for n in ("CMD.EvtAckSeq", "STA.EvtSeqTail"))
        value = ua.DataValue(ua.Variant(0, ua.VariantType.UInt16))
        found: list[float] = []
        for _ in range(count):
            began_s = time.perf_counter()
            await written.write_value(value)
            await read.read_value()
            found.append(1000 * (time.perf_counter() - began_s))
        return found


async def _bare_s7(port: int, count: int) -> list[float]:
    """Return the ms of one write and one read of python-snap7, again and again."""
    client = AsyncClient()
    await client.connect("127.0.0.1", 0, 1, tcp_port=port)
    found: list[float] = []
    for _ in range(count):
        began_s = time.perf_counter()
        await client.db_write(100, 0, bytearray(2))
        await client.db_read(101, 0, 100)
        found.append(1000 * (time.perf_counter() - began_s))
    await client.disconnect()
    return found


def main() -> None:
    """Run and print."""
    options = arguments(__doc__ or "", missions=300)
    logging.disable(logging.ERROR)
    rows: Rows = []
    for wire in ("opcua", "s7"):
        gaps, bare, poll_ms = asyncio.run(measure(wire, options.missions))
        trip, p99 = statistics.median(bare), statistics.quantiles(gaps, n=100)[98]
        rows += [
            (f"{wire}: bare write and read, median", trip, "ms"),
            (f"{wire}: change to next command, median", statistics.median(gaps), "ms"),
            (f"{wire}: change to next command, p99", p99, "ms"),
            (f"{wire}: poll period", poll_ms, "ms"),
            (f"{wire}: p99 / (3 bare + one poll)", p99 / (3 * trip + poll_ms), "(target 1)"),
        ]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
