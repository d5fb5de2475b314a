"""Units on the floor: where each is, what it waits for, and a hand to send one on that nobody has directed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import Ctx, Db, WriteDb
from api.routes.once import OnceRoute
from api.security.guard import needs
from api.security.roles import Role
from plc.plant.graph import next_hop
from wcs import orders, views
from wcs.orders import OrderKind
from wcs.views import OrderView, UnitView

router = APIRouter(tags=["units"], route_class=OnceRoute)


class Send(BaseModel):
    """Where a unit shall go: a station's point, a line or a dock; slots are the put-away rule's business."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"destination": "CL"}]})
    destination: Annotated[str, Field(min_length=1, max_length=41)]


@router.get("/units", dependencies=[needs(Role.VIEWER)])
def list_units(db: Db) -> list[UnitView]:
    """Return every unit on the floor, with what it waits for."""
    return views.units(db)


@router.post("/units/{unit}/send", status_code=201, dependencies=[needs(Role.OPERATOR)])
def send_unit(unit: str, body: Send, context: Ctx, db: WriteDb) -> OrderView:
    """Send a unit on that stands and belongs to no order, e.g. one held at goods-in to clarification."""
    found = next((one for one in views.units(db) if one.id == unit), None)
    if found is None:
        raise Problem(404, "unknown_unit", unit=unit[:40])
    if found.order:
        raise Problem(409, "unit_has_order", unit=unit, order=found.order)
    known = body.destination in context.plant.points or body.destination in context.plant.devices
    if not known or next_hop(context.plant, found.at, body.destination) is None:
        raise Problem(422, "no_way_there", at=found.at, destination=body.destination)
    key = f"sent:{unit}:{found.at}:{context.now_ms()}"
    number = orders.submit(
        db, key=key, kind=OrderKind.TRANSFER, unit=unit, source=found.at, destination=body.destination
    )
    db.commit()
    context.ring()
    asked = views.order(db, number)
    assert asked is not None
    return asked
