"""Which wire a PLC of the plant file gets: the one place that knows all of them."""

from __future__ import annotations

from collections.abc import Sequence

from plc.clock import Clock
from plc.plant.model import DeviceSpec
from plc.wires.memory import MemoryPort, MemoryWire
from plc.wires.memory_link import MemoryLink


def make_memory_pair(
    plc: str, devices: Sequence[DeviceSpec], *, session_id: int, clock: Clock
) -> tuple[MemoryLink, MemoryPort]:
    """Return both ends of a new memory wire; `link.wire` cuts and restores it.

    A WCS that restarts makes `MemoryLink(port.wire, session_id)` of its own.
    """
    wire = MemoryWire(plc, tuple(device.id for device in devices), clock)
    return MemoryLink(wire, session_id), MemoryPort(wire)
