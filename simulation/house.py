"""A whole plant in one loop: twin, WCS and WMS over the memory wire, as demo and studies run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.clock import Clock
from plc.link import Link, Port, Scanner
from plc.plant.model import Plant
from plc.wires.make import make_memory_pair, make_memory_scanner
from plc.wires.memory import MemoryWire
from plc.wires.memory_scanner import MemoryScannerPort
from simulation.study import Study
from simulation.twin import Twin, Wires
from simulation.world import World
from wcs import ledger, orders
from wcs.controller import Controller
from wms import consumer
from wms.marketing import stream

FULL = 500  # facts that the WMS reads in one transaction


@dataclass(slots=True)
class Site:
    """What a plant in memory is made of before its wires are laid."""

    plant: Plant
    study: Study
    engine: Engine
    clock: Clock
    world: World = field(default_factory=World)


def connect(site: Site) -> tuple[Twin, Controller]:
    """Return twin and controller with every wire between them, in memory; raises StudyError."""
    links: dict[str, Link] = {}
    ports: dict[str, Port] = {}
    cables: dict[str, MemoryWire] = {}
    plant, clock, session_id = site.plant, site.clock, ledger.new_session_id(site.engine)
    for name in plant.plcs:
        link, port = make_memory_pair(name, plant.devices_by_plc[name], session_id=session_id, clock=clock)
        links[name], ports[name], cables[name] = link, port, link.wire
    wires = Wires(clock, clock, ports, cables, beating=False, watched=False)
    twin = Twin(plant, site.study, world=site.world, wires=wires)
    scanners: dict[str, Scanner] = {}
    for name in plant.scanners:
        scanner, scanner_port = make_memory_scanner(name, clock=clock)
        scanners[name] = scanner
        scanner_port.open(_reads(twin, name, scanner_port))
    consumers, heard = [wms_consumer(site.engine, plant, clock)], consumer.HEARD
    if stream.is_wanted(site.engine):
        consumers, heard = [*consumers, marketing_consumer(site.engine, clock)], heard | stream.HEARD
    controller = Controller(
        plant, site.engine, clock, clock, links, scanners, consumers=consumers, door_poll_s=0, heard=heard
    )
    return twin, controller


def wms_consumer(engine: Engine, plant: Plant, clock: Clock) -> Callable[[], int]:
    """Return what lets the WMS read the journal as far as it goes; a call returns how often it then asked the WCS."""
    return _reading(engine, lambda session: consumer.consume(session, plant, clock.now_ms(), FULL))


def marketing_consumer(engine: Engine, clock: Clock) -> Callable[[], int]:
    """Return what turns what has happened into letters; a call returns how often it then asked the WCS."""
    return _reading(engine, lambda session: stream.consume(session, clock.now_ms(), FULL))


def _reading(engine: Engine, read: Callable[[Session], int]) -> Callable[[], int]:
    def consume() -> int:
        asked, handled = 0, FULL
        while handled == FULL:
            with Session(engine) as session:
                handled = read(session)
                session.commit()
                asked += orders.has_asked(session)
        return asked

    return consume


def _reads(twin: Twin, name: str, port: MemoryScannerPort) -> Callable[[], None]:
    return lambda: port.reply(twin.readers[name].read())
