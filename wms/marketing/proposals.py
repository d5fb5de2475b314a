"""Request, proposal from stock, approval or rejection with another proposal, order: how a task gets its meters.

A box is in one living proposal at a time. What is proposed may change in stock before it is approved: then it is
proposed anew, and the order is made of what stands there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import candidates, drawing, held, outbox, sampling, sources
from wms.marketing.drawing import StockedBox
from wms.marketing.sources import Source
from wms.marketing.tables import ProposalRow, TaskRow
from wms.marketing.task_tables import LIVE_BOX, ProposalBoxRow
from wms.outbound import service, trips
from wms.outbound.tables import OutboundOrderRow
from wms.reasons import NONE, Reason
from wms.rows import chunks, table
from wms.stock.tables import BoxRow, StationRow

_task, _proposal, _held = table(TaskRow), table(ProposalRow), table(ProposalBoxRow)
_station, _box, _work = table(StationRow), table(BoxRow), table(OutboundOrderRow)
AT_ONCE = 500
DAY_MS = 86_400_000
CHANGED = "stock_changed"


def row_of(desk: Desk, key: str) -> Any:
    """Return the row of a task by marketing's number, kept from others; raises Refused for an unknown one."""
    query = sa.select(_task).where(_task.c.key == key).with_for_update()
    row = desk.connection.execute(query).first()
    if row is None:
        raise Refused("unknown_task", task=key)
    return row


def propose(desk: Desk, key: str, *, at_once: bool = False) -> int:
    """Propose boxes for a planned task and return the round; 0 if there is nothing yet, the task says why.

    As long as pallets of its lot are on their way a task waits for its whole quantity; with `at_once` it is given what
    there is. A proposal that waits for its answer is returned again.
    """
    task = row_of(desk, key)
    if task.state != "planned":
        raise Refused("task_is", task=key, state=task.state)
    if (open_ := _open_round(desk, task.number)) is not None:
        return open_
    source = sources.source_of(desk.session, task.source)
    lot = candidates.lot_number(desk, task.lot)
    if lot is None:
        return _wait(desk, task, Reason("waits_for_delivery", {"lot": task.lot}))
    if (why := sampling.held(desk, task.lot, source)) is not None:
        return _wait(desk, task, why)
    if not task.line:
        if not (line := candidates.line_for(desk, task.lot)):
            return _wait(desk, task, Reason("no_line_for_lot", {"lot": task.lot, "phase": ""}))
        desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(line=line))
        task = row_of(desk, key)
    if (why := _under_verification(desk, task, lot)) is not None:
        return _wait(desk, task, why)
    chosen = _chosen(desk, task, source, lot)
    found, wanted = drawing.meters_in(chosen), _wanted(desk, task, lot)
    sampled = task.kind == "sample"  # of the whole lot, or it is no sample of it
    fewer = found < wanted or sampled or not wanted
    too_few = fewer and not at_once and "received" in source.states and candidates.are_coming(desk, lot)
    too_few = too_few or (sampled and found < wanted)
    if not chosen or too_few:
        if not chosen and not candidates.are_coming(desk, lot) and not candidates.has_left(desk, lot, source.states):
            return _wait(desk, task, Reason("nothing_left_for_task", {"lot": task.lot, "task": key}))
        return _wait(desk, task, Reason("waits_for_stock", {"lot": task.lot, "available": found, "quantity": wanted}))
    round_ = _enter(desk, task, chosen)
    if not json.loads(task.requested).get("approval", True):
        approve(desk, key, round_=round_, answer="")
    return round_


def approve(desk: Desk, key: str, *, round_: int, answer: str = "") -> int:
    """Make the order of a proposal that marketing has approved and return its number; the same again for the same.

    If the stock has changed meanwhile a new proposal is made, and 0 is returned. Raises Refused for a proposal that
    was rejected, and for a task that is not waiting for it.
    """
    task, proposal = row_of(desk, key), _row(desk, key, round_)
    if proposal.state == "approved":
        return int(task.order)
    if proposal.state != "proposed" or task.state != "planned":
        raise Refused("proposal_is", task=key, round=round_, state=proposal.state)
    boxes = _boxes(desk, task.number, round_)
    if not _stands(desk, task, boxes):
        _answered(desk, task, round_, state="rejected", answer=CHANGED)
        held.settle(desk, task.number, "released", round_=round_)
        desk.book("ProposalOutdated", key, round=round_)
        propose(desk, key)
        return 0
    _answered(desk, task, round_, state="approved", answer=answer)
    held.settle(desk, task.number, "called", round_=round_)
    if task.kind == "sample":
        sampling.begin(desk, task, [row.box for row in boxes])
    _call(desk, task, boxes)
    return _order(desk, task, sorted({row.pallet for row in boxes}))


