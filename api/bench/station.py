"""`metrostack bench`: the clients of one or more benches as a process of their own, beside the benches they run.

Each bench has its spool in the data folder; a process that is killed goes on where it stood.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api import logs, plant_time
from api.bench.absent_box import AbsentBox
from api.bench.remote import RemoteServer
from api.bench.screen import Screen
from api.bench.showing import Heard, seen, show_forever
from api.open_files import OF_A_SERIAL, make_room
from api.parent import end_with_parent
from plc.bench.wire import EquipmentLine, equipment_on
from plc.clock import Clock
from plc.meters.channel import SerialChannel
from plc.meters.security import SecurityBox
from plc.meters.soft_box import SoftBox
from plc.plant.cells import Bench
from plc.plant.model import Plant
from wcs.bench.client import BenchClient
from wcs.bench.habits import Habits
from wcs.bench.spool import Spool

SPOOLS = "benches"


@dataclass(frozen=True, slots=True)
class StationOptions:
    """Which benches, where their line server is, and its key; `soft_box`: the stand-in for an encryption machine."""

    benches: tuple[str, ...]
    server: str
    key: str
    folder: Path
    shared_time: bool = False
    soft_box: bool = False


class UnknownBench(LookupError):
    """A bench that the plant file does not have."""


class BenchTaken(RuntimeError):
    """Another process runs this bench."""


def run_station(plant: Plant, options: StationOptions) -> None:
    """Run until SIGINT or SIGTERM. Raises UnknownBench, TooFewFiles or BenchTaken before anything moves."""
    for name in options.benches:
        if name not in plant.benches:
            raise UnknownBench(f"the plant has no bench {name}; it has {', '.join(plant.benches) or 'none'}")
    make_room(sum(plant.benches[name].positions for name in options.benches), OF_A_SERIAL)
    logs.set_up()
    asyncio.run(_run(plant, options))


async def _run(plant: Plant, options: StationOptions) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    end_with_parent(loop, stop.set)
    clock = (
        plant_time.join_shared(options.folder, loop)
        if options.shared_time
        else plant_time.site_clock(plant, loop, last_ms=0)
    )
    async with AsyncExitStack() as stack:
        clients = [await _client(stack, plant, options, name, clock) for name in options.benches]
        tasks = [asyncio.create_task(client.run_forever(), name=f"bench {client.bench}") for client in clients]
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        for client in clients:
            client.stop()
        await asyncio.gather(*tasks)


async def _client(stack: AsyncExitStack, plant: Plant, options: StationOptions, name: str, clock: Clock) -> BenchClient:
    spec, folder = plant.benches[name], options.folder / SPOOLS
    folder.mkdir(parents=True, exist_ok=True)
    stack.enter_context(_only_one(folder / f"{name}.lock"))
    spool = Spool(folder / f"{name}.db")
    stack.callback(spool.close)
    server = RemoteServer(options.server, options.key)
    stack.push_async_callback(server.close)
    line = EquipmentLine(spec.equipment)
    stack.push_async_callback(line.close)
    channels = {number: channel_at(spec, number, options.folder) for number in range(1, spec.positions + 1)}
    for channel in channels.values():
        stack.callback(channel.close)
    box: SecurityBox = SoftBox() if options.soft_box else AbsentBox()
    screen = Screen()
    equipment = seen(equipment_on(line, {**channels}), screen)
    shown = asyncio.create_task(
        show_forever(screen, server, spool, equipment=equipment, clock=clock, bench=name), name=f"screen {name}"
    )
    stack.callback(shown.cancel)
    return BenchClient(
        name, Heard(server, screen), equipment=equipment, spool=spool, clock=clock, box=box,
        habits=Habits(epoch=plant.epoch, frames=screen.heard),
    )  # fmt: skip


def channel_at(spec: Bench, position: int, folder: Path) -> SerialChannel:
    """Return the serial line to a position; call it on the loop that shall use it."""
    wire = Clock.started(asyncio.get_running_loop())
    return SerialChannel(line_name(spec.channel, position, folder), spec.baud, spec.parity, wire)


def line_name(pattern: str, position: int, folder: Path) -> str:
    """Return the device of a position; a name without a folder of its own lies in the data folder.

    >>> line_name("ptys/BN1-{position:03}", 7, Path("/data")), line_name("socket://10.0.0.9:{position}", 7, Path())
    ('/data/ptys/BN1-007', 'socket://10.0.0.9:7')
    """
    name = pattern.format(position=position)
    return name if "://" in name else str(folder / name)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a bench for this process; raises BenchTaken."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BenchTaken(f"another process runs {path.stem}") from error
        yield
    finally:
        os.close(handle)
