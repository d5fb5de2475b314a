"""Pallets and what is on them, as a service: where they are, and what state their boxes are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.reasons import Reason
from wms.rows import table
from wms.stock import slots
from wms.stock.tables import AssetRow, BoxRow, LotRow, PalletRow

_pallet, _box, _asset, _lot = table(PalletRow), table(BoxRow), table(AssetRow), table(LotRow)
_p = sa.bindparam
_by_code = sa.select(_pallet).where(_pallet.c.code == _p("pallet_code"))
_move = (
    sa.update(_pallet)
    .where(_pallet.c.code == _p("pallet_code"))
    .values(whereabouts=_p("new_whereabouts"), place=_p("new_place"))
)
_content = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_box.c.meters), 0)).where(
    _box.c.pallet == _p("pallet_code")
)
_restate = (
    sa.update(_box)
    .where(_box.c.pallet == _p("pallet_code"), _box.c.state.in_(_p("olds", expanding=True)))
    .values(state=_p("new_state"))
)
_lot_code = sa.select(_lot.c.code).where(_lot.c.number == _p("lot_number"))
_own_state = sa.case(
    (_box.c.verdict == 1, "qualified"), (_box.c.verdict == 2, "rejected"), else_="received"  # noqa: PLR2004
)  # fmt: skip


def get(desk: Desk, code: str) -> sa.Row[Any] | None:
    """Return a pallet's row, or None."""
    return desk.connection.execute(_by_code, {"pallet_code": code}).first()


def create(desk: Desk, code: str, place: str) -> None:
    """Enter an empty pallet that has turned up at `place`, or note where a known one is."""
    if get(desk, code) is not None:
        move(desk, code, "moving", place)
        return
    row = {"code": code, "whereabouts": "moving", "place": place, "weight_g": 0, "height_mm": 0}
    desk.connection.execute(sa.insert(_pallet), row)


def move(desk: Desk, pallet: str, whereabouts: str, place: str) -> None:
    """Note where a pallet is."""
    desk.connection.execute(_move, {"pallet_code": pallet, "new_whereabouts": whereabouts, "new_place": place})


def weigh(desk: Desk, pallet: str, weight_g: int) -> None:
    """Note what a pallet was found to weigh."""
    desk.connection.execute(sa.update(_pallet).where(_pallet.c.code == pallet).values(weight_g=weight_g))


def content(desk: Desk, pallet: str) -> tuple[int, int]:
    """Return how many boxes and meters are on a pallet."""
    row = desk.connection.execute(_content, {"pallet_code": pallet}).one()
    return int(row[0]), int(row[1])


def restate(desk: Desk, pallet: str, olds: Sequence[str], new: str) -> int:
    """Bring the boxes on a pallet that are in one of the states `olds` into a new one; return how many."""
    return desk.connection.execute(_restate, {"pallet_code": pallet, "olds": list(olds), "new_state": new}).rowcount


def restore(desk: Desk, boxes: Sequence[str]) -> None:
    """Bring boxes back into the state that their verdict gives them."""
    desk.connection.execute(sa.update(_box).where(_box.c.code.in_(boxes)).values(state=_own_state))


def stored(desk: Desk, pallet: str, slot: str) -> None:
    """Book that a pallet stands in its slot. The floor is right: whom the books had there before is missing."""
    if (other := slots.holder(desk, slot)) not in (None, pallet):
        lost(desk, str(other), slot)
        desk.clarify(str(other), Reason("slot_held_another", {"slot": slot, "pallet": pallet}))
        slots.unblock(desk, slot)
    slots.occupy(desk, pallet, slot)
    move(desk, pallet, "stored", slot)
    boxes, meters = content(desk, pallet)
    desk.changed = desk.supplied = True
    desk.book("PalletStored", pallet, slot=slot, boxes=boxes, meters=meters)


def taken_out(desk: Desk, pallet: str, device: str) -> None:
    """Book that a crane has taken a pallet out of its slot."""
    slots.leave(desk, pallet)
    move(desk, pallet, "moving", device)


def lost(desk: Desk, pallet: str, slot: str) -> None:
    """Book that a pallet is not where the books had it: its slot is kept out of use until somebody has looked."""
    slots.leave(desk, pallet)
    slots.forget(desk, pallet)
    slots.block(desk, slot, "empty", unit=pallet)
    move(desk, pallet, "missing", slot)
    gone = sa.update(_box).where(_box.c.pallet == pallet, _box.c.state != "quarantine").values(state="missing")
    desk.connection.execute(gone)
    boxes, meters = content(desk, pallet)
    desk.book("PalletMissing", pallet, slot=slot, boxes=boxes, meters=meters)


def turned_up(desk: Desk, pallet: str, place: str) -> None:
    """Book that a missing pallet has been found: its boxes are what they were, its slot may be used again."""
    move(desk, pallet, "moving", place)
    again = sa.update(_box).where(_box.c.pallet == pallet, _box.c.state == "missing").values(state=_own_state)
    desk.connection.execute(again)
    slots.unblock_for(desk, pallet)
    desk.clarified(pallet)
    desk.book("PalletFound", pallet, place=place)


def into_line(desk: Desk, pallet: str, line: str) -> None:
    """Book that a line has unloaded a pallet: its meters are out of their boxes, its boxes off the pallet."""
    move(desk, pallet, "on_line", line)
    boxes = sa.select(_box.c.code).where(_box.c.pallet == pallet, _box.c.state != "quarantine")
    loose = sa.update(_asset).where(_asset.c.box.in_(boxes)).values(box=None, state="on_line")
    desk.connection.execute(loose)
    empty = sa.update(_box).where(_box.c.pallet == pallet, _box.c.state != "quarantine")
    desk.connection.execute(empty.values(pallet=None, pile=0, pile_code="", meters=0, state="on_line", verdict=0))


def emptied(desk: Desk, pallet: str, line: str) -> None:
    """Book that a line has taken every box off a pallet in turn: what is left on it are empty boxes, of no lot.

    Boxes that the line has set back with their meters in them keep their lot.
    """
    full = sa.exists().where(_box.c.pallet == pallet, _box.c.meters > 0)
    lot = sa.case((full, _pallet.c.lot), else_=None)
    desk.connection.execute(
        sa.update(_pallet).where(_pallet.c.code == pallet).values(whereabouts="on_line", place=line, lot=lot)
    )


def lot_code(desk: Desk, number: int | None) -> str:
    """Return the code of a lot."""
    return str(desk.connection.execute(_lot_code, {"lot_number": number}).scalar() or "")
