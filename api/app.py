"""The face as one ASGI application: routers, guards, console and headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from api import errors
from api.console_files import mount_console
from api.context import Context
from api.live import Broadcaster
from api.routes import deliveries, devices, facts, health, live, logins, orders, plant, stock, transports
from api.security.guard import Throttle

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DOCS_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def make_app(context: Context) -> FastAPI:
    """Return the face of one site."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(app.state.broadcaster.run(), name="broadcaster")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = FastAPI(
        title="Metrostack",
        version="1",
        summary="Meter warehouse and verification centre: deliveries, orders, stock, transports, devices, facts",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        max_body_size=context.settings.max_body_bytes,
        lifespan=lifespan,
    )
    app.state.context = context
    app.state.broadcaster = Broadcaster(context.picture)
    app.state.throttle = Throttle()
    errors.install(app)
    for module in (health, logins, plant, deliveries, orders, stock, transports, devices, facts, live):
        app.include_router(module.router, prefix="/api/v1")

    @app.middleware("http")
    async def add_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.path.startswith("/api/"):
            response.headers.setdefault("cache-control", "no-store")
        return response

    mount_console(app)
    return app
