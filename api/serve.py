"""`metrostack serve`: the controller on its own loop, the face in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy.orm import Session

from api import database, lock, logs, plant_time, ports
from api.app import make_app
from api.context import Context
from api.flights import Flights
from api.live import Picture
from api.marketing import office
from api.observer import Observer
from api.parent import end_with_parent
from api.settings import Settings
from api.site import Wiring, make_controller
from plc.clock import Clock
from plc.link import Link, Scanner
from plc.plant.model import Plant
from plc.wires.make import make_link, make_scanner
from wcs import journal, ledger
from wcs.controller import Controller
from wcs.store import make_engine
from wms.stock import views as stock_views


@dataclass(frozen=True, slots=True)
class Options:
    """How a site is served; `shared_time`: plant time is the folder's, which a demo has begun."""

    plant: Plant
    settings: Settings
    shared_time: bool = False


def run_serve(options: Options) -> None:
    """Serve a site until SIGINT or SIGTERM. Raises AlreadyServed if another process does so."""
    logs.set_up()
    settings, token = options.settings, secrets.token_urlsafe(32)
    url = f"http://{settings.host}:{settings.port}"
    ports.must_be_free({"the console": (settings.host, settings.port)})
    with lock.hold(settings.data_dir, url=url, token=token):
        asyncio.run(_serve(options, token))


async def _serve(options: Options, token: str) -> None:
    loop, plant, settings = asyncio.get_running_loop(), options.plant, options.settings
    engine = make_engine(settings.url())
    database.prepare(engine, plant)
    with Session(engine) as session:
        last_ms = journal.last_ms(session)
        office.enter(session, settings.marketing, at_ms=last_ms)
        session.commit()
    clock = (
        plant_time.join_shared(settings.data_dir, loop)
        if options.shared_time
        else plant_time.site_clock(plant, loop, last_ms=last_ms)
    )
    wire_clock = Clock.started(loop)
    links = connect(plant, session_id=ledger.new_session_id(engine), clock=wire_clock)
    scanners = make_scanners(plant, wire_clock, settings.data_dir)
    controller = make_controller(Wiring(plant, engine, clock, wire_clock, links, scanners))
    controller.watchers.append(Flights(plant, links, settings.data_dir).changed)
    context = _context(options, controller, loop, token)
    with Session(engine) as session:
        Observer(context.picture, controller).start(stock_views.slot_map(session))
    face = Face(context)
    face.start()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    end_with_parent(loop, stop.set)
    work, asked = asyncio.create_task(controller.run(), name="controller"), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((work, asked), return_when=asyncio.FIRST_COMPLETED)
        await controller.stop()
        await work
    finally:
        asked.cancel()
        face.stop()


def connect(plant: Plant, *, session_id: int, clock: Clock) -> dict[str, Link]:
    """Return a link for each PLC of the plant."""
    return {
        name: make_link(spec, plant.devices_by_plc[name], session_id=session_id, clock=clock)
        for name, spec in plant.plcs.items()
    }


def make_scanners(plant: Plant, clock: Clock, folder: Path) -> dict[str, Scanner]:
    """Return a scanner for each line; a twin's in the folder's `scanners/` stand in for the plant file's ports."""
    soft = folder / "scanners"
    return {
        name: make_scanner(spec.model_copy(update={"port": str(soft / name)}) if soft.is_dir() else spec, clock=clock)
        for name, spec in plant.scanners.items()
    }


class Face:
    """The web face in a thread of its own, with its own loop and connections."""

    def __init__(self, context: Context) -> None:
        """Make the server; nothing listens yet."""
        settings = context.settings
        config = uvicorn.Config(
            make_app(context), host=settings.host, port=settings.port, log_level="warning", access_log=False,
            server_header=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="face", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and wait a moment for who is being served."""
        self._server.should_exit = True
        self._thread.join(timeout=4)


def _context(options: Options, controller: Controller, loop: asyncio.AbstractEventLoop, token: str) -> Context:
    def ring() -> None:
        loop.call_soon_threadsafe(controller.ring)

    return Context(
        plant=options.plant,
        engine=make_engine(options.settings.url()),
        settings=options.settings,
        picture=Picture(),
        now_ms=controller.clock.now_ms,
        ring=ring,
        telegrams=lambda plc, count: telegrams(controller.links, plc, count),
        local_token=token,
        extras={"pid": os.getpid()},
    )


def telegrams(links: Mapping[str, Link], plc: str, count: int) -> list[dict[str, Any]]:
    """Return the newest `count` telegrams of a PLC, oldest first, from its flight recorder."""
    recorder = getattr(links[plc], "recorder", None)
    return [] if recorder is None else recorder.rows()[-count:]
