"""Devices and PLCs as they stand, and what was said on their wires."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.errors import Problem
from api.routes.common import Ctx, Db
from api.security.guard import needs
from api.security.roles import Role
from wcs import views

router = APIRouter(tags=["devices"])


class DeviceState(BaseModel):
    """A device: where it hangs, whether its PLC is in reach and soft, and its fault code (0: none)."""

    id: str
    kind: str
    plc: str
    index: int
    online: bool
    soft: bool
    fault: int
    fault_ms: int
    seen: dict[str, Any]


@router.get("/devices", dependencies=[needs(Role.VIEWER)])
def list_devices(context: Ctx, db: Db) -> list[DeviceState]:
    """Return every device of the plant."""
    memos, picture = views.devices(db), context.picture.snapshot()
    links, seen = picture.get("links", {}), picture.get("devices", {})
    return [
        DeviceState(
            id=spec.id,
            kind=spec.kind.value,
            plc=spec.plc,
            index=spec.index,
            online=bool(links.get(spec.plc, {}).get("online")),
            soft=bool(links.get(spec.plc, {}).get("soft")),
            fault=memos[spec.id].fault if spec.id in memos else 0,
            fault_ms=memos[spec.id].fault_ms if spec.id in memos else 0,
            seen=seen.get(spec.id, {}),
        )
        for spec in context.plant.devices.values()
    ]


@router.get("/plcs", dependencies=[needs(Role.VIEWER)])
def list_plcs(context: Ctx) -> dict[str, Any]:
    """Return every PLC: in reach, soft, and its telegrams sent, repeated and refused."""
    return context.picture.snapshot().get("links", {})


@router.get("/plcs/{plc}/telegrams", dependencies=[needs(Role.ENGINEER)])
def list_telegrams(plc: str, context: Ctx, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[dict[str, Any]]:
    """Return the newest telegrams of a PLC from the flight recorder."""
    if plc not in context.plant.plcs:
        raise Problem(404, "unknown_plc", plc=plc[:40])
    return context.telegrams(plc, limit)
