"""Which wire a PLC of the plant file gets: the one place that knows all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from plc.clock import Clock
from plc.link import Port
from plc.plant.model import DeviceSpec
from plc.plant.plcs import OpcuaPlc, PlcSpec, S7Plc
from plc.plant.stations import Scanner as ScannerSpec
from plc.profile import OURS, ProfileError, check_runs, load_profile
from plc.supervise import SupervisedLink
from plc.wires.channel import Channel
from plc.wires.memory import MemoryPort, MemoryWire
from plc.wires.memory_link import MemoryLink
from plc.wires.memory_scanner import MemoryScanner, MemoryScannerPort
from plc.wires.opcua_link import OpcuaChannel
from plc.wires.opcua_nodes import blocks_of
from plc.wires.opcua_port import OpcuaPort
from plc.wires.opcua_security import client_security, server_security
from plc.wires.s7_link import S7Channel
from plc.wires.s7_map import S7Map
from plc.wires.s7_port import S7Port
from plc.wires.s7_strobe import S7StrobeChannel
from plc.wires.serial_scanner import PtyScannerPort, SerialScanner


def make_link(spec: PlcSpec, devices: Sequence[DeviceSpec], *, session_id: int, clock: Clock) -> SupervisedLink:
    """Return the controller's end of a PLC of the plant file; `clock` is wire time, `devices` are those of the PLC.

    Raises SettingMissing if a secret is not in the environment, ProfileError if its profile cannot be run.
    """
    names = tuple(device.id for device in devices)
    connect = _opcua_channels(spec, devices) if isinstance(spec, OpcuaPlc) else _s7_channels(spec, devices)
    return SupervisedLink(spec.id, names, session_id, clock, connect, spec.poll_ms / 1000)


def _opcua_channels(spec: OpcuaPlc, devices: Sequence[DeviceSpec]) -> Callable[[], Channel]:
    check_runs(load_profile(spec.profile), "opcua", spec.id)
    blocks, security = blocks_of(devices), client_security(spec, os.environ)
    return lambda: OpcuaChannel(spec, blocks, security)


def _s7_channels(spec: S7Plc, devices: Sequence[DeviceSpec]) -> Callable[[], Channel]:
    profile = load_profile(spec.profile)
    check_runs(profile, "s7", spec.id)
    strobe = profile.strobe
    if strobe is not None:
        index = {device.id: device.index for device in devices}
        return lambda: S7StrobeChannel(spec, strobe, index)
    laid_out = S7Map.of(spec, devices)
    return lambda: S7Channel(spec, laid_out)


def make_port(spec: PlcSpec, devices: Sequence[DeviceSpec], clock: Clock) -> Port:
    """Return the device's end of a PLC of the plant file; raises SettingMissing and ProfileError.

    `clock` is wire time; today's ports are woken by their servers and count none of it.
    A port speaks the contract of ours only: a site with another profile has its own PLC.
    """
    if spec.profile != OURS:
        raise ProfileError(f"PLC {spec.id}: a soft PLC speaks {OURS}, not {spec.profile}")
    if isinstance(spec, OpcuaPlc):
        return OpcuaPort(spec.id, spec, blocks_of(devices), server_security(spec, os.environ))
    return S7Port(spec.id, spec, S7Map.of(spec, devices))


def make_memory_pair(
    plc: str, devices: Sequence[DeviceSpec], *, session_id: int, clock: Clock
) -> tuple[MemoryLink, MemoryPort]:
    """Return both ends of a new memory wire; `link.wire` cuts and restores it.

    A WCS that restarts makes `MemoryLink(port.wire, session_id)` of its own.
    """
    wire = MemoryWire(plc, tuple(device.id for device in devices), clock)
    return MemoryLink(wire, session_id), MemoryPort(wire)


def make_scanner(spec: ScannerSpec, *, clock: Clock) -> SerialScanner:
    """Return the controller's end of a scanner of the plant file; `clock` is wire time."""
    return SerialScanner(spec.id, spec.port, spec.baud, clock)


def make_scanner_port(name: str, path: Path) -> PtyScannerPort:
    """Return the scanner's end on a pty; while it is open, `path` is the device that the controller opens."""
    return PtyScannerPort(name, path)


def make_memory_scanner(name: str, *, clock: Clock) -> tuple[MemoryScanner, MemoryScannerPort]:
    """Return both ends of a scanner in the same process."""
    port = MemoryScannerPort(name, clock)
    return MemoryScanner(name, clock, port), port
