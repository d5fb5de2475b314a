"""Transport orders, their missions, and why they wait."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import After, Ctx, Db, Page, Serial, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wcs import orders, views
from wcs.views import AlarmView, MissionView, OrderView

router = APIRouter(tags=["transports"], route_class=OnceRoute)


class Cancel(BaseModel):
    """Why an order is taken back."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class OrderWithMissions(BaseModel):
    """A transport order with every mission it has had."""

    order: OrderView
    missions: list[MissionView]


@router.get("/transports", dependencies=[needs(Role.VIEWER)])
def list_transports(
    db: Db, live: bool = True, unit: str | None = None, after: After = 0, limit: Page = 200
) -> list[OrderView]:
    """Return transport orders by number, those that have ended only with `live=false`."""
    return views.orders(db, live_only=live, unit=unit, after=after, limit=limit)


@router.get("/transports/{number}", dependencies=[needs(Role.VIEWER)])
def show_transport(number: Serial, db: Db) -> OrderWithMissions:
    """Return one transport order, with why it waits and every mission it has had."""
    found = views.order(db, number)
    if found is None:
        raise Problem(404, "unknown_order", order=number)
    return OrderWithMissions(order=found, missions=views.missions(db, of_order=number))


@router.post("/transports/{number}/cancel")
def cancel_transport(
    number: Serial, body: Cancel, context: Ctx, db: WriteDb, _who: Principal = needs(Role.OPERATOR)
) -> dict[str, str]:
    """Take an order back: what moves comes to its next halt first."""
    orders.cancel(db, order=number, reason=body.reason)
    db.commit()
    context.ring()
    return {"state": "asked"}


@router.post("/transports/{number}/resume")
def resume_transport(
    number: Serial, context: Ctx, db: WriteDb, _who: Principal = needs(Role.OPERATOR)
) -> dict[str, str]:
    """Let a held order go on, after what held it has been put right."""
    orders.resume(db, order=number)
    db.commit()
    context.ring()
    return {"state": "asked"}


@router.get("/missions", dependencies=[needs(Role.VIEWER)])
def list_missions(db: Db, after: After = 0, limit: Page = 200) -> list[MissionView]:
    """Return missions by number."""
    return views.missions(db, after=after, limit=limit)


@router.get("/alarms", dependencies=[needs(Role.VIEWER)])
def list_alarms(db: Db, live: bool = True, limit: Page = 200) -> list[AlarmView]:
    """Return alarms, the most urgent first."""
    return views.alarms(db, open_only=live, limit=limit)
