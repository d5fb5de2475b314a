"""A task taken back at any stage: outbound stops, untouched boxes return, what was issued is void, all is counted.

Meters on the line come out of it still; what they are found to be goes up marked as late, and is worth nothing here:
their boxes wait to be verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import candidates, held, stages
from wms.marketing.proposals import row_of
from wms.marketing.tables import ProposalRow, TaskRow
from wms.outbound import allocation, service, trips, verification
from wms.outbound.tables import LIVE_TRIP, OPEN_PROMISE, OutboundOrderRow, PromiseRow, TripRow
from wms.reasons import Reason
from wms.results import papers
from wms.results.paper_tables import PaperRow
from wms.results.tables import MeterTestRow
from wms.rows import chunks, table
from wms.seals import ledger
from wms.seals.tables import SealRow
from wms.stock.tables import AssetRow, BoxRow

_task, _proposal, _order = table(TaskRow), table(ProposalRow), table(OutboundOrderRow)
_box, _asset, _trip, _promise = table(BoxRow), table(AssetRow), table(TripRow), table(PromiseRow)
_paper, _test, _seal = table(PaperRow), table(MeterTestRow), table(SealRow)
ENDINGS = ("finish", "abort")
WHY = "task_cancelled"
PASSED = 1
AT_ONCE = 500
_moves = sa.exists().where(_trip.c.pallet == _box.c.pallet, sa.text(LIVE_TRIP))
_picked = sa.exists().where(
    _promise.c.box == _box.c.code,
    sa.or_(_promise.c.state.in_(["moving", "picked"]), sa.and_(_promise.c.state == "promised", _promise.c.job > 0)),
)


def cancel(desk: Desk, key: str, *, reason: str, ending: str = "finish", by: str = "") -> dict[str, int]:
    """Take a task back and return the meters at each stage; again: the counts as they are now.

    `ending` says what running benches do: finish what they have begun, or stop; a task that finishes may still be told
    to stop. Raises Refused for a task that is
    finished, and for another ending.
    """
    task = row_of(desk, key)
    if ending not in ENDINGS:
        raise Refused("unknown_ending", ending=ending[:16])
    if task.state in ("cancelled", "cancelling"):
        _sooner(desk, task, ending, by=by or task.sender)
        return stages.counts(desk, task)
    if task.state == "finished":
        raise Refused("task_is", task=key, state=task.state)
    order = _order_of(desk, task.order)
    if order is not None and order.state not in ("finished", "cancelled"):
        service.cancel_order(desk.session, task.order, reason=reason, at_ms=desk.at_ms, at_work=True)
        order = _order_of(desk, task.order)
    at_work = order is not None and not order.ended_ms
    _settle_proposals(desk, task, at_work=at_work)
    why = Reason(WHY, {"why": reason[:100]})
    state = {"state": "cancelling" if at_work else "cancelled", "ending": ending, "reason": why.code}
    times = {"params": why.params_json(), "ended_ms": 0 if at_work else max(1, desk.at_ms)}
    desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(**state, **times))
    void = _void(desk, task, by=by or task.sender) if order is not None else 0
    desk.book("TaskCancelled", key, order=task.order, ending=ending, reason=reason, by=by, void=void)
    desk.changed = desk.supplied = True
    return stages.report(desk, task, at=str(state["state"]))


def _sooner(desk: Desk, task: Any, ending: str, *, by: str) -> None:
    """Have benches stop that were to finish what they have begun; not the other way round."""
    if task.state == "cancelling" and (task.ending, ending) == ("finish", "abort"):
        desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(ending=ending))
        desk.book("TaskCancelled", task.key, order=task.order, ending=ending, reason="", by=by, void=0)


def packed(desk: Desk, box: str) -> None:
    """Take what a line packs for a task that was taken back for not verified: it may not leave the house."""
    row = desk.connection.execute(sa.select(_box).where(_box.c.code == box)).first()
    if row is None or row.verdict != PASSED or row.state not in ("qualified", "quarantine"):
        return
    query = sa.select(_task.c.sender).join(_order, _order.c.number == _task.c.order)
    late = query.where(_order.c.lot == row.lot, _task.c.state == "cancelling", _order.c.ended_ms == 0)
    task = desk.connection.execute(late).first()
    if task is not None:
        codes = desk.connection.execute(sa.select(_asset.c.bar_code).where(_asset.c.box == box)).scalars().all()
        _take_back(desk, [box], codes, by=task.sender)


def came_in(desk: Desk, trip: Any, line: str) -> None:
    """A line with a control of its own has unloaded a pallet that was called back too late: what is in comes out again.

    Its order is not over then, nor is its task, until the line has packed that.
    """
    if trip.state != "cancelled" or trips.station(desk, line).kind == "cells":
        return
    trips.settle(desk, trip.number, "done")
    open_ = sa.update(_order).where(_order.c.number == trip.order, _order.c.state == "cancelled", _order.c.ended_ms > 0)
    again = desk.connection.execute(open_.values(ended_ms=0)).rowcount
    mine = sa.update(_task).where(_task.c.order == trip.order, _task.c.state == "cancelled")
    desk.connection.execute(mine.values(state="cancelling", ended_ms=0))
    verification.pack_if_unloaded(desk, trip.order, attempt=trip.number if again else 0)


def _void(desk: Desk, task: Any, *, by: str) -> int:
    """Void what was issued for a task since a line is at its order, and set its packed boxes back; count the papers."""
    lot = candidates.lot_number(desk, task.lot)
    if (since := _since(desk, lot, task.order)) is None:
        return 0
    mine = sa.select(_box.c.code, _box.c.state, _moves.label("moves"), _picked.label("picked")).where(
        _box.c.lot == lot, _box.c.verdict == PASSED, _box.c.verified_ms >= since, _box.c.meters > 0,
        _box.c.state.in_(["qualified", "allocated", "quarantine", "shipped"]),
    )  # fmt: skip
    rows = desk.connection.execute(mine).all()
    gone = {row.code for row in rows if row.moves or row.picked or row.state == "shipped"}
    for box in sorted(gone):
        desk.clarify(box, Reason("cancelled_under_way", {"box": box, "task": task.key}))
    still = sorted({row.code for row in rows} - gone)
    issued = sa.select(_paper.c.bar_code).join(_asset, _asset.c.bar_code == _paper.c.bar_code)
    issued = issued.where(_asset.c.lot == lot, _paper.c.kind == "certificate", _paper.c.state == "valid")
    codes = set(desk.connection.execute(issued.where(_paper.c.issued_ms >= since)).scalars())
    codes |= set(_in_boxes(desk, still))
    codes -= set(_in_boxes(desk, sorted(gone)))
    for part in chunks(still, AT_ONCE):
        allocation.release(desk, sa.and_(_promise.c.box.in_(part), sa.text(OPEN_PROMISE)))
    return _take_back(desk, still, sorted(codes), by=by)


def _since(desk: Desk, lot: int | None, order: int) -> int | None:
    """Return from when on a line has worked for an order, None if it has not: an earlier one of the lot is not over."""
    created = desk.connection.execute(sa.select(_order.c.created_ms).where(_order.c.number == order)).scalar_one()
    earlier = sa.select(_order.c.ended_ms).where(_order.c.lot == lot, _order.c.kind == "verification")
    ends = desk.connection.execute(earlier.where(_order.c.number < order)).scalars().all()
    return None if 0 in ends else max(int(created), *(int(end) + 1 for end in ends), 0)


def _take_back(desk: Desk, boxes: Sequence[str], codes: Sequence[str], *, by: str) -> int:
    count = 0
    for part in chunks(codes, AT_ONCE):
        count += len(papers.void(desk, part, reason=WHY, by=by))
        ledger.void_of(desk, part, reason=WHY, by=by)
        _seals_beside(desk, part, by=by)
        plain = sa.update(_asset).where(_asset.c.bar_code.in_(part))
        desk.connection.execute(plain.values(verdict=0, seal="", verified_ms=0))
        tests = sa.update(_test).where(_test.c.bar_code.in_(part), sa.text("valid"))
        desk.connection.execute(tests.values(valid=False))
    for part in chunks(boxes, AT_ONCE):
        back = sa.update(_box).where(_box.c.code.in_(part))
        desk.connection.execute(back.values(verdict=0, verified_ms=0))
        plain = sa.update(_box).where(_box.c.code.in_(part), _box.c.state == "qualified")
        desk.connection.execute(plain.values(state="received"))
    return count


def _seals_beside(desk: Desk, codes: Sequence[str], *, by: str) -> None:
    """Say that seals are void which never went through the ledger: a line with a control of its own has its own."""
    known = sa.exists().where(_seal.c.seal == _asset.c.seal)
    query = sa.select(_asset.c.seal, _asset.c.bar_code).where(_asset.c.bar_code.in_(codes), _asset.c.seal != "", ~known)
    for row in desk.connection.execute(query.order_by(_asset.c.seal)).all():
        desk.book("SealVoided", row.seal, meter=row.bar_code, reason=WHY, by=by)


def _in_boxes(desk: Desk, boxes: Sequence[str]) -> list[str]:
    found: list[str] = []
    for part in chunks(boxes, AT_ONCE):
        found += desk.connection.execute(sa.select(_asset.c.bar_code).where(_asset.c.box.in_(part))).scalars()
    return found


def _settle_proposals(desk: Desk, task: Any, *, at_work: bool) -> None:
    open_ = sa.update(_proposal).where(_proposal.c.task == task.number, _proposal.c.state == "proposed")
    values = {"state": "rejected", "answer": WHY, "answered_ms": max(1, desk.at_ms)}
    desk.connection.execute(open_.values(**values))
    if not at_work:
        held.settle(desk, task.number, "released")


def _order_of(desk: Desk, number: int) -> Any:
    return desk.connection.execute(sa.select(_order).where(_order.c.number == number)).first() if number else None
