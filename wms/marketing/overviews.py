"""What a clerk's pages show at a glance: newest tasks by stage, meters of a return, demand by district, refreshes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wcs.store import FactRow
from wms.marketing import return_views, task_views
from wms.marketing.demand_tables import DemandRow
from wms.marketing.return_tables import ReturnMeterRow, ReturnRow
from wms.marketing.return_views import ReturnView
from wms.marketing.tables import TaskRow
from wms.marketing.task_views import OVER, TaskView
from wms.rows import table
from wms.stock.code_tables import GENERATIONS

_task, _note, _meter = table(TaskRow), table(ReturnRow), table(ReturnMeterRow)
_demand, _fact = table(DemandRow), table(FactRow)
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which tasks are looked for: `words` stand in their number or lot; `before` goes on behind a page."""

    words: str = ""
    open_only: bool = False
    before: int = 0
    limit: int = 25


class ReturnedMeter(BaseModel):
    """A meter of a return: the box that the district lists it in, and the one that it was found in; "" for none."""

    bar_code: str
    listed: str
    found: str


class PlannedRow(BaseModel):
    """Meters of a model that a district plans to take in a month."""

    month: str
    model: str
    district: str
    meters: int


class RefreshedView(BaseModel):
    """When a generation of code tables was last asked for at its platform, and what that brought."""

    generation: str
    at_ms: int
    new: int
    renamed: int


def newest_tasks(session: Session, sought: Sought) -> list[TaskView]:
    """Return tasks, the newest first, each with its meters by stage."""
    query = sa.select(_task.c.key).order_by(_task.c.number.desc()).limit(sought.limit)
    if sought.before:
        query = query.where(_task.c.number < sought.before)
    if sought.open_only:
        query = query.where(_task.c.state.not_in(OVER))
    if sought.words:
        like = f"%{_escaped(sought.words)}%"
        query = query.where(sa.or_(_task.c.key.like(like, escape=ESCAPE), _task.c.lot.like(like, escape=ESCAPE)))
    found = (task_views.task(session, key) for key in session.connection().execute(query).scalars().all())
    return [one for one in found if one is not None]


def newest_returns(session: Session, *, before: int = 0, limit: int = 50) -> list[ReturnView]:
    """Return notes of returns, the newest first, without boxes and claims."""
    query = sa.select(_note.c.number).order_by(_note.c.number.desc()).limit(limit)
    numbers = session.connection().execute(query.where(_note.c.number < before) if before else query).scalars().all()
    if not numbers:
        return []
    return return_views.returns(session, after=int(numbers[-1]) - 1, limit=len(numbers))[::-1]


def returned_meters(session: Session, note: int) -> list[ReturnedMeter]:
    """Return the meters of a return by box and bar code, listed or not."""
    query = sa.select(_meter.c.bar_code, _meter.c.listed, _meter.c.found).where(_meter.c.note == note)
    rows = session.connection().execute(query.order_by(_meter.c.listed, _meter.c.bar_code)).mappings()
    return [ReturnedMeter.model_validate(dict(row)) for row in rows]


def planned(session: Session) -> list[PlannedRow]:
    """Return what districts plan to take, by month, model and district."""
    query = (
        sa.select(_demand).where(_demand.c.meters > 0).order_by(_demand.c.month, _demand.c.model, _demand.c.district)
    )
    return [PlannedRow.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def refreshes(session: Session) -> list[RefreshedView]:
    """Return the last refresh of each generation that was ever refreshed."""
    found: list[RefreshedView] = []
    for generation in GENERATIONS:
        query = sa.select(_fact.c.at_ms, _fact.c.payload).where(_fact.c.kind == "CodesRefreshed")
        mine = query.where(_fact.c.subject == generation).order_by(_fact.c.id.desc()).limit(1)
        row = session.connection().execute(mine).first()
        if row is not None:
            said: dict[str, Any] = json.loads(row.payload)
            found.append(RefreshedView(generation=generation, at_ms=row.at_ms, **said))
    return found


def _escaped(words: str) -> str:
    r"""Return words as LIKE takes them literally.

    >>> _escaped("50%_a")
    '50\\%\\_a'
    """
    return words.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
