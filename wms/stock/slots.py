"""Slots as a service: reserve, occupy, leave, block. The unique keys of the table stand behind all of it."""

from __future__ import annotations

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import OutOfStep, Refused
from wms.reasons import Reason
from wms.rows import table
from wms.stock import lanes, turnover
from wms.stock.rules import Need, SlotState, unfit
from wms.stock.tables import FREE, AisleRow, PalletRow, SlotRow

_slot, _aisle, _pallet = table(SlotRow), table(AisleRow), table(PalletRow)
_p = sa.bindparam
_state = sa.select(
    _slot.c.id, _slot.c.clear_height_mm, _slot.c.max_weight_g, _slot.c.pallet, _slot.c.reserved_for, _slot.c.blocked
).where(_slot.c.id == _p("slot_id"))
_need = sa.select(_pallet.c.code, _pallet.c.height_mm, _pallet.c.weight_g)
_need = _need.where(_pallet.c.code == _p("pallet_code"))
_reserve = sa.update(_slot).where(_slot.c.id == _p("slot_id"), sa.text(FREE)).values(reserved_for=_p("unit"))
_forget = sa.update(_slot).where(_slot.c.reserved_for == _p("unit")).values(reserved_for=None)
_leave = sa.update(_slot).where(_slot.c.pallet == _p("unit")).values(pallet=None)
_occupy = (
    sa.update(_slot)
    .where(_slot.c.id == _p("slot_id"), _slot.c.pallet.is_(None))
    .values(pallet=_p("unit"), reserved_for=None)
)


def confirmed(desk: Desk, pallet: str, slot: str) -> Reason | None:
    """Check again, before the crane picks it up, that the pallet may go into its slot."""
    state, need = desk.connection.execute(_state, {"slot_id": slot}).first(), _need_of(desk, pallet)
    if state is None:
        return Reason("unknown_slot", {"slot": slot})
    if (why := unfit(SlotState(*state), need) or lanes.closed(desk, slot, pallet)) is not None:
        return why
    return None if state.reserved_for == pallet else Reason("slot_not_reserved", {"slot": slot})


def reserve(desk: Desk, pallet: str, slot: str) -> Reason | None:
    """Reserve one slot that somebody named, if the pallet may go there."""
    state = desk.connection.execute(_state, {"slot_id": slot}).first()
    if state is None:
        return Reason("unknown_slot", {"slot": slot})
    if (why := unfit(SlotState(*state), _need_of(desk, pallet)) or lanes.closed(desk, slot, pallet)) is not None:
        return why
    forget(desk, pallet)
    take(desk, pallet, slot)
    return None


def take(desk: Desk, pallet: str, slot: str) -> bool:
    """Reserve a slot if it is free still; return whether it was."""
    return desk.connection.execute(_reserve, {"slot_id": slot, "unit": pallet}).rowcount == 1


def forget(desk: Desk, pallet: str) -> None:
    """Give back what the pallet had reserved."""
    if desk.connection.execute(_forget, {"unit": pallet}).rowcount:
        desk.changed = True


def holder(desk: Desk, slot: str) -> str | None:
    """Return the pallet that the books have in a slot."""
    return desk.connection.execute(sa.select(_slot.c.pallet).where(_slot.c.id == slot)).scalar()


def occupy(desk: Desk, pallet: str, slot: str) -> None:
    """Book that the pallet stands in the slot now, whoever it was promised to.

    Raises OutOfStep if the books have another one there.
    """
    forget(desk, pallet)
    moved = desk.connection.execute(_leave, {"unit": pallet}).rowcount
    if not moved:
        turnover.counted(desk, pallet, 1)
    if desk.connection.execute(_occupy, {"slot_id": slot, "unit": pallet}).rowcount != 1:
        raise OutOfStep("slot_not_free", slot=slot, pallet=pallet)


def leave(desk: Desk, pallet: str) -> None:
    """Book that the pallet has left its slot."""
    if desk.connection.execute(_leave, {"unit": pallet}).rowcount:
        desk.changed = True
        turnover.counted(desk, pallet, -1)


def block(desk: Desk, slot: str, why: str, *, unit: str = "") -> None:
    """Keep a slot out of use: "occupied", "empty" (then `unit` is whom the books had there) or "manual"."""
    values = {"blocked": why, "blocked_unit": unit, "blocked_ms": desk.at_ms}
    desk.connection.execute(sa.update(_slot).where(_slot.c.id == slot).values(**values))
    desk.book("SlotBlocked", slot, why=why, unit=unit)


def unblock(desk: Desk, slot: str) -> None:
    """Let a slot be used again."""
    done = sa.update(_slot).where(_slot.c.id == slot, _slot.c.blocked != "")
    if desk.connection.execute(done.values(blocked="", blocked_unit="", blocked_ms=0)).rowcount:
        desk.changed = True
        desk.book("SlotUnblocked", slot)


def unblock_for(desk: Desk, unit: str) -> None:
    """Let the slots be used again that were found empty because `unit` was elsewhere."""
    found = sa.select(_slot.c.id).where(_slot.c.blocked == "empty", _slot.c.blocked_unit == unit).order_by(_slot.c.id)
    for slot in desk.connection.execute(found).scalars().all():
        unblock(desk, slot)


def check(desk: Desk, slot: str, *, holds: str | None) -> None:
    """Book what somebody has seen in a slot: nothing (None) or a pallet. Raises Refused if that cannot be."""
    state = desk.connection.execute(_state, {"slot_id": slot}).first()
    if state is None:
        raise Refused("unknown_slot", slot=slot)
    if holds is None and state.pallet is not None:
        raise Refused("slot_holds_by_the_books", slot=slot, pallet=state.pallet)
    if holds is not None:
        if state.pallet not in (None, holds):
            raise Refused("slot_holds_by_the_books", slot=slot, pallet=state.pallet)
        occupy(desk, holds, slot)
    unblock(desk, slot)


def trouble(desk: Desk, *, device: str, fault: str, raised: bool) -> None:
    """Remember that a crane or its PLC cannot work, or can again."""
    column, key = ("link_lost", _aisle.c.plc) if fault == "link_lost" else ("machine_fault", _aisle.c.crane)
    if desk.connection.execute(sa.update(_aisle).where(key == device).values({column: raised})).rowcount:
        desk.changed = desk.changed or not raised


def _need_of(desk: Desk, pallet: str) -> Need:
    row = desk.connection.execute(_need, {"pallet_code": pallet}).one()
    return Need(row.code, row.height_mm, row.weight_g)
