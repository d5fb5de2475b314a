"""Tasks of marketing: take one in, answer its proposal, pause, change and take it back, call boxes back into stock."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import After, Ctx, Db, Page, Serial, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.marketing import ageing, back_to_stock, cancelling, proposals, sources, task_views, tasks
from wms.marketing.sources import Source
from wms.marketing.task_views import TaskView
from wms.marketing.tasks import Change, Wish

router = APIRouter(tags=["tasks"], route_class=OnceRoute)
READER, CLERK = needs(Role.VIEWER, machine=True), needs(Role.OPERATOR, machine=True)
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Priority = Annotated[int, Field(strict=True, ge=-100, le=100)]
Moment = Annotated[int, Field(strict=True, ge=0, le=9_007_199_254_740_991)]
Boxes = list[Name]
Why = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class NewTask(BaseModel):
    """A task as marketing words it; `quantity` 0 is the whole lot."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"task": "T2026-001", "lot": "LOT26-1PH-A", "quantity": 300}]}
    )
    task: Name
    lot: Text = ""
    source: Text = "first"
    model: Text = ""
    quantity: Whole = 0
    priority: Priority = 0
    line: Text = ""
    scheme: Text = ""
    due_ms: Moment = 0
    approval: bool = True
    """Whether proposals wait for an answer; else the order is made at once."""
    trigger: bool = False
    """Whether packed boxes go back into stock only when that is said."""
    aql: Annotated[str, Field(pattern=r"^\d{1,2}(\.\d{1,3})?$")] = "1.0"


class Answer(BaseModel):
    """What marketing says to a proposal; `without` names the boxes that it does not want."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["approved", "rejected"]
    answer: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    without: Annotated[Boxes, Field(max_length=10_000)] = []


class Pause(BaseModel):
    """Why a task is paused."""

    model_config = ConfigDict(extra="forbid")
    reason: Why


class Cancel(BaseModel):
    """Why a task is taken back, and what running benches do."""

    model_config = ConfigDict(extra="forbid")
    reason: Why
    ending: Literal["finish", "abort"] = "finish"


class Changes(BaseModel):
    """What is to be different; what is not named stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"priority": 10}]})
    priority: Priority | None = None
    due_ms: Moment | None = None
    quantity: Whole | None = None
    line: Name | None = None
    scheme: Text | None = None


class Trigger(BaseModel):
    """Boxes that shall go back into stock."""

    model_config = ConfigDict(extra="forbid")
    boxes: Annotated[Boxes, Field(min_length=1, max_length=10_000)]


@router.get("/tasks/sources", dependencies=[READER])
def list_sources(db: Db) -> list[Source]:
    """Return where tasks come from, and what each source means here."""
    return sources.sources(db)


@router.get("/tasks", dependencies=[READER])
def list_tasks(db: Db, live: bool = False, after: After = 0, limit: Page = 200) -> list[TaskView]:
    """Return tasks by number, with their proposals and what each waits for."""
    return task_views.tasks(db, open_only=live, after=after, limit=limit)


@router.post("/tasks", status_code=201)
def take_task(body: NewTask, context: Ctx, db: WriteDb, who: Principal = CLERK) -> TaskView:
    """Take a task in and propose what it needs; the same task sent again is the same task."""
    said = body.model_dump(exclude={"task"})
    sender = who.name if who.role is Role.MACHINE else ""
    desk = Desk(db, context.now_ms())
    tasks.take(desk, Wish(body.task, sender=sender, body=body.model_dump(), **said))
    return _done(desk, context, body.task)


@router.post("/tasks/aged", status_code=201)
def call_aged(
    context: Ctx, db: WriteDb, days: Annotated[int, Query(ge=1, le=3_650)] = ageing.DAYS, who: Principal = CLERK
) -> list[str]:
    """Make a task to re-check each lot with stock older than so many days; return their names."""
    desk = Desk(db, context.now_ms())
    made = ageing.call_back(desk, days=days, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return made


@router.get("/tasks/{task}", dependencies=[READER])
def show_task(task: str, db: Db) -> TaskView:
    """Return one task, with its meters by stage."""
    found = task_views.task(db, task)
    if found is None:
        raise Problem(404, "unknown_task", task=task[:64])
    return found


@router.post("/tasks/{task}/propose", dependencies=[CLERK])
def propose(task: str, context: Ctx, db: WriteDb) -> TaskView:
    """Propose what is in stock now, although more of the lot is on its way."""
    desk = Desk(db, context.now_ms())
    proposals.propose(desk, task, at_once=True)
    return _done(desk, context, task)


@router.post("/tasks/{task}/proposals/{number}", dependencies=[CLERK])
def answer_proposal(task: str, number: Serial, body: Answer, context: Ctx, db: WriteDb) -> TaskView:
    """Approve a proposal, which makes the order; or reject it, which makes another proposal."""
    desk = Desk(db, context.now_ms())
    if body.verdict == "approved":
        proposals.approve(desk, task, round_=number, answer=body.answer)
    else:
        proposals.reject(desk, task, round_=number, answer=body.answer, without=body.without)
    return _done(desk, context, task)


@router.post("/tasks/{task}/pause")
def pause_task(task: str, body: Pause, context: Ctx, db: WriteDb, who: Principal = CLERK) -> TaskView:
    """Send nothing more to a line for a task."""
    desk = Desk(db, context.now_ms())
    tasks.pause(desk, task, reason=body.reason, by=who.name)
    return _done(desk, context, task)


@router.post("/tasks/{task}/resume")
def resume_task(task: str, context: Ctx, db: WriteDb, who: Principal = CLERK) -> TaskView:
    """Let a paused task go on."""
    desk = Desk(db, context.now_ms())
    tasks.resume(desk, task, by=who.name)
    return _done(desk, context, task)


@router.post("/tasks/{task}/change")
def change_task(task: str, body: Changes, context: Ctx, db: WriteDb, who: Principal = CLERK) -> TaskView:
    """Change a task: urgency and due date at any time, the rest until its order is made."""
    desk = Desk(db, context.now_ms())
    tasks.change(desk, task, Change(**body.model_dump()), by=who.name)
    return _done(desk, context, task)


@router.post("/tasks/{task}/cancel")
def cancel_task(task: str, body: Cancel, context: Ctx, db: WriteDb, who: Principal = CLERK) -> TaskView:
    """Take a task back at any stage; what was issued for it is void."""
    desk = Desk(db, context.now_ms())
    cancelling.cancel(desk, task, reason=body.reason, ending=body.ending, by=who.name)
    return _done(desk, context, task)


@router.post("/tasks/{task}/back-to-stock")
def back_into_stock(task: str, body: Trigger, context: Ctx, db: WriteDb, who: Principal = CLERK) -> dict[str, int]:
    """Call packed boxes of a task back into stock; it may be said before they are packed."""
    desk = Desk(db, context.now_ms())
    new = back_to_stock.trigger(desk, task, body.boxes, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return {"new": new}


def _done(desk: Desk, context: Any, task: str) -> TaskView:
    desk.close()
    desk.session.commit()
    context.ring()
    return show_task(task, desk.session)
