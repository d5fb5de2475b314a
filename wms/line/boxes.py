"""Boxes at the unloading cell: admitted if they hold what the books say, else set aside until somebody has looked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.line.rules import Expected, fault_of_box
from wms.line.tables import ExceptionBoxRow
from wms.marketing import held
from wms.outbound import trips, unverified, verification
from wms.outbound.tables import OutboundOrderRow, TripRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock.tables import AssetRow, BoxRow

_box, _asset, _trip, _order = table(BoxRow), table(AssetRow), table(TripRow), table(OutboundOrderRow)
_aside = table(ExceptionBoxRow)
OPEN = verification.ASIDE
_called = (
    sa.select(_order.c.lot, _order.c.state.label("of_order"), _trip.c.number.label("trip"), _trip.c.state)
    .add_columns(_order.c.number.label("order"))
    .join(_trip, _trip.c.order == _order.c.number)
    .where(_trip.c.pallet == sa.bindparam("of_pallet"), _trip.c.purpose == "verify")
    .where(_trip.c.state.in_(["travelling", "arrived", "done", "cancelled"]), _order.c.state != "finished")
    .order_by(_trip.c.number.desc())
    .limit(1)
)
_meters = sa.select(_asset.c.bar_code).where(_asset.c.box == sa.bindparam("of_box"))


def opened(desk: Desk, box: str, asked: Mapping[str, Any]) -> None:
    """Answer for a box that was opened and scanned: its meters go on the line, or it goes to the exception port.

    An empty box, one of an order that was taken back, and one that the order's task does not want is set back onto its
    pallet as it is.
    """
    back = _open_row(desk, box)
    call = desk.connection.execute(_called, {"of_pallet": asked["pallet"]}).first()
    if back is None and (_taken_back(call) or _is_empty(desk, box, asked["meters"])):
        _direct(desk, asked["question"], "pallet", {})
        return
    if call is not None and call.state == "travelling":
        trips.settle(desk, call.trip, "arrived")
    if back is None and call is not None and not held.wants(desk, call.order, box):
        _direct(desk, asked["question"], "pallet", {})
        return
    lot = back.lot if back is not None else call.lot if call is not None else None
    why = fault_of_box(box, asked["meters"], _expected(desk, box, lot))
    if why is None:
        _direct(desk, asked["question"], "admit", {"lot": lot})
        return
    _direct(desk, asked["question"], "exception", {"lot": lot or 0})
    content = {"scanned": json.dumps(asked["meters"]), "reason": why.code, "params": why.params_json()}
    if back is not None:
        again = sa.update(_aside).where(_aside.c.number == back.number)
        desk.connection.execute(again.values(state="aside", **content))
    else:
        row = {"line": asked["line"], "cell": asked["cell"], "box": box, "lot": lot or 0, "state": "aside", "by": ""}
        desk.connection.execute(sa.insert(_aside), row | content | {"raised_ms": desk.at_ms})
    desk.clarify(box, why)


def emptied(desk: Desk, box: str, line: str) -> None:
    """The meters of a box are on carriers: they are loose now, and the box is an empty one on its pallet."""
    loose = sa.update(_asset).where(_asset.c.box == box).values(box=None, state="on_line")
    meters = desk.connection.execute(loose).rowcount
    empty = {"meters": 0, "state": "empty", "verdict": 0, "lot": None, "model": None, "verified_ms": 0}
    desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(**empty))
    unverified.settled(desk, box)
    desk.book("BoxUnloaded", box, line=line, meters=meters)
    back = _open_row(desk, box)
    if back is not None:
        settle(desk, back.number, "done")
        desk.clarified(box)
        pack_when_clear(desk, back.lot)


def returned(desk: Desk, box: str) -> None:
    """A box is on its pallet again, closed and with what is in it: it is what it was before it was called off."""
    where = desk.connection.execute(sa.select(_box.c.pallet).where(_box.c.code == box)).scalar()
    if where is not None and unverified.back_in_stock(desk, str(where), box):
        desk.book("BoxBackInStock", box, pallet=str(where), reason="order_cancelled")


def set_aside(desk: Desk, box: str) -> None:
    """A box stands at the exception port: it is off its pallet, and nobody ships what is in it."""
    off = sa.update(_box).where(_box.c.code == box)
    desk.connection.execute(off.values(pallet=None, pile=0, pile_code="", state="quarantine"))


def pack_when_clear(desk: Desk, lot: int) -> None:
    """Have what is left of a lot packed, if no pallet and no box of it is still to come."""
    number = sa.select(_order.c.number).where(_order.c.lot == lot, _order.c.kind == "verification")
    number = number.where(_order.c.ended_ms == 0)
    for order in desk.connection.execute(number.order_by(_order.c.number)).scalars().all():
        verification.pack_if_unloaded(desk, int(order))


def settle(desk: Desk, number: int, state: str, by: str = "") -> None:
    """Book what has become of a box at the exception port."""
    values = {"state": state} | ({"by": by} if by else {})
    desk.connection.execute(sa.update(_aside).where(_aside.c.number == number).values(**values))


def _open_row(desk: Desk, box: str) -> sa.Row[Any] | None:
    query = sa.select(_aside).where(_aside.c.box == box, _aside.c.state.in_(OPEN))
    return desk.connection.execute(query).first()


def _taken_back(call: Any | None) -> bool:
    return call is not None and "cancelled" in (call.state, call.of_order)


def _is_empty(desk: Desk, box: str, scanned: Sequence[str]) -> bool:
    state = desk.connection.execute(sa.select(_box.c.state).where(_box.c.code == box)).scalar()
    return not scanned and state == "empty"


def _expected(desk: Desk, box: str, called: int | None) -> Expected | None:
    row = desk.connection.execute(sa.select(_box.c.code, _box.c.lot).where(_box.c.code == box)).first()
    if row is None:
        return None
    meters = frozenset(desk.connection.execute(_meters, {"of_box": box}).scalars())
    return Expected(row.lot, called, meters)


def _direct(desk: Desk, question: str, where: str, params: Mapping[str, Any]) -> None:
    orders.direct(desk.session, question=question, destination=where, kind=OrderKind.VERIFY, params=params)


def reason_of(row: sa.Row[Any]) -> Reason:
    """Return why a box was set aside."""
    return Reason(row.reason, json.loads(row.params))
