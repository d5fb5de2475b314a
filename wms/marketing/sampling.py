"""Sampling acceptance of a lot (GB/T 2828.1): no full verification before it, and a rejected lot goes to the maker.

The sample is drawn among the meters of the boxes that marketing has approved; it is decided when all are tested.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import candidates, sources
from wms.marketing.sources import Source
from wms.marketing.tables import LIVE_TASK, TaskRow
from wms.marketing.task_tables import SourceRow
from wms.outbound import allocation
from wms.outbound.tables import LIVE_TRIP, OPEN_PROMISE, OutboundOrderRow, PromiseRow, TripRow
from wms.reasons import Reason
from wms.results import samples
from wms.results.paper_tables import SampleRow
from wms.rows import chunks, table
from wms.stock import units
from wms.stock.tables import AssetRow, BoxRow, ClarificationRow, LotRow

_task, _sample, _box, _lot = table(TaskRow), table(SampleRow), table(BoxRow), table(LotRow)
_asset, _promise, _trip = table(AssetRow), table(PromiseRow), table(TripRow)
_source, _order, _question = table(SourceRow), table(OutboundOrderRow), table(ClarificationRow)
BY = "task"
AQL = "1.0"
LOOKUP = 500
LOCKED = ("received", "to_verify", "qualified", "rejected", "quarantine")
FREE = ("received", "qualified", "rejected")
WAITS, FIELD = "box_waits_for_sample", "field"
_moves = sa.exists().where(_trip.c.pallet == _box.c.pallet, sa.text(LIVE_TRIP))
_last = sa.select(_sample.c.number, _sample.c.state).where(_sample.c.lot == sa.bindparam("of_lot"))
_last = _last.where(_sample.c.state != "dropped").order_by(_sample.c.number.desc()).limit(1)
_open = (
    sa.select(_task.c.key)
    .join(_source, _source.c.source == _task.c.source)
    .where(_task.c.lot == sa.bindparam("of_lot"), _task.c.kind == "sample", sa.text(LIVE_TASK))
    .where(_source.c.population != FIELD)
    .order_by(_task.c.number)
)
_holding = (
    sa.select(_task.c.key, _task.c.lot)
    .join(_source, _source.c.source == _task.c.source)
    .join(_order, _order.c.number == _task.c.order)
    .where(_order.c.lot == sa.bindparam("of_lot"), _order.c.ended_ms == 0, _source.c.hold)
    .where(_task.c.state.in_(["running", "paused"]))
)
_waiting = (
    sa.select(_box.c.code)
    .join(_question, _question.c.subject == _box.c.code)
    .where(_box.c.lot == sa.bindparam("of_lot"), _question.c.reason == WAITS, sa.text("closed_ms = 0"))
    .order_by(_box.c.code)
)


_later = _sample.alias("later")
REJECTED_LOTS = (
    sa.select(_lot.c.number)
    .join(_sample, _sample.c.lot == _lot.c.code)
    .where(_sample.c.state == "rejected")
    .where(
        ~sa.exists().where(
            _later.c.lot == _sample.c.lot, _later.c.state == "accepted", _later.c.number > _sample.c.number
        )
    )
)
"""Lots whose last decided sample has rejected them: they are for their maker."""
_loose = sa.update(_box).where(_box.c.lot.in_(REJECTED_LOTS), _box.c.state.in_(FREE), ~_moves)


def held(desk: Desk, lot: str, source: Source) -> Reason | None:
    """Return why a task must not begin on a lot: its sample is not decided, or the lot was rejected by it."""
    row = desk.connection.execute(_last, {"of_lot": lot}).first()
    if row is not None and row.state == "rejected" and source.kind != "sample":
        return Reason("lot_rejected", {"lot": lot, "sample": row.number})
    if row is not None and row.state == "drawn" and (source.after_sampling or source.kind == "sample"):
        return Reason("lot_waits_for_sample", {"lot": lot, "sample": row.number})
    if not source.after_sampling:
        return None
    if (task := desk.connection.execute(_open, {"of_lot": lot}).scalar()) is not None:
        return Reason("lot_waits_for_sampling", {"lot": lot, "task": str(task)})
    return None


def size_of(desk: Desk, task: Any, lot: int) -> int:
    """Return how many meters the plan wants of what a task's sample stands for; raises Refused if there is no plan."""
    return samples.plan_for(_population(desk, task, lot) or candidates.meters_of(desk, lot), _aql(task)).size


def begin(desk: Desk, task: Any, boxes: Sequence[str]) -> None:
    """Draw the sample of a task among the meters of the boxes that were approved, and note it with the task."""
    codes: list[str] = []
    for part in chunks(boxes, LOOKUP):
        codes += desk.connection.execute(sa.select(_asset.c.bar_code).where(_asset.c.box.in_(part))).scalars()
    lot = candidates.lot_number(desk, task.lot)
    size = 0 if lot is None else _population(desk, task, lot)
    number = samples.draw(desk, task.lot, aql=_aql(task), by=task.sender or BY, among=codes, stands_for=size)
    desk.connection.execute(sa.update(_task).where(_task.c.number == task.number).values(sample=number))


