"""Stock promised to lines: chosen by rule, guarded by the state of the box and by a unique key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import OutOfStep
from wms.marketing import promise
from wms.marketing.task_tables import ProposalBoxRow
from wms.outbound import closing
from wms.outbound.rules import DAY_MS, StockBox, StockPallet, choose_boxes, short
from wms.outbound.tables import LIVE_PROMISE, LIVE_TRIP, OrderLineRow, OutboundOrderRow, PromiseRow, TripRow
from wms.reasons import NONE, Reason
from wms.rows import table
from wms.stock.tables import BoxRow, ModelRow, PalletRow, SlotRow

_order, _line, _promise, _trip = table(OutboundOrderRow), table(OrderLineRow), table(PromiseRow), table(TripRow)
_box, _slot, _model, _pallet = table(BoxRow), table(SlotRow), table(ModelRow), table(PalletRow)
_held = table(ProposalBoxRow)
_p = sa.bindparam
KEPT_BACK = "safety_stock_kept"
LONG_AGO = 100_000  # days; stock may have been verified before the epoch, and SQL rounds towards zero
_moves = sa.exists().where(_trip.c.pallet == _box.c.pallet, sa.text(LIVE_TRIP))
_is_held = sa.exists().where(_held.c.box == _box.c.code, sa.text("proposal_box.state = 'held'"))
"""A task holds it for a re-check, which is to be answered still: what is old does not go to a district before."""
_days = (
    sa.select(((_box.c.verified_ms + LONG_AGO * DAY_MS) // DAY_MS - LONG_AGO).label("day"))
    .where(_box.c.model == _p("of_model"), _box.c.state == "qualified")
    .distinct()
    .order_by("day")
)
_free = (
    sa.select(_box.c.pallet, _box.c.code, _box.c.meters, _slot.c.aisle, _slot.c.travel_ms)
    .select_from(_box.join(_slot, _slot.c.pallet == _box.c.pallet).join(_pallet, _pallet.c.code == _box.c.pallet))
    .where(_pallet.c.whereabouts == "stored", ~_is_held)
    .where(_box.c.model == _p("of_model"), _box.c.state == "qualified")
    .where(_box.c.verified_ms >= _p("from_ms"), _box.c.verified_ms < _p("to_ms"), _box.c.meters > 0, ~_moves)
    .order_by(_box.c.pallet, _box.c.code)
)
_on_pallets = (
    sa.select(_box.c.pallet, sa.func.count())
    .where(_box.c.pallet.in_(_p("pallets", expanding=True)))
    .group_by(_box.c.pallet)
)
_busy = (
    sa.select(_slot.c.aisle, sa.func.count())
    .select_from(_trip.join(_slot, _slot.c.pallet == _trip.c.pallet))
    .where(sa.text("trip.state = 'travelling'"))
    .group_by(_slot.c.aisle)
)
_take = (
    sa.update(_box).where(_box.c.code == _p("box_code"), _box.c.state == "qualified").values(state="allocated")
)  # fmt: skip
_waiting = (
    sa.select(_line, _model.c.per_box)
    .join(_order, _order.c.number == _line.c.order)
    .join(_model, _model.c.code == _line.c.model)
    .where(sa.text("NOT order_line.allocated AND NOT order_line.closed"), _order.c.state != "cancelled")
    .order_by(_line.c.number)
)


def allocate_waiting(desk: Desk, order: int | None = None) -> None:
    """Promise stock to every line that waits for it (of one order), the oldest first; the others get their reason."""
    query = _waiting if order is None else _waiting.where(_line.c.order == order)
    lines = desk.connection.execute(query).all()
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted[line.model] += line.quantity - line.promised
    stock = {model: _stock(desk, model, meters) for model, meters in sorted(wanted.items())}
    busy: dict[str, int] = {aisle: n for aisle, n in desk.connection.execute(_busy)} if lines else {}
    beyond = promise.beyond_safety(desk.session, wanted) if lines else {}
    for line in lines:
        free, asked = beyond.get(line.model), line.quantity - line.promised
        if free is not None and asked > free and asked <= _meters(stock[line.model]):
            _note(desk, line, Reason(KEPT_BACK, {"available": max(0, free), "quantity": asked, "model": line.model}))
            continue
        before = _meters(stock[line.model])
        taken = _allocate(desk, line, stock[line.model], busy)
        stock[line.model] = [left for p in stock[line.model] if (left := p.without(taken)).boxes]
        if free is not None:
            beyond[line.model] = free - before + _meters(stock[line.model])


def _meters(stock: Sequence[StockPallet]) -> int:
    return sum(pallet.meters for pallet in stock)


def release(desk: Desk, where: Any) -> None:
    """Take promises back (`where` says which live ones); their boxes are free and their lines wait again."""
    query = sa.select(_promise).where(where, sa.text(LIVE_PROMISE)).order_by(_promise.c.number)
    rows = desk.connection.execute(query).all()
    if not rows:
        return
    numbers, boxes = [row.number for row in rows], [row.box for row in rows]
    done = sa.update(_promise).where(_promise.c.number.in_(numbers))
    desk.connection.execute(done.values(state="released", job=None))
    free = sa.update(_box).where(_box.c.code.in_(boxes), _box.c.state == "allocated").values(state="qualified")
    desk.connection.execute(free)
    meters: Counter[int] = Counter()
    for row in rows:
        meters[row.line] += row.meters
    for number, count in sorted(meters.items()):
        less = sa.update(_line).where(_line.c.number == number)
        desk.connection.execute(less.values(promised=_line.c.promised - count, allocated=False))
    desk.changed = desk.supplied = True


def _allocate(desk: Desk, line: sa.Row[Any], stock: Sequence[StockPallet], busy: Mapping[str, int]) -> set[str]:
    """Promise stock to one line, and return the boxes that are gone."""
    chosen = choose_boxes(stock, line.quantity - line.promised, line.per_box, busy)
    if isinstance(chosen, Reason):
        available = line.promised + _meters(stock)
        _note(desk, line, short(available, line.quantity))
        return set()
    if chosen:
        _promise_boxes(desk, line.number, chosen)
    meters = sum(box.meters for box in chosen)
    done = sa.update(_line).where(_line.c.number == line.number)
    values = {"promised": line.promised + meters, "allocated": True, "reason": NONE.code, "params": "{}"}
    desk.connection.execute(done.values(**values))
    under_way = sa.update(_order).where(_order.c.number == line.order)
    desk.connection.execute(under_way.values(state="under_way"))
    if not chosen:
        closing.close_line(desk, line.number, line.order)
    desk.book(
        "OrderAllocated", str(line.order), line=line.number, district=line.district, model=line.model,
        meters=line.promised + meters, quantity=line.quantity, boxes=len(chosen),
    )  # fmt: skip
    return {box.code for box in chosen}


def _promise_boxes(desk: Desk, line: int, chosen: Sequence[StockBox]) -> None:
    taken = desk.connection.execute(_take, [{"box_code": box.code} for box in chosen])
    if taken.rowcount != len(chosen):
        raise OutOfStep("box_promised_meanwhile", line=line)
    rows = [{"line": line, "box": b.code, "meters": b.meters, "pile": 0, "state": "promised"} for b in chosen]
    desk.connection.execute(sa.insert(_promise), rows)


def _stock(desk: Desk, model: str, wanted: int) -> list[StockPallet]:
    """Return free stock day by day, the oldest first, until there is enough to choose from."""
    stock: list[StockPallet] = []
    found = 0
    for day in desk.connection.execute(_days, {"of_model": model}).scalars().all():
        if found >= wanted:
            break
        pallets = _of_day(desk, model, int(day))
        found += sum(pallet.meters for pallet in pallets)
        stock += pallets
    return stock


def _of_day(desk: Desk, model: str, day: int) -> list[StockPallet]:
    span = {"of_model": model, "from_ms": day * DAY_MS, "to_ms": (day + 1) * DAY_MS}
    groups = [(code, list(rows)) for code, rows in groupby(desk.connection.execute(_free, span), lambda r: r.pallet)]
    if not groups:
        return []
    counted = desk.connection.execute(_on_pallets, {"pallets": [code for code, _ in groups]})
    total: dict[str, int] = {code: count for code, count in counted}
    return [_stock_pallet(code, rows, day, whole=len(rows) == total[code]) for code, rows in groups]


def _stock_pallet(code: str, rows: Sequence[Any], day: int, *, whole: bool) -> StockPallet:
    boxes = tuple(StockBox(row.code, row.meters) for row in rows)
    return StockPallet(code, rows[0].aisle, rows[0].travel_ms, day, whole, boxes)


def _note(desk: Desk, line: sa.Row[Any], reason: Reason) -> None:
    if (line.reason, line.params) == (reason.code, reason.params_json()):
        return
    noted = sa.update(_line).where(_line.c.number == line.number)
    desk.connection.execute(noted.values(reason=reason.code, params=reason.params_json()))
    desk.book("OrderWaits", str(line.order), line=line.number, reason=reason.code, params=dict(reason.params))
