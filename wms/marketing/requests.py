"""Requests of our own to a platform: piles that a line is given for a task, and empty boxes when they run short.

A request has a number of its own (applyNo). Who answers names it (ioTaskNo), or gives a number of his own: then the
oldest open request of that task and sort is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from wcs.journal import Booked
from wms.desk import Desk
from wms.marketing import outbox
from wms.marketing.request_tables import OPEN_REQUEST, SupplyRequestRow
from wms.marketing.tables import TaskRow
from wms.marketing.task_tables import ProposalBoxRow
from wms.outbound.tables import TripRow
from wms.rows import table

_request, _task = table(SupplyRequestRow), table(TaskRow)
_trip, _held = table(TripRow), table(ProposalBoxRow)
TRIP = "trip:"
KINDS = {"meters": "stock_request", "empties": "empties_request"}
Box = Mapping[str, str]


def stock_called(desk: Desk, facts: Iterable[Booked]) -> None:
    """Tell of the pallets that set out to a line for a task: one request for those of a task that set out together.

    A pallet that sets out again, for it did not arrive, was asked for before.
    """
    called: dict[Any, tuple[int, list[str]]] = {}
    for fact in facts:
        key, _, attempt = str(fact.payload["key"]).removeprefix(TRIP).partition(":")
        if fact.payload["kind"] != "verify" or attempt not in ("", "0") or not key.isdigit():
            continue
        if (task := _task_of(desk, int(key))) is not None:
            called.setdefault(task, (fact.id, []))[1].append(str(fact.payload["unit"]))
    for task, (first, pallets) in called.items():
        piles = _piles(desk, task.number, pallets)
        ask(desk, task, f"S{first}", kind="meters", piles=piles, place=task.line, pallets=pallets)


def ask(desk: Desk, task: Any, request: str, *, kind: str, piles: int, place: str, **more: Any) -> None:
    """Write a request down, once by its number, and tell it to whoever has issued the task."""
    name = KINDS[kind]
    row = {"request": request, "receiver": task.sender, "kind": kind, "task": task.key, "place": place, "piles": piles}
    rest = {"boxes": int(more.get("boxes", 0)), "state": "asked", "io_task": "", "given": "[]", "answered_ms": 0}
    desk.connection.execute(sa.insert(_request), row | rest | {"asked_ms": desk.at_ms})
    body = {"task": task.key, "lot": task.lot, "request": request, "piles": piles, "place": place, **more}
    body |= {"at_ms": desk.at_ms}
    outbox.post_all(desk, kind=name, key=f"{name}:{request}", body=body, task=task.key, subject=request)


def answered(desk: Desk, sender: str, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Book what is given to the request that an answer names, or to the oldest open one of its task.

    `said`: {task, order, boxes: [{pile, box}]}. Returns the request and how many boxes are given; none where nobody has
    asked. The same answer again changes nothing.
    """
    row = _meant(desk, sender, kind, task=str(said["task"]), order=str(said["order"]))
    if row is None:
        return {}
    boxes = [{"pile": str(one["pile"]), "box": str(one["box"])} for one in said["boxes"]]
    found = {"request": str(row.request), "boxes": len(boxes)}
    if row.io_task == said["order"]:
        return found
    given = json.dumps([*json.loads(row.given), *boxes])
    state = "answered" if row.state == "asked" else row.state
    values = {"state": state, "io_task": str(said["order"]), "given": given, "answered_ms": max(1, desk.at_ms)}
    desk.connection.execute(sa.update(_request).where(_request.c.number == row.number).values(**values))
    piles = len({one["pile"] for one in boxes})
    told = {"kind": kind, "io_task": str(said["order"]), "boxes": len(boxes), "piles": piles, "wanted": row.piles}
    desk.book("RequestAnswered", str(row.request), task=row.task, by=sender, **told)
    return found


def is_named(desk: Desk, sender: str, kind: str, order: str) -> bool:
    """Return whether a number is one of our requests to somebody."""
    query = sa.select(_request.c.number).where(_request.c.request == order, _request.c.receiver == sender)
    return desk.connection.execute(query.where(_request.c.kind == kind)).first() is not None


def over(desk: Desk, *numbers: int) -> None:
    """Let requests be over."""
    desk.connection.execute(sa.update(_request).where(_request.c.number.in_(numbers)).values(state="over"))


def _meant(desk: Desk, sender: str, kind: str, *, task: str, order: str) -> Any:
    """Return the request that has that number, or was answered under it, else the oldest of a task without an answer.

    One that is over, for the boxes came from elsewhere, may be answered late: they are on their way all the same.
    """
    mine = sa.select(_request).where(_request.c.receiver == sender, _request.c.kind == kind, _request.c.task == task)
    known = mine.where(sa.or_(_request.c.request == order, _request.c.io_task == order))
    row = desk.connection.execute(known.order_by(_request.c.number)).first()
    if row is not None:
        return row
    late = sa.case((sa.text(OPEN_REQUEST), 0), else_=1)
    return desk.connection.execute(mine.where(_request.c.io_task == "").order_by(late, _request.c.number)).first()


def _task_of(desk: Desk, trip: int) -> Any:
    """Return the task that a trip is made for; None for an order of the house."""
    query = (
        sa.select(_task).join(_trip, _trip.c.order == _task.c.order).where(_trip.c.number == trip, _task.c.order > 0)
    )
    return desk.connection.execute(query).first()


def _piles(desk: Desk, task: int, pallets: Sequence[str]) -> int:
    """Return how many piles of a task stand on pallets, as they were proposed; one for each where none was."""
    query = sa.select(_held.c.pallet, _held.c.pile).where(_held.c.task == task, _held.c.pallet.in_(pallets))
    piles = {(pallet, pile) for pallet, pile in desk.connection.execute(query)}
    return len(piles) + len(set(pallets) - {pallet for pallet, _ in piles})
