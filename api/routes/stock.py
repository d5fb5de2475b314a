"""Stock: totals, where a code is, what each slot holds, what somebody must look into."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.routes.common import Db, Page
from api.security.guard import needs
from api.security.roles import Role
from wms.stock import views
from wms.stock.views import ClarificationView, CodeView, Found, SlotView, Totals

router = APIRouter(tags=["stock"], dependencies=[])
Code = Annotated[str, Query(min_length=1, max_length=64)]


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
