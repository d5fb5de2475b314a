"""Returns from districts: announce, scan box by box, close; claims; boxes that people scrap or send to the maker."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import After, Ctx, Db, Key, Page, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import life, return_views, returns
from wms.marketing.return_views import ClaimView, ReturnView
from wms.marketing.returns import Scan

router = APIRouter(tags=["returns"], route_class=OnceRoute)
READER, CLERK = needs(Role.VIEWER, machine=True), needs(Role.OPERATOR, machine=True)
PERSON, ENGINEER = needs(Role.OPERATOR), needs(Role.ENGINEER)
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Number = Annotated[int, Field(ge=0, le=9_007_199_254_740_991)]


class ListedBox(BaseModel):
    """A box as the district lists it."""

    model_config = ConfigDict(extra="forbid")
    box: Name
    meters: Annotated[list[Name], Field(max_length=200)]


class NewReturn(BaseModel):
    """What a district says that it sends back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"district": "East", "kind": "sent_back", "boxes": [], "empties": 4}]},
    )
    district: Name
    kind: Literal["refused", "sent_back", "dismantled"]
    boxes: Annotated[list[ListedBox], Field(max_length=2_000)] = []
    empties: Annotated[int, Field(strict=True, ge=0, le=20_000)] = 0


class Scanned(BaseModel):
    """A box with every meter that was scanned in it, and the pallet that it was set onto."""

    model_config = ConfigDict(extra="forbid")
    box: Name
    meters: Annotated[list[Name], Field(min_length=1, max_length=200)]
    pallet: Name
    opened: bool = False
    broken: Annotated[list[Name], Field(max_length=200)] = []
    """Meters whose seal is broken."""


class Close(BaseModel):
    """How many empty boxes have come back."""

    model_config = ConfigDict(extra="forbid")
    empties: Annotated[int, Field(strict=True, ge=0, le=20_000)]


class Settled(BaseModel):
    """What the district has said to a claim."""

    model_config = ConfigDict(extra="forbid")
    answer: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class Settle(BaseModel):
    """What people make of boxes that stand still: verify again, send to the maker, scrap."""

    model_config = ConfigDict(extra="forbid")
    boxes: Annotated[list[Name], Field(min_length=1, max_length=1_000)]
    state: Literal["received", "to_maker", "scrapped"]
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


@router.get("/returns", dependencies=[READER])
def list_returns(db: Db, after: After = 0, limit: Page = 200) -> list[ReturnView]:
    """Return what came back, by number."""
    return return_views.returns(db, after=after, limit=limit)


@router.post("/returns", status_code=201, dependencies=[CLERK])
def announce_return(body: NewReturn, key: Key, context: Ctx, db: WriteDb) -> ReturnView:
    """Announce a return; the same Idempotency-Key gives the same one again."""
    desk = Desk(db, context.now_ms())
    boxes = {one.box: one.meters for one in body.boxes}
    if len(boxes) != len(body.boxes):
        count = Counter(one.box for one in body.boxes)
        raise Refused("box_listed_twice", box=", ".join(sorted(box for box, n in count.items() if n > 1)[:10]))
    said = {"district": body.district, "kind": body.kind, "boxes": boxes, "empties": body.empties}
    number = returns.announce(desk, key=key, **said)
    desk.close()
    db.commit()
    return show_return(number, db)


@router.get("/returns/claims", dependencies=[READER])
def list_claims(db: Db, live: bool = False) -> list[ClaimView]:
    """Return differences to what districts have listed."""
    return return_views.claims(db, open_only=live)


@router.get("/returns/{number}", dependencies=[READER])
def show_return(number: Number, db: Db) -> ReturnView:
    """Return one note with its boxes and claims."""
    found = return_views.note(db, number)
    if found is None:
        raise Problem(404, "unknown_return", note=number)
    return found


@router.post("/returns/{number}/scan")
def scan_box(number: Number, body: Scanned, context: Ctx, db: WriteDb, who: Principal = CLERK) -> ReturnView:
    """Book a box that came back as it was scanned; it is qualified at once, or goes to sorting."""
    desk = Desk(db, context.now_ms())
    found = Scan(body.box, tuple(body.meters), body.pallet, body.opened, tuple(body.broken))
    returns.scan(desk, number, found, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return show_return(number, db)


@router.post("/returns/{number}/close")
def close_return(number: Number, body: Close, context: Ctx, db: WriteDb, who: Principal = PERSON) -> ReturnView:
    """Close a return: what was listed and not found becomes a claim."""
    desk = Desk(db, context.now_ms())
    returns.close(desk, number, empties=body.empties, by=who.name)
    desk.close()
    db.commit()
    return show_return(number, db)


@router.post("/returns/claims/{number}/settle")
def settle_claim(number: Number, body: Settled, context: Ctx, db: WriteDb, who: Principal = PERSON) -> dict[str, str]:
    """Close a claim with what the district has said."""
    desk = Desk(db, context.now_ms())
    returns.settle_claim(desk, number, answer=body.answer, by=who.name)
    desk.close()
    db.commit()
    return {"state": "settled"}


@router.post("/stock/settle")
def settle_boxes(body: Settle, context: Ctx, db: WriteDb, who: Principal = ENGINEER) -> dict[str, int]:
    """Bring boxes from sorting or quarantine back to be verified, to their maker, or out of use for good."""
    desk = Desk(db, context.now_ms())
    meters = life.settle(desk, body.boxes, body.state, reason=body.reason, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return {"meters": meters}
