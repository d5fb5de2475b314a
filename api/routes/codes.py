"""Code tables that a utility owns: shown, asked for at its platform, and given a meaning by an engineer."""

from __future__ import annotations

from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.marketing.asking import Line
from api.marketing.connection import connection_of
from api.marketing.platform import Books
from api.routes.clerking import STRICT
from api.routes.common import Ctx, Db, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.stock import code_tables
from wms.stock.code_tables import CodeView, Refreshed

router = APIRouter(tags=["codes"], route_class=OnceRoute)
TableName = Annotated[str, Path(pattern=r"^gen[12]\.[a-z_]{1,40}$")]
OF_THE_PLATFORM: Any = {502: {"description": "The platform is silent, refuses, or is not understood."}}
Code = Annotated[str, Path(min_length=1, max_length=128)]


class Meaning(BaseModel):
    """What a code means to us; empty: nothing."""

    model_config = STRICT
    role: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,40}$")]


class RefreshView(BaseModel):
    """What a refresh has brought. `without_role`: new codes that mean nothing to us yet."""

    new: int
    renamed: int
    without_role: list[str]
    foreign: list[str]


@router.get("/codes", dependencies=[needs(Role.VIEWER, machine=True)])
def list_codes(db: Db, table: Annotated[str, Query(max_length=64)] = "") -> list[CodeView]:
    """Return the code tables of both generations, or one of them ("gen2.task_state")."""
    return code_tables.views(db, table)


@router.put("/codes/{table}/{code}")
def give_meaning(
    table: TableName, code: Code, body: Meaning, context: Ctx, db: WriteDb, *, who: Principal = needs(Role.ENGINEER)
) -> list[CodeView]:
    """Give a code of the utility a meaning; booked with who did it."""
    desk = Desk(db, context.now_ms())
    code_tables.assign(desk, table, code, role=body.role, by=who.name)
    desk.close()
    db.commit()
    return code_tables.views(db, table)


@router.post("/codes/refresh", dependencies=[needs(Role.ENGINEER)], responses=OF_THE_PLATFORM)
async def refresh(context: Ctx, receiver: Annotated[str, Query(max_length=40)] = "") -> RefreshView:
    """Ask the platform for its code tables (getStdCodes) and take over what is new."""
    told = connection_of(context, receiver)
    book = await run_in_threadpool(Books(told.site.generation, context.reading))
    async with httpx.AsyncClient(timeout=told.timeout_s) as client:
        listed = await Line(client, told.url, told.site, book, told.key).codes()

    def take_over() -> Refreshed:
        with context.session() as session:
            desk = Desk(session, context.now_ms())
            found = code_tables.refresh(desk, told.site.generation, listed)
            desk.close()
            session.commit()
            return found

    found = await run_in_threadpool(take_over)
    return RefreshView(
        new=found.new, renamed=found.renamed, without_role=list(found.without_role), foreign=list(found.foreign)
    )
