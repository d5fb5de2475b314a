"""The site: links, controller and WMS put together on one loop. The only place that wires them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.clock import Clock
from plc.link import Link, Scanner
from plc.plant.model import Plant
from wcs.controller import DOOR_POLL_S, Controller
from wms import consumer
from wms.marketing import stream


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a site needs from outside: its database, its clocks, and its ends of the wires."""

    plant: Plant
    engine: Engine
    clock: Clock
    wire_clock: Clock
    links: Mapping[str, Link]
    scanners: Mapping[str, Scanner]
    door_poll_s: float = DOOR_POLL_S


def make_controller(wiring: Wiring) -> Controller:
    """Return the controller of a site, with the WMS reading its journal, and marketing if anybody is written to."""
    consumers = [wms_consumer(wiring.engine, wiring.plant, wiring.clock)]
    if stream.is_wanted(wiring.engine):
        consumers.append(marketing_consumer(wiring.engine, wiring.clock))
    return Controller(
        wiring.plant,
        wiring.engine,
        wiring.clock,
        wiring.wire_clock,
        wiring.links,
        wiring.scanners,
        consumers=consumers,
        door_poll_s=wiring.door_poll_s,
    )


def wms_consumer(engine: Engine, plant: Plant, clock: Clock) -> Callable[[], int]:
    """Return what lets the WMS read the journal as far as it goes, each call in a transaction of its own."""
    return _reading(engine, lambda session: consumer.consume(session, plant, clock.now_ms()))


def marketing_consumer(engine: Engine, clock: Clock) -> Callable[[], int]:
    """Return what turns what the WMS has booked into letters, as far as it has, each call in its own transaction."""
    return _reading(engine, lambda session: stream.consume(session, clock.now_ms()))


def _reading(engine: Engine, read: Callable[[Session], int]) -> Callable[[], int]:
    def consume() -> int:
        with Session(engine) as session:
            handled = read(session)
            session.commit()
            return handled

    return consume
