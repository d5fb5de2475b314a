"""`metrostack twin`: the machines of a plant behind soft PLCs and scanners, as a process of their own."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from api import logs, plant_time, ports
from api.bench.serving import benches_served
from api.open_files import OF_A_PTY, make_room
from api.parent import end_with_parent
from plc.clock import Clock
from plc.plant.model import Plant
from plc.wires.make import make_port, make_scanner_port
from plc.wires.serial_scanner import PtyScannerPort
from simulation.study import load_study
from simulation.twin import Twin, Wires
from simulation.world import World

WORLD, SCANNERS = "world.db", "scanners"


@dataclass(frozen=True, slots=True)
class TwinOptions:
    """What a twin does: its study, where its world is kept, which PLCs are soft (none named: all), its speed."""

    study_path: Path
    folder: Path
    only: tuple[str, ...] = ()
    speed: float = 1.0
    shared_time: bool = False


class UnknownPlc(LookupError):
    """A PLC that the plant file does not have."""


def run_twin(plant: Plant, options: TwinOptions) -> None:
    """Run until SIGINT or SIGTERM. Raises UnknownPlc, StudyError, TooFewFiles or PortTaken before anything listens."""
    for name in options.only:
        if name not in plant.plcs:
            raise UnknownPlc(f"the plant has no PLC {name}; it has {', '.join(plant.plcs)}")
    load_study(options.study_path, plant)
    ports.must_be_free(ports.of_plcs(plant, options.only) | ports.of_benches(plant, options.only))
    make_room(sum(b.positions for b in plant.benches.values() if not options.only or b.plc in options.only), OF_A_PTY)
    options.folder.mkdir(parents=True, exist_ok=True)
    logs.set_up()
    asyncio.run(_run(plant, options))


async def _run(plant: Plant, options: TwinOptions) -> None:
    loop = asyncio.get_running_loop()
    world = World(options.folder / WORLD)
    wire_clock = Clock.started(loop)
    clock = (
        plant_time.join_shared(options.folder, loop)
        if options.shared_time
        else Clock.started(loop, speed=options.speed, start_s=world.high_water_s)
    )
    names = options.only or tuple(plant.plcs)
    ends = {name: make_port(plant.plcs[name], plant.devices_by_plc[name], wire_clock) for name in names}
    study = load_study(options.study_path, plant)
    twin = Twin(plant, study, world=world, wires=Wires(clock, wire_clock, ends), only=names)
    scanners = _open_scanners(plant, twin, options.folder / SCANNERS)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    end_with_parent(loop, stop.set)
    async with benches_served(plant, twin.benches, options.folder):
        await twin.start()
        await stop.wait()
        await twin.stop()
    for scanner in scanners:
        scanner.close()
    world.close()


def _open_scanners(plant: Plant, twin: Twin, folder: Path) -> list[PtyScannerPort]:
    """Open a serial line for each scanner; `folder` names the device that a controller opens for it."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = [make_scanner_port(name, folder / name) for name in plant.scanners]
    for port in ports:
        port.open(_reads(twin, port))
    return ports


def _reads(twin: Twin, port: PtyScannerPort) -> Callable[[], None]:
    return lambda: port.reply(twin.readers[port.name].read())
