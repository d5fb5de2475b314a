"""What the scheduling platform is asked on somebody's wish: tasks, parameters of meters, schemes, stock, chips."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.context import Context
from api.errors import Problem
from api.marketing.asking import Line
from api.marketing.connection import Connection, connection_of
from api.marketing.platform import Books
from api.routes.clerking import STRICT
from api.routes.common import Ctx
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.marketing.platform import asking, taking
from wms.marketing.platform.asking import MOST_BAR_CODES

router = APIRouter(
    tags=["platform"], responses={502: {"description": "The platform is silent, refuses, or is not understood."}}
)
READER, WRITER = needs(Role.VIEWER, machine=True), needs(Role.OPERATOR, machine=True)
BarCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,32}$")]
Word = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,32}$")]
Platform = Annotated[str, Query(max_length=40, description="Which platform, by its receiver; else the first.")]


class ByMeter(BaseModel):
    """A meter whose task is fetched."""

    model_config = STRICT
    bar_code: BarCode


class Chip(BaseModel):
    """The chip of a communication module on a meter; `written_ms` is plant time."""

    model_config = STRICT
    bar_code: BarCode
    kind: Annotated[str, Field(min_length=1, max_length=8)]
    module: BarCode
    chip: Annotated[str, Field(min_length=1, max_length=64)]
    written_ms: Annotated[int, Field(ge=0, lt=2**45)] = 0


class Chips(BaseModel):
    """Chips of one task, to be checked whether they are legal."""

    model_config = STRICT
    task: Word
    modules: Annotated[list[Chip], Field(min_length=1, max_length=500)]


@asynccontextmanager
async def line_to(context: Context, told: Connection) -> AsyncIterator[Line]:
    """Give a way to ask a platform."""
    book = await run_in_threadpool(Books(told.site.generation, context.reading))
    async with httpx.AsyncClient(timeout=told.timeout_s) as client:
        yield Line(client, told.url, told.site, book, told.key)


@router.post("/platform/tasks", dependencies=[WRITER])
async def fetch_task(body: ByMeter, context: Ctx, receiver: Platform = "") -> dict[str, Any]:
    """Fetch the task that a meter is to be verified for (getVeriTask) and take it in; once, however often it comes."""
    told = connection_of(context, receiver)
    async with line_to(context, told) as line:
        said = await line.ask(asking.task_by_meter(body.bar_code, told.site))
    if said is None:
        raise Problem(404, "no_task_for_meter", bar_code=body.bar_code)

    def take() -> None:
        sender = taking.Sender(told.name, approval=told.site.approval, trigger=told.site.trigger)
        with context.session() as session:
            desk = Desk(session, context.now_ms())
            taking.take(desk, sender, "task_given", said)
            desk.close()
            session.commit()

    await run_in_threadpool(take)
    context.ring()
    return said


@router.get("/platform/meters", dependencies=[READER])
async def meters(
    context: Ctx, bar_code: Annotated[list[BarCode], Query(min_length=1, max_length=MOST_BAR_CODES)],
    receiver: Platform = "",
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the parameters of meters as the platform has them (getEquipParam)."""
    told = connection_of(context, receiver)
    async with line_to(context, told) as line:
        return await line.ask(asking.meters("meter", line.book, bar_codes=bar_code))


@router.get("/platform/schemes/{number}", dependencies=[READER])
async def scheme(number: Annotated[str, Path(pattern=r"^\d{1,32}$")], context: Ctx, receiver: Platform = "") -> Any:
    """Return a test scheme of the platform with its steps (getVeriSchInfo)."""
    async with line_to(context, connection_of(context, receiver)) as line:
        return await line.ask(asking.scheme(number))


@router.get("/platform/stock/{task}", dependencies=[READER])
async def stock(
    task: Annotated[str, Path(pattern=r"^[\x21-\x7e]{1,32}$")], context: Ctx, receiver: Platform = ""
) -> list[dict[str, str]]:
    """Return what the platform gives out of stock for a task, meter by meter (getEquipDET)."""
    async with line_to(context, connection_of(context, receiver)) as line:
        return await line.stock(task)


@router.post("/platform/chips", dependencies=[WRITER])
async def chips(body: Chips, context: Ctx, receiver: Platform = "") -> dict[str, bool]:
    """Return for each meter whether the chip of its module is legal (getLegalCertRslt)."""
    told = connection_of(context, receiver)
    rows = [{name: str(value) for name, value in one.model_dump().items()} for one in body.modules]
    async with line_to(context, told) as line:
        return await line.ask(asking.chips(body.task, rows, told.site))
