"""The plant as the console draws it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.routes.common import Ctx
from api.security.guard import needs
from api.security.roles import Role

router = APIRouter(tags=["plant"])


@router.get("/plant", dependencies=[needs(Role.VIEWER)])
def show_plant(context: Ctx) -> dict[str, Any]:
    """Return the plant's geometry: points, segments, aisles, cranes, stations, lines and docks."""
    shown = {"name", "points", "segments", "zones", "aisles", "cranes", "stations", "lines", "docks", "scanners"}
    body = context.plant.model_dump(mode="json", include=shown)
    return body | {"now_ms": context.now_ms(), "plcs": list(context.plant.plcs)}
