"""What marketing asks for, from its coming in to its end: taken, begun, paused, changed, over.

Taking back is in `cancelling`; boxes come by `proposals`. The same task sent again is the same task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from wcs.journal import canonical
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import counting, held, proposals, sampling, stages
from wms.marketing.proposals import row_of
from wms.marketing.sources import source_of
from wms.marketing.tables import ProposalRow, TaskRow
from wms.outbound import trips
from wms.outbound.tables import OutboundOrderRow
from wms.rows import table
from wms.stock.tables import StationRow

_task, _proposal = table(TaskRow), table(ProposalRow)
_order, _station = table(OutboundOrderRow), table(StationRow)
LONGEST_KEY = 64
MOST_METERS = 1_000_000
MOST_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """A task as marketing words it; `quantity` 0 is the whole lot.

    `approval`: marketing answers proposals; `trigger`: packed boxes go back into stock only when it says so.
    """

    key: str
    lot: str
    source: str = "first"
    sender: str = ""
    category: str = ""
    model: str = ""
    quantity: int = 0
    priority: int = 0
    line: str = ""
    scheme: str = ""
    due_ms: int = 0
    issued_ms: int = 0
    approval: bool = True
    trigger: bool = False
    aql: str = sampling.AQL
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different about a task; None: as it is. Line, scheme and quantity only until it has begun."""

    priority: int | None = None
    due_ms: int | None = None
    quantity: int | None = None
    line: str | None = None
    scheme: str | None = None


def take(desk: Desk, wish: Wish) -> int:
    """Take a task in, propose what it needs if that is here, and return its number.

    Raises Refused for an unknown source or line, for figures that cannot be, and for a task of the same number that
    asks for something else.
    """
    source = source_of(desk.session, wish.source)
    _check(desk, wish)
    requested = canonical({"approval": wish.approval, "trigger": wish.trigger, "aql": wish.aql})
    said: dict[str, Any] = {
        "sender": wish.sender, "source": wish.source, "category": wish.category, "kind": source.kind, "lot": wish.lot,
        "model": wish.model, "purpose": source.purpose, "requested": requested, "body": canonical(dict(wish.body)),
    }  # fmt: skip
    old = desk.connection.execute(sa.select(_task).where(_task.c.key == wish.key)).mappings().first()
    if old is not None:
        if any(old[name] != value for name, value in said.items()):
            raise Refused("task_known", task=wish.key)
        return int(old["number"])
    may_change = {
        "quantity": wish.quantity, "priority": wish.priority, "line": wish.line, "scheme": wish.scheme,
        "due_ms": wish.due_ms,
    }  # fmt: skip
    rest = {"state": "planned", "order": 0, "sample": 0, "ending": "", "reason": "new_task", "params": "{}"}
    times = {"issued_ms": wish.issued_ms or desk.at_ms, "created_ms": desk.at_ms, "ended_ms": 0}
    done = desk.connection.execute(sa.insert(_task), {"key": wish.key} | said | may_change | rest | times)
    number = int(done.inserted_primary_key[0])  # type: ignore[index]
    desk.book("TaskTaken", wish.key, source=wish.source, lot=wish.lot, quantity=wish.quantity, sender=wish.sender)
    if source.kind == "count":
        counting.answer(desk, row_of(desk, wish.key))
    else:
        proposals.propose(desk, wish.key)
    return number


def pause(desk: Desk, key: str, *, reason: str, by: str) -> None:
    """Stop what goes out for a task: nothing more is proposed or sent to a line; what is there is finished.

    Raises Refused for a task that is over; one that is paused stays so.
    """
    task = row_of(desk, key)
    if task.state == "paused":
        return
    if task.state not in ("planned", "running"):
        raise Refused("task_is", task=key, state=task.state)
    _set(desk, task, "paused")
    if task.order:
        trips.halt(desk, task.order)
    desk.book("TaskPaused", key, order=task.order, reason=reason, by=by)
    stages.report(desk, task, at="paused")


