"""What a line must wait for because marketing has a say in it: destination codes, and boxes taken; nothing else.

A site without marketing, and one whose receivers do not ask for it, has no gate. While marketing is away everything
goes on that codes were fetched for ahead, and as many boxes as a receiver allows to wait for it.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from wcs import orders
from wcs.orders import Allowance
from wcs.store import LineLotRow
from wms.desk import Desk
from wms.marketing import about, outbox
from wms.marketing.tables import DestinationRow, LetterRow, ReceiverRow
from wms.outbound.tables import OutboundOrderRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock.tables import AssetRow, LotRow, ModelRow, StationRow

_destination, _receiver = table(DestinationRow), table(ReceiverRow)
_order, _lot, _station, _line_lot = table(OutboundOrderRow), table(LotRow), table(StationRow), table(LineLotRow)
_asset, _model, _letter = table(AssetRow), table(ModelRow), table(LetterRow)
PASSED = 1
LIMIT = "limit"
BOX_PACKED = "box_packed"
CODES, BOXES = "packing_held", "packing_held_boxes"
_limits = sa.select(_line_lot.c.line, _line_lot.c.lot, _line_lot.c.work).where(_line_lot.c.flush == LIMIT)
_limits = _limits.order_by(_line_lot.c.id)
_free = (
    sa.select(_destination.c.number, _destination.c.code)
    .where(_destination.c.task == sa.bindparam("of_task"), _destination.c.verdict == sa.bindparam("verdict_is"))
    .where(sa.text("state = 'free'"))
    .order_by(_destination.c.number)
    .limit(1)
)


_on_lines = (
    sa.select(_order.c.line, _order.c.lot, _lot.c.code)
    .distinct()
    .join(_lot, _lot.c.number == _order.c.lot)
    .join(_station, _station.c.id == _order.c.line)
    .where(_order.c.kind == "verification", _order.c.ended_ms == 0, _station.c.kind == "cells")
    .order_by(_order.c.line, _order.c.lot)
)
_each = (
    sa.select(
        _letter.c.turn,
        sa.func.max(sa.case((_letter.c.state == "done", 1), else_=0)).label("done"),
        sa.func.max(sa.case((_letter.c.state.in_(["waiting", "sent", "dead"]), 1), else_=0)).label("open"),
    )
    .where(_letter.c.task == sa.bindparam("of_task"), _letter.c.receiver == sa.bindparam("of_receiver"))
    .where(_letter.c.kind == BOX_PACKED, _letter.c.body.contains('"verdict":"pass"'))
    .group_by(_letter.c.turn)
    .subquery()
)
_boxes = sa.select(
    sa.func.count().label("packed"),
    sa.func.sum(sa.case((sa.and_(_each.c.done == 0, _each.c.open == 1), 1), else_=0)).label("untaken"),
)


def has_gates(desk: Desk) -> bool:
    """Return whether a receiver of this site hands out destination codes."""
    query = sa.select(_receiver.c.name).where(_receiver.c.enabled, _receiver.c.gates).limit(1)
    return desk.connection.execute(query).first() is not None


def may_pack(desk: Desk, lot: str, verdict: int) -> Reason | None:
    """Return why meters of a lot and verdict must not be packed now, None if they may.

    Only qualified meters wait, and only those of a task: for a code, or until a receiver has taken what is packed.
    """
    task = about.lot_in(desk.session, lot).task if verdict == PASSED else ""
    if not task:
        return None
    no_code = (
        has_gates(desk) and desk.connection.execute(_free, {"of_task": task, "verdict_is": verdict}).first() is None
    )
    if no_code:
        return Reason("no_destination_code", {"task": task, "verdict": verdict})
    for name, most in _holding(desk, task).items():
        _, untaken = untaken_boxes(desk, name, task)
        if untaken > most:
            return Reason("boxes_not_taken", {"receiver": name, "task": task, "boxes": untaken, "most": most})
    return None


def tell(desk: Desk) -> int:
    """Tell every line how many qualified boxes of a lot it may pack, where that has changed; return of how many lots.

    That is as many as there are codes, and no more than so many beyond what the receivers have taken; in all, packed
    ones included: the line counts by itself what it packs, so that a word that comes late allows nothing twice.
    """
    told = 0
    known = {(row.line, row.lot): json.loads(row.work) for row in desk.connection.execute(_limits)}
    for line, lot, name in desk.connection.execute(_on_lines).all() if known or _has_any(desk) else ():
        was = known.pop((line, lot), None)
        allowance = _allowance(desk, lot, name)
        if was is not None and allowance is None:
            known[line, lot] = was
        if allowance is None or (was is not None and _same(was, allowance)):
            continue
        orders.allow_packing(desk.session, line=line, lot=lot, allowance=allowance)
        said = {"verdict": PASSED, "boxes": allowance.boxes, "packed": allowance.packed}
        desk.book("PackingAllowed", name, line=line, task=allowance.account, **said)
        told += 1
    for line, lot in known:  # nobody has a say in it any more
        orders.allow_packing(desk.session, line=line, lot=lot, allowance=Allowance(PASSED, -1, 0, 1))
    return told


def taken(desk: Desk, receiver: str) -> None:
    """A receiver has taken letters about packed boxes: let packing go on as far as that if it holds it."""
    query = sa.select(_receiver.c.name).where(_receiver.c.name == receiver, _receiver.c.boxes_open >= 0)
    if desk.connection.execute(query).first() is not None:
        tell(desk)


def untaken_boxes(desk: Desk, receiver: str, task: str) -> tuple[int, int]:
    """Return how many qualified boxes of a task a receiver was told of, and how many of them it has not taken yet.

    A box whose letter was split is taken with the first part that is.
    """
    row = desk.connection.execute(_boxes, {"of_receiver": receiver, "of_task": task}).one()
    return int(row.packed), int(row.untaken or 0)


def _has_any(desk: Desk) -> bool:
    query = sa.select(_receiver.c.name).where(_receiver.c.enabled)
    query = query.where(sa.or_(_receiver.c.gates, _receiver.c.boxes_open >= 0))
    return desk.connection.execute(query.limit(1)).first() is not None


def _holding(desk: Desk, task: str) -> dict[str, int]:
    """Return the receivers that hold packing while they have not taken boxes of a task, each with how many it may."""
    query = sa.select(_receiver.c.name, _receiver.c.boxes_open).where(_receiver.c.enabled, _receiver.c.boxes_open >= 0)
    found: dict[str, int] = {name: most for name, most in desk.connection.execute(query.order_by(_receiver.c.name))}
    told = outbox.listeners(desk, BOX_PACKED, task) if found else []
    return {name: most for name, most in found.items() if name in told}


def _allowance(desk: Desk, lot: int, name: str) -> Allowance | None:
    """Return how many boxes of a lot may be packed, None if nobody has a say in it."""
    task = about.lot_in(desk.session, name).task
    if not task:
        return None
    limits: list[tuple[int, int, str]] = []
    if has_gates(desk):
        limits.append((*_codes(desk, task), CODES))
    for receiver, most in _holding(desk, task).items():
        packed, untaken = untaken_boxes(desk, receiver, task)
        limits.append((packed - untaken + most + 1, packed, BOXES))
    if not limits:
        return None
    boxes, _, why = min(limits)
    return Allowance(
        PASSED, boxes, max(packed for _, packed, _ in limits), _per_box(desk, lot), task, why, begun=why == CODES
    )


def _same(was: dict[str, Any], now: Allowance) -> bool:
    return (was["boxes"], was.get("account")) == (now.boxes, now.account)


def _codes(desk: Desk, task: str) -> tuple[int, int]:
    """Return how many codes a task was given for qualified boxes, and how many of them are used."""
    query = sa.select(_destination.c.state, sa.func.count()).where(_destination.c.task == task)
    query = query.where(_destination.c.verdict == PASSED).group_by(_destination.c.state)
    count: dict[str, int] = {state: n for state, n in desk.connection.execute(query)}
    return sum(count.values()), count.get("used", 0)


def _per_box(desk: Desk, lot: int) -> int:
    query = sa.select(sa.func.min(_model.c.per_box)).join(_asset, _asset.c.model == _model.c.code)
    return int(desk.connection.execute(query.where(_asset.c.lot == lot)).scalar() or 1)


def offer(desk: Desk, task: str, verdict: int, codes: list[str]) -> int:
    """Enter destination codes that marketing has given ahead; return how many are new."""
    known = sa.select(_destination.c.code).where(_destination.c.task == task)
    have = set(desk.connection.execute(known).scalars())
    new = [code for code in dict.fromkeys(codes) if code not in have]
    row = {"task": task, "verdict": verdict, "box": "", "state": "free", "fetched_ms": desk.at_ms, "used_ms": 0}
    if new:
        desk.connection.execute(sa.insert(_destination), [row | {"code": code} for code in new])
        desk.book("DestinationsFetched", task, verdict=verdict, codes=len(new))
        desk.changed = True
    return len(new)


def take(desk: Desk, task: str, verdict: int, box: str) -> str:
    """Use the oldest free code of a task for a box and return it; "" if there is none."""
    row = desk.connection.execute(_free, {"of_task": task, "verdict_is": verdict}).first()
    if row is None:
        return ""
    mine = sa.update(_destination).where(_destination.c.number == row.number, sa.text("state = 'free'"))
    used = {"state": "used", "box": box, "used_ms": max(1, desk.at_ms)}
    return str(row.code) if desk.connection.execute(mine.values(**used)).rowcount else ""


def free(desk: Desk, task: str, verdict: int) -> int:
    """Return how many codes are left."""
    query = sa.select(sa.func.count()).select_from(_destination).where(_destination.c.task == task)
    query = query.where(_destination.c.verdict == verdict, sa.text("state = 'free'"))
    return int(desk.connection.execute(query).scalar() or 0)
