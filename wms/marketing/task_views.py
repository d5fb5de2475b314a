"""What anybody may read of tasks: how far each is, what was proposed for it, and why it waits."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.marketing import gates, stages
from wms.marketing.tables import ProposalRow, TaskRow
from wms.marketing.task_tables import StockInRow
from wms.outbound import views
from wms.outbound.views import Why
from wms.rows import table

_task, _proposal, _in = table(TaskRow), table(ProposalRow), table(StockInRow)
OVER = ("cancelled", "finished")


class ProposedBox(BaseModel):
    """A box that was proposed, and where it stood."""

    box: str
    pallet: str
    pile: int
    meters: int


class ProposalView(BaseModel):
    """A proposal from stock, and what marketing has said to it."""

    round: int
    state: str
    meters: int
    boxes: list[ProposedBox]
    asked_ms: int
    answered_ms: int
    answer: str


class TaskView(BaseModel):
    """A task of marketing. `why` says what it waits for, never nothing while it is open."""

    number: int
    task: str
    sender: str
    source: str
    kind: str
    category: str
    lot: str
    model: str
    quantity: int
    priority: int
    state: str
    line: str
    scheme: str
    purpose: str
    order: int
    sample: int
    ending: str
    approval: bool
    trigger: bool
    issued_ms: int
    due_ms: int
    created_ms: int
    ended_ms: int
    proposals: list[ProposalView]
    stages: dict[str, int] = {}
    why: list[Why]


def tasks(session: Session, *, open_only: bool = False, after: int = 0, limit: int = 100) -> list[TaskView]:
    """Return tasks by number, from behind `after`, without their stages."""
    query = sa.select(_task).where(_task.c.number > after).order_by(_task.c.number).limit(limit)
    if open_only:
        query = query.where(_task.c.state.not_in(OVER))
    rows = session.connection().execute(query).mappings().all()
    said = _proposals(session, [row["number"] for row in rows])
    return [_view(session, row, said.get(row["number"], [])) for row in rows]


def task(session: Session, key: str) -> TaskView | None:
    """Return one task with its meters by stage, or None."""
    row = session.connection().execute(sa.select(_task).where(_task.c.key == key)).mappings().first()
    if row is None:
        return None
    seen = _view(session, row, _proposals(session, [row["number"]]).get(row["number"], []))
    plain = session.connection().execute(sa.select(_task).where(_task.c.key == key)).one()
    return seen.model_copy(update={"stages": stages.counts(Desk(session, 0), plain)})


def why(session: Session, row: Any) -> list[Why]:
    """Return why a task is not over, or with what it ended."""
    said = [Why(code=row["reason"], params=json.loads(row["params"]))] if row["reason"] else []
    if row["state"] in OVER:
        return said
    if row["order"]:
        held = gates.may_pack(Desk(session, 0), row["lot"], gates.PASSED) if row["state"] == "running" else None
        if held is not None:
            said.append(Why(code=held.code, params=dict(held.params)))
        if row["state"] in ("running", "paused") and (left := _untriggered(session, row["key"])):
            said.append(Why(code="waits_for_trigger", params={"task": row["key"], "boxes": left}))
        return said + views.why(session, row["order"]) or [Why(code="order_over", params={"order": row["order"]})]
    if row["state"] == "paused":
        return [Why(code="task_rests", params={"task": row["key"]})]
    return said or [Why(code="waits_for_approval", params={"task": row["key"]})]


def _untriggered(session: Session, key: str) -> int:
    """Return how many packed boxes wait until marketing names them."""
    query = sa.select(sa.func.count()).where(_in.c.task == key, _in.c.packed_ms > 0, _in.c.triggered_ms == 0)
    return int(session.connection().execute(query).scalar_one())


def _view(session: Session, row: Any, proposals: list[ProposalView]) -> TaskView:
    asked: dict[str, Any] = json.loads(row["requested"])
    rest = {"task": row["key"], "approval": asked.get("approval", True), "trigger": asked.get("trigger", False)}
    return TaskView.model_validate(dict(row) | rest | {"proposals": proposals, "why": why(session, row)})


def _proposals(session: Session, numbers: list[int]) -> dict[int, list[ProposalView]]:
    query = sa.select(_proposal).where(_proposal.c.task.in_(numbers)).order_by(_proposal.c.task, _proposal.c.round)
    found: dict[int, list[ProposalView]] = {}
    for row in session.connection().execute(query).mappings():
        view = ProposalView.model_validate(dict(row) | {"boxes": json.loads(row["boxes"])})
        found.setdefault(row["task"], []).append(view)
    return found