def resume(desk: Desk, key: str, *, by: str) -> None:
    """Let a paused task go on where it was. Raises Refused for one that is over."""
    task = row_of(desk, key)
    if task.state in ("planned", "running"):
        return
    if task.state != "paused":
        raise Refused("task_is", task=key, state=task.state)
    _set(desk, task, "running" if task.order else "planned")
    desk.book("TaskResumed", key, order=task.order, by=by)
    if task.order:
        trips.send_verifications(desk)
    else:
        proposals.propose(desk, key)


def change(desk: Desk, key: str, wanted: Change, *, by: str) -> None:
    """Change a task: urgency and due date at any time, the rest until its order is made.

    A proposal that waits for its answer is taken back then, and another one made. Raises Refused for a task that is
    over, for a change that comes too late, and for figures that cannot be.
    """
    task = row_of(desk, key)
    if task.state not in ("planned", "running", "paused"):
        raise Refused("task_is", task=key, state=task.state)
    values = {
        name: value
        for name in ("priority", "due_ms", "quantity", "line", "scheme")
        if (value := getattr(wanted, name)) is not None and value != getattr(task, name)
    }
    plan = sorted(set(values) & {"quantity", "line", "scheme"})
    if plan and task.order:
        raise Refused("task_has_begun", task=key, what=", ".join(plan))
    _check_figures(key, wanted.quantity or 0, wanted.priority or 0, wanted.due_ms or 0)
    if wanted.line:
        _check_line(desk, wanted.line)
    if not values:
        return
    desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(**values))
    desk.book("TaskChanged", key, by=by, **values)
    if "priority" in values and task.order:
        trips.rank(desk, task.order, int(values["priority"]))
    if plan:
        outdated = sa.update(_proposal).where(_proposal.c.task == task.number, _proposal.c.state == "proposed")
        answer = {"state": "rejected", "answer": "task_changed", "answered_ms": max(1, desk.at_ms)}
        desk.connection.execute(outdated.values(**answer))
        held.settle(desk, task.number, "released")
        if task.state == "planned":
            proposals.propose(desk, key)


def order_over(desk: Desk, order: int) -> None:
    """The order of a task has ended: so has the task; a sample is decided, and what was taken back is counted."""
    task = desk.connection.execute(sa.select(_task).where(_task.c.order == order, _task.c.order > 0)).first()
    desk.supplied = True  # another one of the same lot may have waited for it
    if task is None or task.state in ("cancelled", "finished"):
        return
    ended = desk.connection.execute(sa.select(_order.c.state, _order.c.ended_ms).where(_order.c.number == order)).one()
    if not ended.ended_ms:
        return
    state = "cancelled" if "cancelled" in (ended.state, task.state) or task.state == "cancelling" else "finished"
    held.settle(desk, task.number, "done")
    values = {"state": state, "ended_ms": max(1, desk.at_ms)}
    desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(**values))
    desk.book("TaskEnded", task.key, state=state, order=order)
    if state == "finished" and task.kind == "sample":
        sampling.over(desk, task)
    stages.report(desk, task, at=state)
    desk.changed = True


def _set(desk: Desk, task: Any, state: str) -> None:
    desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(state=state))
    desk.changed = True


def _check(desk: Desk, wish: Wish) -> None:
    if not wish.key or len(wish.key) > LONGEST_KEY or not wish.key.isprintable():
        raise Refused("not_a_task_number", task=wish.key[:LONGEST_KEY])
    if not wish.lot and source_of(desk.session, wish.source).kind != "count":
        raise Refused("task_without_lot", task=wish.key)
    _check_figures(wish.key, wish.quantity, wish.priority, wish.due_ms)
    if wish.line:
        _check_line(desk, wish.line)


def _check_figures(key: str, quantity: int, priority: int, due_ms: int) -> None:
    if not (0 <= quantity <= MOST_METERS and abs(priority) <= MOST_PRIORITY and due_ms >= 0):
        raise Refused("task_figures", task=key, most=MOST_METERS, priority=MOST_PRIORITY)


def _check_line(desk: Desk, line: str) -> None:
    known = sa.select(_station.c.id).where(_station.c.id == line, _station.c.kind.in_(["line", "cells"]))
    if desk.connection.execute(known).first() is None:
        raise Refused("unknown_line", line=line)


def requested(task: Any) -> dict[str, Any]:
    """Return how marketing wants a task handled: {"approval", "trigger", "aql"}."""
    return dict(json.loads(task.requested))
