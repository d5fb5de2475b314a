"""Lanes two deep: what is in front must be moved before what is behind can leave; nothing goes in behind."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from wms.desk import Desk
from wms.outbound.tables import LIVE_TRIP, TripRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock.tables import SlotRow

_slot, _trip = table(SlotRow), table(TripRow)
_mate = _slot.alias("mate")
_lane = (
    sa.select(
        _slot.c.depth, _mate.c.id, _mate.c.pallet, _mate.c.reserved_for, _mate.c.blocked, _slot.c.aisle,
        sa.exists().where(_trip.c.pallet == _mate.c.pallet, sa.text(f"trip.{LIVE_TRIP}")).label("called"),
    )
    .join(_mate, _mate.c.id == _slot.c.mate)
    .where(_slot.c.id == sa.bindparam("slot_id"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lane:
    """A slot's depth, and the other slot of its lane: what stands in it, is awaited there, and whether it is called."""

    depth: int
    mate: str
    pallet: str
    reserved_for: str
    blocked: str
    aisle: str
    called: bool


def lane_of(desk: Desk, slot: str) -> Lane | None:
    """Return the lane of a slot, None of one that is alone."""
    row = desk.connection.execute(_lane, {"slot_id": slot}).first()
    if row is None:
        return None
    depth, mate, pallet, reserved, blocked, aisle, called = row
    return Lane(depth, mate, pallet or "", reserved or "", blocked, aisle, bool(called))


def closed(desk: Desk, slot: str, pallet: str) -> Reason | None:
    """Return why a pallet may not be put into a slot because of the other slot of its lane, None if it may."""
    lane = lane_of(desk, slot)
    if lane is None:
        return None
    if lane.depth > 1:
        stands = lane.pallet or lane.reserved_for
        return Reason("lane_closed", {"slot": slot, "pallet": stands}) if stands not in ("", pallet) else None
    if lane.reserved_for not in ("", pallet) or (not lane.pallet and not lane.blocked):
        return Reason("lane_not_filled", {"slot": slot, "behind": lane.mate})
    return Reason("lane_called", {"slot": slot, "pallet": lane.pallet}) if lane.called else None


def in_front(desk: Desk, slot: str) -> Lane | None:
    """Return the lane of a slot at the back whose front is taken or promised; None of one that can be reached."""
    lane = lane_of(desk, slot)
    return lane if lane is not None and lane.depth > 1 and (lane.pallet or lane.reserved_for) else None
