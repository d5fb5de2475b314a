"""What a line must wait for because marketing has a say in it: destination codes before packing, and nothing else.

A site without marketing, and one whose receivers do not ask for it, has no gate. While marketing is away everything
goes on that codes were fetched for ahead.
"""

from __future__ import annotations

import json

import sqlalchemy as sa

from wcs import orders
from wcs.orders import Allowance
from wcs.store import LineLotRow
from wms.desk import Desk
from wms.marketing import about
from wms.marketing.tables import DestinationRow, ReceiverRow
from wms.outbound.tables import OutboundOrderRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock.tables import AssetRow, LotRow, ModelRow, StationRow

_destination, _receiver = table(DestinationRow), table(ReceiverRow)
_order, _lot, _station, _line_lot = table(OutboundOrderRow), table(LotRow), table(StationRow), table(LineLotRow)
_asset, _model = table(AssetRow), table(ModelRow)
PASSED = 1
LIMIT = "limit"
_limit = sa.select(_line_lot.c.work, _line_lot.c.flush).where(_line_lot.c.id == sa.bindparam("row_is"))
_free = (
    sa.select(_destination.c.number, _destination.c.code)
    .where(_destination.c.task == sa.bindparam("of_task"), _destination.c.verdict == sa.bindparam("verdict_is"))
    .where(sa.text("state = 'free'"))
    .order_by(_destination.c.number)
    .limit(1)
)


_on_lines = (
    sa.select(_order.c.lot, _order.c.line, _lot.c.code)
    .join(_lot, _lot.c.number == _order.c.lot)
    .join(_station, _station.c.id == _order.c.line)
    .where(_order.c.kind == "verification", _order.c.ended_ms == 0, _station.c.kind == "cells")
    .order_by(_order.c.number)
)


def has_gates(desk: Desk) -> bool:
    """Return whether a receiver of this site hands out destination codes."""
    query = sa.select(_receiver.c.name).where(_receiver.c.enabled, _receiver.c.gates).limit(1)
    return desk.connection.execute(query).first() is not None


def may_pack(desk: Desk, lot: str, verdict: int) -> Reason | None:
    """Return why meters of a lot and verdict must not be packed now, None if they may.

    Only qualified meters need a code, and only those of a task.
    """
    if verdict != PASSED or not has_gates(desk):
        return None
    task = about.lot_in(desk.session, lot).task
    if not task or desk.connection.execute(_free, {"of_task": task, "verdict_is": verdict}).first() is not None:
        return None
    return Reason("no_destination_code", {"task": task, "verdict": verdict})


def tell(desk: Desk) -> int:
    """Tell every line how many qualified boxes of a lot it may pack, where that has changed; return of how many lots.

    That is as many as there are codes, used ones included: the line counts by itself what it packs, so that a word that
    comes late allows nothing twice.
    """
    told = 0
    for row in desk.connection.execute(_on_lines).all() if has_gates(desk) else ():
        task = about.lot_in(desk.session, row.code).task
        if not task:
            continue
        codes, used = _codes(desk, task)
        known = desk.connection.execute(_limit, {"row_is": f"{row.line}:{row.lot}:{LIMIT}"}).first()
        if known is not None and known.flush != "over" and json.loads(known.work)["boxes"] == codes:
            continue
        allowance = Allowance(PASSED, codes, used, _per_box(desk, row.lot))
        orders.allow_packing(desk.session, line=row.line, lot=row.lot, allowance=allowance)
        desk.book("PackingAllowed", row.code, line=row.line, task=task, verdict=PASSED, boxes=codes, packed=used)
        told += 1
    return told


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
