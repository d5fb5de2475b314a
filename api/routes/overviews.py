"""What the pages of marketing's business ask for at a glance; everything here only reads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.routes.common import Db, Serial
from api.security.guard import needs
from api.security.roles import Role
from wms.marketing import overviews
from wms.marketing.overviews import PlannedRow, RefreshedView, ReturnedMeter, Sought
from wms.marketing.return_views import ReturnView
from wms.marketing.task_views import TaskView

router = APIRouter(tags=["overviews"])
READER = needs(Role.VIEWER, machine=True)
Words = Annotated[str, Query(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$", description="Stand in its number or lot.")]
Before = Annotated[int, Query(ge=0, lt=2**63, description="Only those before this number; 0 for the newest.")]
Few = Annotated[int, Query(ge=1, le=100, description="At most so many; each has its lot counted.")]


@router.get("/overviews/tasks", dependencies=[READER])
def list_newest_tasks(
    db: Db, words: Words = "", live: bool = False, *, before: Before = 0, limit: Few = 25
) -> list[TaskView]:
    """Return tasks, the newest first, each with its meters by stage."""
    return overviews.newest_tasks(db, Sought(words, live, before, limit))


@router.get("/overviews/returns", dependencies=[READER])
def list_newest_returns(db: Db, before: Before = 0, limit: Few = 50) -> list[ReturnView]:
    """Return what came back, the newest first, without boxes and claims."""
    return overviews.newest_returns(db, before=before, limit=limit)


@router.get("/overviews/returns/{number}/meters", dependencies=[READER])
def list_returned_meters(number: Serial, db: Db) -> list[ReturnedMeter]:
    """Return the meters of a return, listed or found; none for a return that there is not."""
    return overviews.returned_meters(db, number)


@router.get("/overviews/demand", dependencies=[READER])
def list_planned(db: Db) -> list[PlannedRow]:
    """Return what districts plan to take, by month, model and district."""
    return overviews.planned(db)


@router.get("/overviews/codes", dependencies=[READER])
def list_refreshes(db: Db) -> list[RefreshedView]:
    """Return when the code tables of each generation were last asked for."""
    return overviews.refreshes(db)