def reject(desk: Desk, key: str, *, round_: int, answer: str = "", without: Collection[str] = ()) -> int:
    """Book that marketing rejects a proposal, make another one without the boxes it names, and return its round.

    If it names none, none of them is proposed again; 0 if there is nothing else. A proposal that was rejected already
    gives the round that followed it.
    """
    task, proposal = row_of(desk, key), _row(desk, key, round_)
    if proposal.state == "rejected":
        return _open_round(desk, task.number) or 0
    if proposal.state != "proposed":
        raise Refused("proposal_is", task=key, round=round_, state=proposal.state)
    known = {row.box for row in _boxes(desk, task.number, round_)}
    if strange := sorted(set(without) - known):
        raise Refused("box_not_proposed", box=strange[0], task=key)
    _answered(desk, task, round_, state="rejected", answer=answer)
    for part in chunks(sorted(set(without) or known), AT_ONCE):
        mine = sa.update(_held).where(_held.c.task == task.number, _held.c.round == round_, _held.c.box.in_(part))
        desk.connection.execute(mine.values(state="refused"))
    held.settle(desk, task.number, "released", round_=round_)
    return propose(desk, key) if task.state == "planned" else 0


def advance(desk: Desk) -> None:
    """Propose for every planned task that waits for something which may be here now, the most urgent first."""
    waiting = sa.select(_task.c.key).where(_task.c.state == "planned", _task.c.kind != "count", _task.c.reason != "")
    order = (_task.c.priority.desc(), _task.c.number)
    for key in desk.connection.execute(waiting.order_by(*order)).scalars().all():
        told = len(desk.facts)
        try:
            with desk.session.begin_nested():
                propose(desk, str(key))
        except Refused as no:  # nobody is here to hear it: the task says so
            del desk.facts[told:]
            _note(desk, row_of(desk, str(key)), Reason("task_cannot_begin", {"task": str(key), "why": no.code}))


def _chosen(desk: Desk, task: Any, source: Source, lot: int) -> list[StockedBox]:
    row = desk.connection.execute(sa.select(_station.c.kind).where(_station.c.id == task.line)).first()
    whole = row is None or row.kind != "cells" or source.kind == "recheck"
    boxes = candidates.free(desk, task.number, lot, source.states, whole=whole)
    wanted = _wanted(desk, task, lot)
    if (days := _called_after(task)) > 0:
        old = candidates.aged_pallets(desk, lot, before_ms=task.created_ms - days * DAY_MS)
        boxes = [one for one in boxes if one.pallet in old]
    if source.kind != "sample":
        return drawing.by_arrival(boxes, wanted, whole=whole)
    drawn = drawing.sample(boxes, wanted, seed=task.key)
    return drawing.with_their_pallets(drawn, boxes) if whole else drawn


def _called_after(task: Any) -> int:
    """Return after how many days the house has called aged stock back by a task; 0: it is no such task."""
    return 0 if task.sender or task.kind != "recheck" else int(json.loads(task.body).get("days", 0))


def _wanted(desk: Desk, task: Any, lot: int) -> int:
    least = sampling.size_of(desk, task, lot) if task.kind == "sample" else 0
    return max(least, int(task.quantity))


def _enter(desk: Desk, task: Any, chosen: Sequence[StockedBox]) -> int:
    last = sa.select(sa.func.coalesce(sa.func.max(_proposal.c.round), 0)).where(_proposal.c.task == task.number)
    round_ = int(desk.connection.execute(last).scalar_one()) + 1
    boxes = [{"box": one.box, "pallet": one.pallet, "pile": one.pile, "meters": one.meters} for one in chosen]
    meters = drawing.meters_in(chosen)
    row = {"task": task.number, "round": round_, "state": "proposed", "boxes": json.dumps(boxes), "meters": meters}
    desk.connection.execute(sa.insert(_proposal), row | {"asked_ms": desk.at_ms, "answered_ms": 0, "answer": ""})
    held_rows = [one | {"task": task.number, "round": round_, "state": "held"} for one in boxes]
    desk.connection.execute(sa.insert(_held), held_rows)
    _note(desk, task, NONE)
    body = {"task": task.key, "lot": task.lot, "round": round_, "meters": meters, "boxes": boxes, "at_ms": desk.at_ms}
    outbox.post_all(desk, kind="proposal", key=f"proposal:{task.key}:{round_}", body=body, task=task.key)
    desk.book("ProposalMade", task.key, round=round_, boxes=len(boxes), meters=meters)
    return round_


