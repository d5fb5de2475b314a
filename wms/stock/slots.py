"""Slots as a service: choose, reserve, occupy, leave, block. The unique keys of the table stand behind all of it."""

from __future__ import annotations

import sqlalchemy as sa

from plc.plant.graph import seconds
from plc.plant.model import Plant
from wms.desk import Desk
from wms.errors import OutOfStep, Refused
from wms.reasons import Reason
from wms.rows import table
from wms.stock.rules import AisleState, Need, SlotState, no_slot, preferred, unfit, usable
from wms.stock.tables import FREE, AisleRow, PalletRow, SlotRow

_slot, _aisle, _pallet = table(SlotRow), table(AisleRow), table(PalletRow)
_p = sa.bindparam
_awaited = sa.select(sa.func.count()).where(_slot.c.aisle == _aisle.c.id, _slot.c.reserved_for.is_not(None))
_same_lot = (
    sa.select(sa.func.count())
    .select_from(_pallet.join(_slot, _slot.c.pallet == _pallet.c.code))
    .where(_pallet.c.lot == _p("lot"), _slot.c.aisle == _aisle.c.id)
)
_aisles = sa.select(_aisle, _awaited.scalar_subquery(), _same_lot.scalar_subquery()).order_by(_aisle.c.id)
_first_fit = (
    sa.select(_slot.c.id)
    .where(_slot.c.aisle == _p("in_aisle"), sa.text(FREE))
    .where(_slot.c.clear_height_mm >= _p("height_mm"), _slot.c.max_weight_g >= _p("weight_g"))
    .order_by(_slot.c.travel_ms, _slot.c.id)
    .limit(1)
)
_state = sa.select(
    _slot.c.id, _slot.c.clear_height_mm, _slot.c.max_weight_g, _slot.c.pallet, _slot.c.reserved_for, _slot.c.blocked
).where(_slot.c.id == _p("slot_id"))
_need = sa.select(_pallet.c.code, _pallet.c.height_mm, _pallet.c.weight_g, _pallet.c.lot)
_need = _need.where(_pallet.c.code == _p("pallet_code"))
_reserve = sa.update(_slot).where(_slot.c.id == _p("slot_id"), sa.text(FREE)).values(reserved_for=_p("unit"))
_forget = sa.update(_slot).where(_slot.c.reserved_for == _p("unit")).values(reserved_for=None)
_leave = sa.update(_slot).where(_slot.c.pallet == _p("unit")).values(pallet=None)
_occupy = (
    sa.update(_slot)
    .where(_slot.c.id == _p("slot_id"), _slot.c.pallet.is_(None))
    .values(pallet=_p("unit"), reserved_for=None)
)


def choose(desk: Desk, plant: Plant, pallet: str, *, at: str, aisle: str | None = None) -> str | Reason:
    """Reserve the best slot for a pallet that stands at `at` (a point; with `aisle`, in that aisle only).

    What the pallet had reserved before is free again, also if nothing is found: then the reason says why.
    """
    row = desk.connection.execute(_need, {"pallet_code": pallet}).one()
    need = Need(row.code, row.height_mm, row.weight_g)
    forget(desk, pallet)
    left, why = usable(_states(desk, plant, row.lot, at, aisle))
    for candidate in preferred(left):
        fit = {"in_aisle": candidate.id, "height_mm": need.height_mm, "weight_g": need.weight_g}
        found = desk.connection.execute(_first_fit, fit).scalar()
        if found is not None and desk.connection.execute(_reserve, {"slot_id": found, "unit": pallet}).rowcount == 1:
            return str(found)
        why.append(Reason("aisle_full", {"aisle": candidate.id}))
    return no_slot(need, why)


def confirmed(desk: Desk, pallet: str, slot: str) -> Reason | None:
    """Check again, before the crane picks it up, that the pallet may go into its slot."""
    state, need = desk.connection.execute(_state, {"slot_id": slot}).first(), _need_of(desk, pallet)
    if state is None:
        return Reason("unknown_slot", {"slot": slot})
    if (why := unfit(SlotState(*state), need)) is not None:
        return why
    return None if state.reserved_for == pallet else Reason("slot_not_reserved", {"slot": slot})


def reserve(desk: Desk, pallet: str, slot: str) -> Reason | None:
    """Reserve one slot that somebody named, if the pallet may go there."""
    state = desk.connection.execute(_state, {"slot_id": slot}).first()
    if state is None:
        return Reason("unknown_slot", {"slot": slot})
    if (why := unfit(SlotState(*state), _need_of(desk, pallet))) is not None:
        return why
    forget(desk, pallet)
    desk.connection.execute(_reserve, {"slot_id": slot, "unit": pallet})
    return None


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
    desk.connection.execute(_leave, {"unit": pallet})
    if desk.connection.execute(_occupy, {"slot_id": slot, "unit": pallet}).rowcount != 1:
        raise OutOfStep("slot_not_free", slot=slot, pallet=pallet)


def leave(desk: Desk, pallet: str) -> None:
    """Book that the pallet has left its slot."""
    if desk.connection.execute(_leave, {"unit": pallet}).rowcount:
        desk.changed = True


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


def _states(desk: Desk, plant: Plant, lot: int | None, at: str, only: str | None) -> list[AisleState]:
    found: list[AisleState] = []
    for row in desk.connection.execute(_aisles, {"lot": lot}):
        if only not in (None, row.id):
            continue
        trouble = "crane_fault" if row.machine_fault else "crane_link_lost" if row.link_lost else ""
        reachable = only is not None or seconds(plant, _floor_point(plant, at), row.infeed) is not None
        found.append(AisleState(row.id, reachable, "" if only else trouble, row[-2], row[-1]))
    return found


def _floor_point(plant: Plant, at: str) -> str:
    """Return the point from which a unit at `at` travels on; on a crane's fork that is its aisle's out-feed."""
    crane = plant.cranes.get(at)
    return plant.aisles[crane.aisle].outfeed if crane is not None else at
