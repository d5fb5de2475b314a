"""Stock: totals, where a code is, what each slot holds and why, moves that pay, what somebody must look into."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.routes.common import Ctx, Db, Page, WriteDb
from api.routes.once import OnceRoute
from api.security.guard import needs
from api.security.roles import Role
from wms.stock import choices, views
from wms.stock.choices import ChoiceView
from wms.stock.views import ClarificationView, CodeView, Found, SlotView, Totals
from wms.tidy import service as tidy

router = APIRouter(tags=["stock"], route_class=OnceRoute)
Code = Annotated[str, Query(min_length=1, max_length=64)]
Moves = Annotated[int, Query(ge=1, le=1_000)]


class Tidy(BaseModel):
    """How many pallets may be moved at most."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"moves": 20}]})
    moves: Annotated[int, Field(strict=True, ge=1, le=1_000)]


class TidyView(BaseModel):
    """The best moves of the moment, and those that are planned, on their way or done."""

    plan: dict[str, Any]
    booked: list[dict[str, Any]]


@router.get("/stock/totals", dependencies=[needs(Role.VIEWER, machine=True)])
def totals(db: Db) -> Totals:
    """Return the account of the stock in meters, and how full the racks are."""
    return views.totals(db)


@router.get("/stock/find", dependencies=[needs(Role.VIEWER, machine=True)])
def find(code: Code, db: Db) -> list[Found]:
    """Return everything that goes by a code: meter, box, pile, pallet, lot or slot."""
    return views.find(db, code)


@router.get("/stock/slots", dependencies=[needs(Role.VIEWER)])
def slots(db: Db, after: str = "", limit: Annotated[int, Query(ge=1, le=20_000)] = 5_000) -> list[SlotView]:
    """Return slots by name, from behind `after`."""
    return [slot for slot in views.slot_map(db) if slot.id > after][:limit]


@router.get("/stock/why", dependencies=[needs(Role.VIEWER, machine=True)])
def why(pallet: Code, db: Db) -> list[ChoiceView]:
    """Return why a pallet got its slots, the newest first."""
    return choices.history(db, pallet)


@router.get("/stock/tidy", dependencies=[needs(Role.VIEWER)])
def tidy_preview(context: Ctx, db: Db, moves: Moves = 20) -> TidyView:
    """Return the best moves of this moment with what they gain, and what is planned already."""
    plan = tidy.preview(db, context.plant, moves=moves, at_ms=context.now_ms())
    return TidyView(plan=asdict(plan), booked=tidy.moves(db))


@router.post("/stock/tidy", status_code=201, dependencies=[needs(Role.OPERATOR)])
def tidy_go(body: Tidy, context: Ctx, db: WriteDb) -> TidyView:
    """Plan the best moves in place of earlier ones; they are made while their cranes have nothing else to do."""
    plan = tidy.go(db, context.plant, moves=body.moves, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return TidyView(plan=asdict(plan), booked=tidy.moves(db))


@router.delete("/stock/tidy", dependencies=[needs(Role.OPERATOR)])
def tidy_stop(context: Ctx, db: WriteDb) -> dict[str, int]:
    """Drop the moves that are planned and not on their way."""
    dropped = tidy.stop(db, at_ms=context.now_ms())
    db.commit()
    return {"dropped": dropped}


@router.get("/stock/lots", dependencies=[needs(Role.VIEWER, machine=True)])
def lots(db: Db) -> list[dict[str, Any]]:
    """Return every lot with its meters by state."""
    return views.lots(db)


@router.get("/stock/clarifications", dependencies=[needs(Role.VIEWER)])
def clarifications(db: Db, live: bool = True, limit: Page = 200) -> list[ClarificationView]:
    """Return what a person must look into, the oldest first."""
    return views.clarifications(db, open_only=live, limit=limit)


@router.get("/codes/{name}", dependencies=[needs(Role.VIEWER, machine=True)])
def codes(name: str, db: Db) -> list[CodeView]:
    """Return a code table, e.g. asset_state."""
    return views.code_table(db, name)
