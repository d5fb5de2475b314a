"""Which wire a PLC of the plant file gets: the one place that knows all of them."""

from __future__ import annotations

from collections.abc import Sequence

from plc.clock import Clock
from plc.link import Link, Port
from plc.plant.model import DeviceSpec
from plc.plant.plcs import PlcSpec, S7Plc
from plc.supervise import SupervisedLink
from plc.wires.channel import Channel
from plc.wires.memory import MemoryPort, MemoryWire
from plc.wires.memory_link import MemoryLink
from plc.wires.s7_link import S7Channel
from plc.wires.s7_map import S7Map
from plc.wires.s7_port import S7Port


def make_link(spec: PlcSpec, devices: Sequence[DeviceSpec], *, session_id: int, clock: Clock) -> Link:
    """Return the controller's end of a PLC of the plant file; `clock` is wire time, devices are those of the PLC."""
    names = tuple(device.id for device in devices)

    def connect() -> Channel:
        return S7Channel(spec, S7Map.of(spec, devices))

    return SupervisedLink(spec.id, names, session_id, clock, connect, spec.poll_ms / 1000)


def make_port(spec: PlcSpec, devices: Sequence[DeviceSpec], clock: Clock) -> Port:
    """Return the device's end of a PLC of the plant file."""
    return S7Port(spec.id, spec, S7Map.of(spec, devices))


def make_memory_pair(
    plc: str, devices: Sequence[DeviceSpec], *, session_id: int, clock: Clock
) -> tuple[MemoryLink, MemoryPort]:
    """Return both ends of a new memory wire; `link.wire` cuts and restores it.

    A WCS that restarts makes `MemoryLink(port.wire, session_id)` of its own.
    """
    wire = MemoryWire(plc, tuple(device.id for device in devices), clock)
    return MemoryLink(wire, session_id), MemoryPort(wire)
