"""One wire with a PLC at one end and a controller at the other, and a cable between them that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from plc.clock import Clock
from plc.link import Link, Port
from plc.plant.kinds import DeviceKind
from plc.plant.model import DeviceSpec
from plc.plant.plcs import OpcuaPlc, PlcSpec, S7Plc
from plc.wires.make import make_link, make_port
from plc.wires.memory import MemoryPort, MemoryWire
from plc.wires.memory_link import MemoryLink
from tests.contract.bench import BenchController, BenchPlc
from tests.contract.chaos import ChaosProxy

WIRES = ("memory", "s7", "opcua")
DEVICES = tuple(
    DeviceSpec(name, DeviceKind.LINE if name.startswith("VL") else DeviceKind.CRANE, "PLC1", index)
    for index, name in enumerate(("SC1", "SC2", "SC3", "VL1"))
)


def free_port() -> int:
    """Return a port that nobody uses, below those that the system hands out to clients in the meantime."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            port = random.randrange(20_000, 32_000)
            probe.bind(("127.0.0.1", port))
            return port


def spec_of(wire: str, port: int) -> PlcSpec:
    """Return the PLC's entry in a plant file."""
    if wire == "opcua":
        return OpcuaPlc(id="PLC1", kind="opcua", host="127.0.0.1", port=port, poll_ms=20)
    dbs = {"cmd_db": 10, "sta_db": 11, "jrn_db": 12, "res_db": 13, "sys_db": 9}
    return S7Plc(id="PLC1", kind="s7", host="127.0.0.1", port=port, pdu_bytes=240, poll_ms=10, **dbs)


@dataclass(slots=True)
class Rig:
    """Both ends and the cable."""

    wire: str
    plc: BenchPlc
    controller: BenchController
    cable: ChaosProxy | MemoryWire
    spec: PlcSpec | None = None


@asynccontextmanager
async def rig(wire: str, missions: dict[int, str] | None = None) -> AsyncIterator[Rig]:
    """Build both ends over `wire`; neither is started. Everything is stopped at the end."""
    clock = Clock.started(asyncio.get_running_loop())
    names = tuple(device.id for device in DEVICES)
    if wire == "memory":
        cable = MemoryWire("PLC1", names, clock)
        spec = None

        def port_end() -> Port:
            return MemoryPort(cable)

        def link_end(session: int) -> Link:
            return MemoryLink(cable, session)
    else:
        spec = spec_of(wire, free_port())
        cable = ChaosProxy(("127.0.0.1", spec.port))
        await cable.start()
        through = spec.model_copy(update={"port": cable.port})

        def port_end() -> Port:
            return make_port(spec, DEVICES, clock)

        def link_end(session: int) -> Link:
            return make_link(through, DEVICES, session_id=session, clock=clock)

    built = Rig(wire, BenchPlc(port_end, names, clock), BenchController(link_end, missions or {}, clock), cable, spec)
    try:
        yield built
    finally:
        if built.controller.link is not None:
            await built.controller.crash()
        await built.plc.stop()
        if isinstance(cable, ChaosProxy):
            await cable.stop()
