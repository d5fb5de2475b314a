"""Pallets moved from one slot to another, because somebody wants it so."""

from __future__ import annotations

from sqlalchemy.orm import Session

from plc.plant.model import Plant
from plc.plant.places import is_slot
from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import trips
from wms.reasons import Reason
from wms.stock import lanes, slots, units


def relocate(session: Session, pallet: str, *, to: str, key: str, plant: Plant, at_ms: int) -> int:
    """Have a stored pallet moved to another slot, and return the transport order's number.

    Raises Refused if it is not stored, if it moves for an order, or if the slot cannot take it.
    """
    desk = Desk(session, at_ms)
    row = units.get(desk, pallet)
    if row is None or row.whereabouts != "stored":
        raise Refused("pallet_not_here", pallet=pallet)
    if (trip := trips.live(desk, pallet)) is not None:
        raise Refused("pallet_moves_for_order", pallet=pallet, order=trip.order)
    if not is_slot(plant, to):
        raise Refused("unknown_slot", slot=to)
    if (lane := lanes.in_front(desk, row.place)) is not None:
        raise Refused("lane_closed", slot=row.place, pallet=lane.pallet or lane.reserved_for)
    if isinstance(why := slots.reserve(desk, pallet, to), Reason):
        raise Refused(why.code, **why.params)
    units.move(desk, pallet, "moving", row.place)
    return orders.submit(
        session, key=f"relocate:{key}", kind=OrderKind.RELOCATE, unit=pallet, source=row.place, destination=to
    )
