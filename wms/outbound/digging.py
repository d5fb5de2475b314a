"""Pallets behind others: what stands in front is moved to where it will be least in the way, then the order goes on.

The lanes of the aisle that are near are put before the optimizer's dig-out plan, with the pallets that orders wait for
in their order; its first step is the move. There is one way out of a lane, so a lane is dug by one move at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from optimizer.digging.plans import NoRoom, dig
from plc.plant.places import parse_slot
from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.outbound.tables import LIVE_TRIP, TripRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock import lanes, slots, units
from wms.stock.lanes import Lane
from wms.stock.tables import SlotRow

MOST_LANES = 20
PRIORITY = 1  # before what is of the same age: somebody waits for it
_slot, _trip = table(SlotRow), table(TripRow)
_mate = _slot.alias("mate")
_p = sa.bindparam
_open = (
    sa.select(_slot.c.id, _mate.c.pallet)
    .join(_mate, _mate.c.id == _slot.c.mate)
    .where(_slot.c.aisle == _p("in_aisle"), _slot.c.pallet.is_(None), _slot.c.reserved_for.is_(None))
    .where(_slot.c.blocked == "", _slot.c.clear_height_mm >= _p("height_mm"), _slot.c.max_weight_g >= _p("weight_g"))
    .where(sa.case((_slot.c.depth == 1, _mate.c.pallet.is_not(None)), else_=_mate.c.pallet.is_(None)))
    .where(_mate.c.reserved_for.is_(None))
    .order_by(sa.func.abs(_slot.c.travel_ms - _p("from_ms")), _slot.c.id)
    .limit(MOST_LANES)
)
_called = (
    sa.select(_trip.c.pallet)
    .where(_trip.c.pallet.in_(_p("pallets", expanding=True)), sa.text(f"trip.{LIVE_TRIP}"))
    .order_by(_trip.c.number)
)
_travel = sa.select(_slot.c.travel_ms).where(_slot.c.id == _p("slot_id"))


def clear(desk: Desk, pallet: str, slot: str) -> Reason | None:
    """Return None if a pallet can be fetched out of its slot; else see to it that it can, and return why it waits."""
    place = parse_slot(slot)
    if place is None or place.depth == 1 or (lane := lanes.in_front(desk, slot)) is None:
        return None
    front = lane.pallet or lane.reserved_for
    why = Reason("waits_for_dig_out", {"pallet": pallet, "blocker": front})
    row = units.get(desk, front)
    if not lane.pallet or lane.called or row is None or row.whereabouts != "stored":
        return why
    target = _target(desk, pallet, lane, row)
    if target is None or not slots.take(desk, front, target):
        return Reason("no_room_to_dig", {"pallet": pallet, "blocker": front})
    units.move(desk, front, "moving", lane.mate)
    orders.submit(
        desk.session, key=f"dig:{pallet}:{front}:{desk.at_ms}", kind=OrderKind.RELOCATE, unit=front, source=lane.mate,
        destination=target, priority=PRIORITY,
    )  # fmt: skip
    desk.book("DugOut", front, source=lane.mate, target=target, behind=pallet)
    return why


def _target(desk: Desk, pallet: str, lane: Lane, front: sa.Row[Any]) -> str | None:
    """Return the slot for what stands in front, None if there is none."""
    from_ms = desk.connection.execute(_travel, {"slot_id": lane.mate}).scalar_one()
    size = {"height_mm": front.height_mm, "weight_g": front.weight_g}
    rows = desk.connection.execute(_open, {"in_aisle": lane.aisle, "from_ms": from_ms, **size}).all()
    number = {code: n for n, code in enumerate([pallet, front.code, *(r.pallet for r in rows if r.pallet)])}
    called = [code for code in desk.connection.execute(_called, {"pallets": list(number)}).scalars() if code != pallet]
    stacks = [[number[pallet], number[front.code]], *([number[r.pallet]] if r.pallet else [] for r in rows)]
    return _first_step(stacks, [number[code] for code in (pallet, *called)], [row.id for row in rows])


def _first_step(stacks: Sequence[Sequence[int]], order: Sequence[int], slots_of: Sequence[str]) -> str | None:
    """Return where the first step of the plan goes; a plan for all that are called, or if none can be, for the one."""
    for wanted in (order, order[:1]):
        try:
            step = dig(stacks, wanted, depth=2).steps[0]
        except NoRoom:
            continue
        return slots_of[step.target - 1] if step.target else None
    return None
