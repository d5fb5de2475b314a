"""Outbound orders: create, see how far they are, and why they are not finished."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import After, Ctx, Db, Key, Page, Serial, WriteDb
from api.routes.once import OnceRoute
from api.security.guard import needs
from api.security.roles import Role
from plc.plant.rules import Batching
from wms.line import planning
from wms.outbound import service, views
from wms.outbound.views import OrderView, Why

router = APIRouter(tags=["orders"], route_class=OnceRoute)
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Wish(BaseModel):
    """Meters of one model for one district; whole boxes are sent, never more than asked for."""

    model_config = ConfigDict(extra="forbid")
    district: Name
    model: Name
    quantity: Annotated[int, Field(strict=True, gt=0, le=1_000_000)]


class Distribution(BaseModel):
    """What districts ask for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"lines": [{"district": "East", "model": "DDZY2026", "quantity": 1500}]}]},
    )
    lines: Annotated[list[Wish], Field(min_length=1, max_length=1000)]


class Verification(BaseModel):
    """A lot to be verified on a line."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lot": "LOT26-1PH-A", "line": "VL1"}]})
    lot: Name
    line: Name
    scheme: Annotated[str, Field(max_length=64)] = ""
    """By which approved scheme; the one that is chosen for the meters and the purpose, if none is named."""
    purpose: Literal["first", "recheck", "sampling", "demo"] = "first"
    """recheck: what is qualified and in stock is verified once more."""


class Lots(BaseModel):
    """Lots to be verified."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lots": ["LOT26-1PH-A"]}]})
    lots: Annotated[list[Name], Field(min_length=1, max_length=80)]


class Cancel(BaseModel):
    """Why an order is taken back."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.post("/orders/distribution", status_code=201, dependencies=[needs(Role.OPERATOR, machine=True)])
def order_distribution(body: Distribution, key: Key, context: Ctx, db: WriteDb) -> OrderView:
    """Order meters for districts; the same Idempotency-Key gives the same order again."""
    lines = [(wish.district, wish.model, wish.quantity) for wish in body.lines]
    number = service.create_distribution(db, key=key, lines=lines, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return show_order(number, db)


@router.post("/orders/verification", status_code=201, dependencies=[needs(Role.OPERATOR, machine=True)])
def order_verification(body: Verification, key: Key, context: Ctx, db: WriteDb) -> OrderView:
    """Call a lot off to a line; the same Idempotency-Key gives the same order again."""
    number = service.create_verification(
        db, key=key, at_ms=context.now_ms(), lot=body.lot, line=body.line, scheme=body.scheme, purpose=body.purpose
    )
    db.commit()
    context.ring()
    return show_order(number, db)


@router.post("/orders/plan", dependencies=[needs(Role.OPERATOR)])
def plan_verifications(body: Lots, context: Ctx, db: Db) -> dict[str, Any]:
    """Plan lots onto lines, and return it with the bound: greedy, or searched for if the plant's rule is `planned`."""
    rules = context.plant.rules
    seconds = rules.plan_s if rules.batches is Batching.PLANNED else 0.0
    return asdict(planning.plan_lots(db, context.plant, body.lots, seconds=seconds))


@router.get("/orders", dependencies=[needs(Role.VIEWER, machine=True)])
def list_orders(db: Db, live: bool = False, after: After = 0, limit: Page = 200) -> list[OrderView]:
    """Return orders by number, with their progress and why each is not finished."""
    return views.orders(db, open_only=live, after=after, limit=limit)


@router.get("/orders/{number}", dependencies=[needs(Role.VIEWER, machine=True)])
def show_order(number: Serial, db: Db) -> OrderView:
    """Return one order."""
    found = views.order(db, number)
    if found is None:
        raise Problem(404, "unknown_outbound_order", order=number)
    return found


@router.get("/orders/{number}/why", dependencies=[needs(Role.VIEWER, machine=True)])
def why(number: Serial, db: Db) -> list[Why]:
    """Return why an order is not finished."""
    return show_order(number, db).why


@router.post("/orders/{number}/cancel", dependencies=[needs(Role.OPERATOR)])
def cancel_order(number: Serial, body: Cancel, context: Ctx, db: WriteDb) -> OrderView:
    """Take an order back, as far as it is not at work already."""
    service.cancel_order(db, number, reason=body.reason, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return show_order(number, db)


@router.post("/orders/{number}/resume", dependencies=[needs(Role.OPERATOR)])
def resume_order(number: Serial, context: Ctx, db: WriteDb) -> OrderView:
    """Let pallets of an order move again that were stopped."""
    service.resume_order(db, number, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return show_order(number, db)
