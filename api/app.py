"""The face as one ASGI application: routers, guards, console and headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors, tally
from api.console_files import mount_console
from api.context import Context
from api.live import Broadcaster
from api.marketing.office import Office
from api.routes import (
    archives,
    benches,
    codes,
    deliveries,
    demand,
    devices,
    facts,
    health,
    letters,
    lines,
    live,
    logins,
    orders,
    overviews,
    places,
    plant,
    platform,
    questions,
    results,
    returns,
    reviews,
    schemes,
    seals,
    sheets,
    shipping,
    standards,
    stock,
    studies,
    tasks,
    transports,
    units,
)
from api.security.guard import Throttle
from api.security.wall import Limiter, Wall
from api.studies.supervisor import Supervisor

VERSION = "1"
MODULES = (
    health, logins, plant, deliveries, orders, stock, transports, units, devices, facts, live, lines,
    schemes, sheets, reviews, archives, benches, results, seals, standards,
    studies, letters, codes, questions, tasks, returns, demand, places, shipping, overviews,
)  # fmt: skip


def make_app(context: Context) -> FastAPI:
    """Return the face of one site."""
    supervisor = Supervisor(context.settings.studies_dir, studies.root_of(context))
    office = Office.of(context)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        broadcaster: Broadcaster = app.state.broadcaster
        tasks = [
            asyncio.create_task(broadcaster.run(), name="broadcaster"),
            asyncio.create_task(tally.keep(context, broadcaster), name="tally"),
            asyncio.create_task(supervisor.run(), name="studies"),
            *office.start(),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(
        title="Metrostack",
        version=VERSION,
        summary="Meter warehouse and verification centre: deliveries, orders, stock, transports, devices, facts",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
    )
    app.state.context = context
    app.state.broadcaster = Broadcaster(context.picture)
    app.state.office = office
    app.state.throttle = Throttle()
    errors.install(app)
    for module in MODULES:
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(platform.router)

    settings = context.settings
    limiter = Limiter(settings.requests_per_s, settings.requests_burst)
    app.add_middleware(Wall, limiter=limiter, max_bytes=settings.max_body_bytes)
    mount_console(app)
    return app
