"""Seals: ranges received, rolls loaded into cells, and what became of every number."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.routes.clerking import CLERK, QUALITY, READER, STRICT, AsClerk, AsQuality, Text
from api.routes.common import After, Ctx, Db, Page
from api.routes.once import OnceRoute
from wms.errors import Refused
from wms.seals import ledger, service, views
from wms.seals.rules import LONGEST, MOST_AT_ONCE, MOST_DIGITS
from wms.seals.views import MagazineView, RangeView, SealView

router = APIRouter(tags=["seals"], route_class=OnceRoute)
Cell = Annotated[str, Path(min_length=1, max_length=40)]
Number = Annotated[int, Field(ge=0, lt=10**MOST_DIGITS)]
Seal = Annotated[str, Field(max_length=LONGEST)]


class Received(BaseModel):
    """A range of seals: prefix and consecutive numbers of so many digits."""

    model_config = STRICT
    prefix: Seal = ""
    first: Number
    last: Number
    digits: Annotated[int, Field(ge=1, le=MOST_DIGITS)] = 8


class Loaded(BaseModel):
    """Seals for the magazine of a cell: of one range, or the oldest first."""

    model_config = STRICT
    count: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]
    of_range: Annotated[int, Field(ge=0, lt=2**63)] = 0


class Warned(BaseModel):
    """How many hours before its end a magazine is to be warned of."""

    model_config = STRICT
    hours: Annotated[float, Field(gt=0, le=240)]


class Voided(BaseModel):
    """A seal, or all that are on a meter, and why they are void."""

    model_config = STRICT
    seal: Seal = ""
    bar_code: Annotated[str, Field(max_length=64)] = ""
    reason: Text


class RollView(BaseModel):
    """A roll: its first seal, and how many follow, itself included."""

    number: int
    cell: str
    first: str
    count: int


@router.get("/seals", dependencies=[READER])
def find_seals(
    db: Db, seal: Annotated[str, Query(max_length=LONGEST)] = "", bar_code: Annotated[str, Query(max_length=64)] = ""
) -> list[SealView]:
    """Return a seal by its number, or those that are or were on a meter."""
    return views.seals_of(db, seal=seal, bar_code=bar_code)


@router.get("/seals/account", dependencies=[READER])
def account(db: Db) -> dict[str, int]:
    """Return how many seals there are of each kind; received is the sum of all the others."""
    return views.account(db)


@router.get("/seals/ranges", dependencies=[READER])
def list_ranges(db: Db, after: After = 0, limit: Page = 200) -> list[RangeView]:
    """Return the ranges that were received."""
    return views.ranges(db, after=after, limit=limit)


@router.post("/seals/ranges", status_code=201, dependencies=[CLERK])
def receive(body: Received, clerk: AsClerk) -> list[RangeView]:
    """Enter a range of seals that was received; none of them may be known."""
    span = {"prefix": body.prefix, "first": body.first, "last": body.last, "digits": body.digits}
    number = service.receive_range(clerk.desk.session, **span, by=clerk.name, at_ms=clerk.desk.at_ms)  # type: ignore[arg-type]
    clerk.done()
    return views.ranges(clerk.desk.session, after=number - 1, limit=1)


@router.get("/seals/magazines", dependencies=[READER])
def list_magazines(db: Db, context: Ctx) -> list[MagazineView]:
    """Return what is left in each cell, and how long it lasts."""
    return views.magazines(db, at_ms=context.now_ms())


@router.post("/seals/magazines/{cell}/load", status_code=201, dependencies=[CLERK])
def load(cell: Cell, body: Loaded, context: Ctx, clerk: AsClerk) -> list[RollView]:
    """Load seals into the magazine of a sealing cell."""
    if cell not in context.plant.devices:
        raise Refused("unknown_cell", cell=cell)
    said = {"cell": cell, "count": body.count, "of_range": body.of_range, "by": clerk.name}
    rolls = service.feed(clerk.desk.session, **said, at_ms=clerk.desk.at_ms)  # type: ignore[arg-type]
    clerk.done()
    context.ring()
    return [RollView.model_validate(one, from_attributes=True) for one in rolls]


@router.put("/seals/magazines/{cell}/warning", dependencies=[CLERK])
def warn(cell: Cell, body: Warned, context: Ctx, clerk: AsClerk) -> list[MagazineView]:
    """Say how many hours before its end a magazine is to be warned of."""
    service.warn_at(clerk.desk.session, cell, hours=body.hours)
    clerk.done()
    return views.magazines(clerk.desk.session, at_ms=context.now_ms())


@router.post("/seals/void", dependencies=[QUALITY])
def void(body: Voided, clerk: AsQuality) -> list[SealView]:
    """Make a seal void, or all that are on a meter; none is used again."""
    if bool(body.seal) == bool(body.bar_code):
        raise Refused("seal_or_meter")
    if body.seal:
        ledger.void(clerk.desk, body.seal, reason=body.reason, by=clerk.name)
    else:
        ledger.void_of(clerk.desk, [body.bar_code], reason=body.reason, by=clerk.name)
    clerk.done()
    return views.seals_of(clerk.desk.session, seal=body.seal, bar_code=body.bar_code)