def _order(desk: Desk, task: Any, pallets: Sequence[str]) -> int:
    order = service.create_verification(
        desk.session, key=f"task:{task.key}", lot=task.lot, line=task.line, at_ms=desk.at_ms, scheme=task.scheme,
        purpose=task.purpose, only=frozenset(pallets), begin=False,
    )  # fmt: skip
    mine = sa.update(_task).where(_task.c.number == task.number)
    desk.connection.execute(mine.values(order=order, state="running", reason="", params="{}"))
    trips.send_verifications(desk)  # now that the order has its task, and with it its priority
    desk.book("TaskStarted", task.key, order=order, lot=task.lot, line=task.line, pallets=len(pallets))
    desk.changed = True
    return order


def _call(desk: Desk, task: Any, boxes: Sequence[Any]) -> None:
    """Bring boxes that were verified before into the state of those that are called to a line, and note what they were.

    Boxes that wait for their first verification are called pallet by pallet, as their pallets are sent.
    """
    for part in chunks([row.box for row in boxes], AT_ONCE):
        was = sa.select(_box.c.state).where(_box.c.code == _held.c.box).scalar_subquery()
        mine = sa.update(_held).where(_held.c.task == task.number, _held.c.round == boxes[0].round)
        desk.connection.execute(mine.where(_held.c.box.in_(part)).values(was=was))
        again = sa.update(_box).where(_box.c.code.in_(part), _box.c.state != "received")
        desk.connection.execute(again.values(state="to_verify"))


def _under_verification(desk: Desk, task: Any, lot: int) -> Reason | None:
    """Return why a re-check has to wait: a line works on its lot by another run sheet."""
    if task.purpose != service.AGAIN:
        return None
    query = sa.select(_work.c.number).where(_work.c.lot == lot, _work.c.kind == "verification")
    busy = desk.connection.execute(query.where(_work.c.ended_ms == 0).order_by(_work.c.number)).scalar()
    return None if busy is None else Reason("lot_under_verification", {"order": int(busy)})


def _stands(desk: Desk, task: Any, boxes: Sequence[Any]) -> bool:
    """Return whether all that was proposed still stands where it stood and may be taken."""
    lot = candidates.lot_number(desk, task.lot)
    if lot is None:
        return False
    mine = sa.update(_held).where(_held.c.task == task.number, sa.text(LIVE_BOX))
    desk.connection.execute(mine.values(state="released"))  # they are not in their own way
    states = sources.source_of(desk.session, task.source).states
    now = {one.box: one.pallet for one in candidates.free(desk, task.number, lot, states, whole=False)}
    again = sa.update(_held).where(_held.c.task == task.number, _held.c.round == boxes[0].round)
    desk.connection.execute(again.values(state="held"))
    return all(now.get(row.box) == row.pallet for row in boxes)


def _wait(desk: Desk, task: Any, why: Reason) -> int:
    _note(desk, task, why)
    return 0


def _note(desk: Desk, task: Any, why: Reason) -> None:
    if (task.reason, task.params) != (why.code, why.params_json()):
        mine = sa.update(_task).where(_task.c.number == task.number)
        desk.connection.execute(mine.values(reason=why.code, params=why.params_json()))


def _answered(desk: Desk, task: Any, round_: int, *, state: str, answer: str) -> None:
    mine = sa.update(_proposal).where(_proposal.c.task == task.number, _proposal.c.round == round_)
    values = {"state": state, "answer": answer[:200], "answered_ms": max(1, desk.at_ms)}
    desk.connection.execute(mine.values(**values))
    desk.book("ProposalAnswered", task.key, round=round_, state=state, answer=answer[:200])


def _open_round(desk: Desk, task: int) -> int | None:
    query = sa.select(_proposal.c.round).where(_proposal.c.task == task, _proposal.c.state == "proposed")
    found = desk.connection.execute(query.order_by(_proposal.c.round.desc())).scalar()
    return None if found is None else int(found)


def _row(desk: Desk, key: str, round_: int) -> Any:
    query = sa.select(_proposal).join(_task, _task.c.number == _proposal.c.task)
    row = desk.connection.execute(query.where(_task.c.key == key, _proposal.c.round == round_)).first()
    if row is None:
        raise Refused("unknown_proposal", task=key, round=round_)
    return row


def _boxes(desk: Desk, task: int, round_: int) -> list[Any]:
    query = sa.select(_held).where(_held.c.task == task, _held.c.round == round_)
    return list(desk.connection.execute(query.order_by(_held.c.pallet, _held.c.box)))