def over(desk: Desk, task: Any) -> None:
    """Decide the sample of a task whose meters are packed; if one of them was not tested a person is asked."""
    if not task.sample:
        return
    try:
        samples.decide(desk, task.sample, by=task.sender or BY)
    except Refused as no:
        if no.code == "sample_not_tested":
            desk.clarify(task.lot, Reason("sample_not_tested", dict(no.params) | {"lot": task.lot}))


def packed(desk: Desk, box: str) -> None:
    """Keep a box that passed for a sample of meters in use out of the stock until the sample is decided."""
    row = desk.connection.execute(sa.select(_box.c.lot, _box.c.state).where(_box.c.code == box)).first()
    if row is None or row.state != "qualified":
        return
    task = desk.connection.execute(_holding, {"of_lot": row.lot}).first()
    if task is not None:
        desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(state="quarantine"))
        desk.clarify(box, Reason(WAITS, {"box": box, "lot": task.lot, "task": task.key}))


def given_up(desk: Desk, key: str) -> None:
    """Drop the sample of a task that was taken back before it was decided: another one may be drawn."""
    task = desk.connection.execute(sa.select(_task).where(_task.c.key == key)).first()
    if task is None or not task.sample or samples.sample(desk.session, task.sample).state != "drawn":
        return
    samples.drop(desk, task.sample, by=task.sender or BY, reason="task_cancelled")


def dropped(desk: Desk, lot: str) -> None:
    """A sample was given up: nothing is known of what it stood for, and what waited for it is as it came back."""
    number = candidates.lot_number(desk, lot)
    if number is not None:
        _settle_waiting(desk, number, state="returned")
        desk.clarified(lot)
        desk.changed = desk.supplied = True


def decided(desk: Desk, lot: str, state: str) -> None:
    """Lock a lot that its sample has rejected for return to the maker; one that is accepted after all is free again."""
    number = candidates.lot_number(desk, lot)
    if number is None:
        return
    desk.changed = desk.supplied = True
    _settle_waiting(desk, number, state="to_maker" if state == "rejected" else "")
    if state == "rejected":
        lock(desk, number, lot)
        return
    desk.clarified(lot)
    back = sa.select(_box.c.code).where(_box.c.lot == number, _box.c.state == "to_maker")
    for codes in chunks(desk.connection.execute(back).scalars().all(), LOOKUP):
        units.restore(desk, codes)


def lock(desk: Desk, number: int, lot: str) -> int:
    """Keep everything of a lot that stands still for its maker, and return how many boxes; ask about the rest."""
    mine = sa.select(_box.c.code).where(_box.c.lot == number, _box.c.state.in_(LOCKED), ~_moves)
    open_ = sa.select(_promise.c.box).join(_box, _box.c.code == _promise.c.box)
    allocation.release(
        desk, sa.and_(_promise.c.box.in_(open_.where(_box.c.lot == number, ~_moves)), sa.text(OPEN_PROMISE))
    )
    codes = desk.connection.execute(mine).scalars().all()
    for part in chunks(codes, LOOKUP):
        desk.connection.execute(sa.update(_box).where(_box.c.code.in_(part)).values(state="to_maker"))
    under_way = sa.select(sa.func.count()).where(_box.c.lot == number, _box.c.state.in_(("allocated", "to_verify")))
    left = int(desk.connection.execute(under_way).scalar() or 0)
    desk.clarify(lot, Reason("lot_locked_for_maker", {"lot": lot, "boxes": len(codes), "under_way": left}))
    desk.book("LotLocked", lot, boxes=len(codes), under_way=left)
    return len(codes)


def keep_locked(desk: Desk) -> int:
    """Keep for the maker what has become free of a rejected lot since, found again or let go by an order; return it."""
    return desk.connection.execute(_loose.values(state="to_maker")).rowcount


def _settle_waiting(desk: Desk, lot: int, *, state: str) -> None:
    """Bring the boxes that wait for a sample into a state; "": the one that their verdict gives them."""
    codes = list(desk.connection.execute(_waiting, {"of_lot": lot}).scalars())
    for part in chunks(codes, LOOKUP):
        if state:
            desk.connection.execute(sa.update(_box).where(_box.c.code.in_(part)).values(state=state))
        else:
            units.restore(desk, part)
    for code in codes:
        desk.clarified(code)


def _population(desk: Desk, task: Any, lot: int) -> int:
    """Return how many meters a sample of meters in use stands for: those that are or were with a district; 0: all."""
    if sources.source_of(desk.session, task.source).population != FIELD:
        return 0
    state = sa.func.coalesce(_asset.c.state, _box.c.state)
    out = sa.select(sa.func.count()).select_from(_asset.outerjoin(_box, _box.c.code == _asset.c.box))
    out = out.where(_asset.c.lot == lot, state.in_(["shipped", "returned"]))
    return int(desk.connection.execute(out).scalar_one())


def _aql(task: Any) -> str:
    return str(json.loads(task.requested).get("aql", AQL))
