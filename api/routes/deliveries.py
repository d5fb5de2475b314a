"""Deliveries: check a file, announce it, see what has come."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import After, Ctx, Db, Page, Serial, WriteDb, file_body, whole_body
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role, includes
from wms.inbound import service, views
from wms.inbound.service import Intake
from wms.inbound.views import InboundView

router = APIRouter(tags=["deliveries"], route_class=OnceRoute)
Asn = Annotated[bytes, Depends(whole_body)]
BODY = file_body("The ASN as CSV or JSON, one row a meter; UTF-8 or GB 18030.")


class Close(BaseModel):
    """Why a delivery is closed although pallets never came."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class Damaged(BaseModel):
    """What is wrong with a pallet."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class Extra(BaseModel):
    """The delivery that an unannounced pallet came with."""

    model_config = ConfigDict(extra="forbid")
    order: Annotated[int, Field(ge=1, lt=2**63)]


@router.post("/deliveries/check", dependencies=[needs(Role.VIEWER, machine=True)], openapi_extra=BODY)
def check(content: Asn) -> dict[str, Any]:
    """Check a delivery file as far as the file alone can tell; nothing is stored."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "delivery"
        path.write_bytes(content)
        return plain(service.check_file(path))


@router.post("/deliveries", status_code=201, openapi_extra=BODY)
def announce(
    content: Asn,
    context: Ctx,
    db: WriteDb,
    quarantine: Annotated[bool, Query(description="Take the good boxes, book bad ones for clarification.")] = False,
    who: Principal = needs(Role.OPERATOR, machine=True),
) -> dict[str, Any]:
    """Take a delivery in as a whole, or refuse it with every bad row named and nothing stored."""
    if quarantine and not includes(who.role, Role.ENGINEER):
        raise Problem(403, "role_for_quarantine")
    taken = service.import_delivery(db, content, at_ms=context.now_ms(), quarantine=quarantine, between=db.commit)
    if not taken.order:
        db.rollback()
        raise Problem(422, "delivery_refused", count=len(taken.problems), problems=[asdict(p) for p in taken.problems])
    db.commit()
    context.ring()
    return plain(taken)


@router.get("/deliveries", dependencies=[needs(Role.VIEWER, machine=True)])
def list_deliveries(db: Db, after: After = 0, limit: Page = 200) -> list[InboundView]:
    """Return deliveries by number: expected, received, short, extra and damaged pallets."""
    return views.deliveries(db, after=after, limit=limit)


@router.get("/deliveries/{number}", dependencies=[needs(Role.VIEWER, machine=True)])
def show_delivery(number: Serial, db: Db) -> InboundView:
    """Return one delivery."""
    found = views.delivery(db, number)
    if found is None:
        raise Problem(404, "unknown_inbound_order", order=number)
    return found


@router.post("/deliveries/{number}/close", dependencies=[needs(Role.OPERATOR)])
def close_delivery(number: Serial, body: Close, context: Ctx, db: WriteDb) -> InboundView:
    """Close a delivery short: the pallets that never came are written off it."""
    service.close_short(db, number, reason=body.reason, at_ms=context.now_ms())
    db.commit()
    return show_delivery(number, db)


@router.post("/pallets/{pallet}/damaged", dependencies=[needs(Role.OPERATOR)])
def report_damaged(pallet: str, body: Damaged, context: Ctx, db: WriteDb) -> dict[str, str]:
    """Set a damaged pallet aside: nothing on it is verified or promised until somebody has looked."""
    service.report_damaged(db, pallet, reason=body.reason, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return {"state": "set_aside"}


@router.post("/pallets/{pallet}/extra", dependencies=[needs(Role.ENGINEER)])
def accept_extra(pallet: str, body: Extra, context: Ctx, db: WriteDb) -> dict[str, str]:
    """Take in a pallet that nobody announced."""
    service.accept_extra(db, pallet, order=body.order, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return {"state": "accepted"}


def plain(taken: Intake) -> dict[str, Any]:
    """Return what became of a delivery as JSON types."""
    return asdict(taken)
