"""What becomes of orders when the floor could not do what was asked: a substitute, or a stop with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.line import supply
from wms.outbound import allocation, picking, trips, verification
from wms.outbound.tables import PromiseRow, TripRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock import slots, units
from wms.stock.tables import BoxRow, PalletRow

_promise, _box, _trip, _pallet = table(PromiseRow), table(BoxRow), table(TripRow), table(PalletRow)


def unit_missing(desk: Desk, pallet: str, slot: str) -> None:
    """A slot was found empty: its unit is missing, and other stock is promised in its place."""
    trip = trips.live(desk, pallet)
    on_pallet = sa.select(_box.c.code).where(_box.c.pallet == pallet)
    allocation.release(desk, _promise.c.box.in_(on_pallet))
    units.lost(desk, pallet, slot)
    desk.clarify(pallet, Reason("slot_found_empty", {"slot": slot}))
    if trip is None:
        return
    if trip.purpose == "source":
        picking.source_gone(desk, trip)
        return
    trips.settle(desk, trip.number, "missing", Reason("slot_found_empty", {"slot": slot}))
    if trip.purpose == "verify":
        verification.pack_if_unloaded(desk, trip.order)


def transport_ended(desk: Desk, payload: Mapping[str, Any], why: Reason) -> None:
    """A transport failed or was taken back: what moved for an order stops there, what was reserved is free."""
    unit, key = payload["unit"], payload["key"]
    slots.forget(desk, unit)
    if slots.holder(desk, payload["source"]) == unit:
        units.move(desk, unit, "stored", payload["source"])
    match payload["kind"]:
        case "box_move":
            picking.box_not_moved(desk, key, why)
        case "empty_pallet":
            picking.no_target(desk, key, why)
        case "supply":
            supply.failed(desk, key)
        case "pack":
            order = int(key.removeprefix(verification.PACK).partition(":")[0])
            desk.clarify(str(payload["destination"]), Reason("pack_failed", {"order": order, "why": why.code}))
        case _:
            _stop(desk, key, why)


def not_delivered(desk: Desk, inbound: int) -> None:
    """An inbound order was closed short: nobody waits for its pallets any more."""
    never = (
        sa.select(_trip.c.number, _trip.c.order)
        .join(_pallet, _pallet.c.code == _trip.c.pallet)
        .where(_pallet.c.inbound == inbound, _pallet.c.whereabouts == "announced", sa.text("trip.state = 'waiting'"))
        .order_by(_trip.c.number)
    )
    rows = desk.connection.execute(never).all()
    for row in rows:
        trips.settle(desk, row.number, "missing", Reason("not_delivered"))
    for order in sorted({row.order for row in rows}):
        verification.pack_if_unloaded(desk, order)


def set_aside(desk: Desk, pallet: str) -> None:
    """A pallet was put into quarantine: it is not called off any more, unless it is on its way already."""
    trip = trips.live(desk, pallet)
    if trip is not None and trip.state in ("waiting", "stopped"):
        trips.settle(desk, trip.number, "cancelled", Reason("damaged"))
        verification.pack_if_unloaded(desk, trip.order)


def _stop(desk: Desk, key: str, why: Reason) -> None:
    trip = trips.get(desk, key)
    if trip is None or trip.state in ("missing", "cancelled", "done"):
        return
    if why.code == "taken_back" and why.params.get("why") == trips.PAUSE:
        trips.later(desk, trip)
        return
    trips.settle(desk, trip.number, "stopped", why)
    desk.book("TripStopped", trip.pallet, order=trip.order, reason=why.code, params=dict(why.params))
