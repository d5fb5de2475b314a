"""Delivery plans: made from what is promised, changed by people, frozen, printed, exported, received."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.context import Context
from api.errors import Problem
from api.papers.shipping import Kind, shipping_note
from api.papers.stop_table import stops_csv, stops_workbook
from api.routes.clerking import PDF, XLSX, Head, Language
from api.routes.common import After, Ctx, Db, Key, Page, Serial, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from optimizer.effort import Effort
from wms.desk import Desk
from wms.shipping import handover, service, views
from wms.shipping.proposing import prepare, propose
from wms.shipping.rules import Place
from wms.shipping.service import Wanted
from wms.shipping.views import PlanView

router = APIRouter(tags=["shipping"], route_class=OnceRoute)
READER, CLERK, ENGINEER = needs(Role.VIEWER, machine=True), needs(Role.OPERATOR), needs(Role.ENGINEER)
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
Seconds = Annotated[float, Field(ge=0.1, le=30, description="How long to search, at most.")]
Number = Annotated[int, Field(strict=True, ge=0, lt=2**63)]


class NewPlan(BaseModel):
    """The deliveries of a day."""

    model_config = STRICT
    day: Annotated[str, Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    seconds: Seconds = 3.0


class Again(BaseModel):
    """How long to search."""

    model_config = STRICT
    seconds: Seconds = 3.0


class Move(BaseModel):
    """Where a stop shall be: vehicle, trip and position from 1; no vehicle: it is left out."""

    model_config = STRICT
    stop: Number
    vehicle: Annotated[str, Field(max_length=16)]
    trip: Annotated[int, Field(strict=True, ge=0, le=6)] = 1
    position: Annotated[int, Field(strict=True, ge=0, le=300)] = 1


class Received(BaseModel):
    """What a district has signed, and who signed it."""

    model_config = STRICT
    signed_by: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]$")]
    damaged: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    remark: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


@router.get("/shipping/plans", dependencies=[READER])
def list_plans(db: Db, after: After = 0, limit: Page = 200) -> list[PlanView]:
    """Return delivery plans by number, without their stops."""
    return views.plans(db, after=after, limit=limit)


@router.post("/shipping/plans", status_code=201)
def make_plan(body: NewPlan, key: Key, context: Ctx, who: Principal = CLERK) -> PlanView:
    """Plan what is promised and not on its way yet; the same Idempotency-Key gives the same plan again."""
    with context.reading() as db:
        service.check_day(body.day)
        if (old := service.known(Desk(db, context.now_ms()), key)) is not None:
            return show_plan(old, db)
    _prepare(context, body.day)
    with context.reading() as db:
        made = propose(Desk(db, context.now_ms()), body.day, Effort(seconds=body.seconds))
    with context.session() as db:
        desk = Desk(db, context.now_ms())
        number = service.enter(desk, Wanted(key, body.day), made, by=who.name)
        desk.close()
        db.commit()
        return show_plan(number, db)


@router.get("/shipping/plans/{number}", dependencies=[READER])
def show_plan(number: Serial, db: Db) -> PlanView:
    """Return a plan with its stop table."""
    found = views.plan(db, number)
    if found is None:
        raise Problem(404, "unknown_plan", plan=number)
    return found


@router.post("/shipping/plans/{number}/again")
def plan_again(number: Serial, body: Again, context: Ctx, who: Principal = CLERK) -> PlanView:
    """Plan a draft anew with all that can be delivered now; what people have fixed stays on its vehicle."""
    with context.reading() as db:
        day = service.day_of(Desk(db, context.now_ms()), number)
    _prepare(context, day, number)
    with context.reading() as db:
        made = propose(Desk(db, context.now_ms()), day, Effort(seconds=body.seconds), plan=number)
    with context.session() as db:
        desk = Desk(db, context.now_ms())
        service.replace_by(desk, number, made, by=who.name)
        desk.close()
        db.commit()
        return show_plan(number, db)


@router.post("/shipping/plans/{number}/move")
def move_stop(number: Serial, body: Move, context: Ctx, db: WriteDb, who: Principal = CLERK) -> PlanView:
    """Take a stop of a draft elsewhere and fix it there, or leave it out."""
    desk = Desk(db, context.now_ms())
    service.move(desk, number, Place(body.stop, body.vehicle, body.trip, body.position), by=who.name)
    desk.close()
    db.commit()
    return show_plan(number, db)


@router.post("/shipping/plans/{number}/freeze")
def freeze_plan(number: Serial, context: Ctx, db: WriteDb, who: Principal = CLERK) -> PlanView:
    """Freeze a draft: notes are issued and pallets called to the docks, the last stops of each trip first."""
    desk = Desk(db, context.now_ms())
    service.freeze(desk, number, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return show_plan(number, db)


@router.post("/shipping/plans/{number}/cancel")
def cancel_plan(number: Serial, context: Ctx, db: WriteDb, who: Principal = ENGINEER) -> PlanView:
    """Take a plan back of which nothing has been called yet."""
    desk = Desk(db, context.now_ms())
    service.cancel(desk, number, by=who.name)
    desk.close()
    db.commit()
    return show_plan(number, db)


@router.get("/shipping/plans/{number}/stops.csv", dependencies=[READER], response_class=Response)
def export_csv(number: Serial, db: Db, lang: Language = "en") -> Response:
    """Return the stop table as CSV."""
    made = stops_csv(show_plan(number, db), lang)
    return Response(made, media_type="text/csv", headers=_file(f"stops-{number}.csv"))


@router.get("/shipping/plans/{number}/stops.xlsx", dependencies=[READER], response_class=Response)
def export_workbook(number: Serial, db: Db, lang: Language = "en") -> Response:
    """Return the stop table as an Excel workbook."""
    made = stops_workbook(show_plan(number, db), lang)
    return Response(made, media_type=XLSX, headers=_file(f"stops-{number}.xlsx"))


@router.get("/shipping/stops/{stop}/{kind}.pdf", dependencies=[READER], response_class=Response)
def print_note(stop: Serial, kind: Kind, db: Db, head: Head) -> Response:
    """Return the delivery note or the receipt note of a stop as PDF, in English or Chinese."""
    found = views.note(db, stop)
    if found is None:
        raise Problem(404, "unknown_stop", stop=stop)
    name = f"{found.stop.note}-{kind}-{head.language}.pdf"
    return Response(shipping_note(found, kind, head), media_type=PDF, headers=_file(name))


@router.post("/shipping/stops/{stop}/received")
def receive_stop(stop: Serial, body: Received, context: Ctx, db: WriteDb, who: Principal = CLERK) -> dict[str, str]:
    """Book what a district has signed on its receipt note, and who signed it."""
    desk = Desk(db, context.now_ms())
    handover.receive(desk, stop, handover.Receipt(**body.model_dump()), by=who.name)
    desk.close()
    db.commit()
    return {"state": "received"}


@router.post("/shipping/stops/{stop}/leave")
def leave_rest(stop: Serial, context: Ctx, db: WriteDb, who: Principal = CLERK) -> dict[str, int]:
    """Let the vehicle go without what has not come to the dock for a stop; that waits for another plan."""
    desk = Desk(db, context.now_ms())
    meters = handover.leave(desk, stop, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return {"meters": meters}


def _prepare(context: Context, day: str, plan: int | None = None) -> None:
    """Divide lines that no vehicle takes at once, before the search begins and without holding up writers meanwhile."""
    with context.session() as db:
        desk = Desk(db, context.now_ms())
        if prepare(desk, day, plan=plan):
            desk.close()
            db.commit()


def _file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
