"""Pallets as they come: announced ones are received, lost ones found again, strangers sent to a person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.inbound.tables import InboundOrderRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock import units
from wms.stock.tables import BoxRow, PalletRow

_inbound, _box, _pallet = table(InboundOrderRow), table(BoxRow), table(PalletRow)
_p = sa.bindparam
_one_more = (
    sa.update(_inbound)
    .where(_inbound.c.number == _p("order_number"))
    .values(
        received=_inbound.c.received + 1,
        short=sa.case((_inbound.c.short > 0, _inbound.c.short - 1), else_=0),
        state=sa.case(
            (_inbound.c.state == "closed_short", "closed_short"),
            (_inbound.c.received + 1 >= _inbound.c.expected, "completed"),
            else_="receiving",
        ),
    )
)
_arrived = (
    sa.update(_pallet)
    .where(_pallet.c.code == _p("pallet_code"))
    .values(whereabouts="moving", place=_p("at"), weight_g=_p("grams"), arrived_ms=_p("now"))
)


def arrive(desk: Desk, unit: str, at: str, weight_g: int) -> Reason | None:
    """Book a pallet that stands at goods-in or clarification; the reason says why a person must see it first."""
    row = units.get(desk, unit)
    if row is None or (row.inbound is not None and _staging(desk, row.inbound)):
        return _to_person(desk, unit, Reason("unknown_pallet", {"pallet": unit}))
    match row.whereabouts:
        case "announced":
            return _receive(desk, row, at, weight_g)
        case "missing":
            units.turned_up(desk, unit, at)
        case "stored":
            return _to_person(desk, unit, Reason("pallet_stored_elsewhere", {"pallet": unit, "slot": row.place}))
        case "gone":
            return _to_person(desk, unit, Reason("pallet_had_left", {"pallet": unit}))
        case _:
            units.move(desk, unit, "moving", at)
            if row.arrived_ms is not None and weight_g:
                units.weigh(desk, unit, weight_g)
    return None


def set_off(desk: Desk, pallet: str) -> None:
    """Book that a person has taken the boxes in quarantine off a pallet; they are looked into apart from it."""
    aside = sa.update(_box).where(_box.c.pallet == pallet, _box.c.state == "quarantine", _box.c.lot.is_(None))
    if desk.connection.execute(aside.values(pallet=None, pile=0)).rowcount:
        desk.book("BoxesSetAside", pallet)


def holds_strange_boxes(desk: Desk, pallet: str) -> bool:
    """Return whether boxes are on a pallet that were not as announced."""
    query = sa.select(_box.c.code).where(_box.c.pallet == pallet, _box.c.state == "quarantine", _box.c.lot.is_(None))
    return desk.connection.execute(query).first() is not None


def _receive(desk: Desk, row: sa.Row[Any], at: str, weight_g: int) -> Reason | None:
    desk.connection.execute(_arrived, {"pallet_code": row.code, "at": at, "grams": weight_g, "now": desk.at_ms})
    units.restate(desk, row.code, ["expected", "not_delivered"], "received")
    boxes, meters = units.content(desk, row.code)
    desk.connection.execute(_one_more, {"order_number": row.inbound})
    desk.clarified(row.code)
    desk.book("PalletReceived", row.code, order=row.inbound, boxes=boxes, meters=meters, weight_g=weight_g)
    return None


def _to_person(desk: Desk, unit: str, why: Reason) -> Reason:
    desk.clarify(unit, why)
    return why


def _staging(desk: Desk, number: int) -> bool:
    state = sa.select(_inbound.c.state).where(_inbound.c.number == number)
    return desk.connection.execute(state).scalar() == "staging"
