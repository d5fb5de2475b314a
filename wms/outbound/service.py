"""What is owed: orders to verify a lot and to hand meters over, let go on and taken back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import orders as door
from wms.desk import Desk
from wms.errors import Refused
from wms.line import supply
from wms.line.work import work_of
from wms.marketing import sampling
from wms.marketing.sources import source_of
from wms.outbound import allocation, closing, known, picking, trips, unverified, verification
from wms.outbound.rules import dock_for
from wms.outbound.tables import OrderLineRow, OutboundOrderRow, PromiseRow, TripRow
from wms.outbound.trips import Leg
from wms.reasons import Reason
from wms.rows import table
from wms.shipping import gate
from wms.stock import codes
from wms.stock.tables import BoxRow, LotRow, PalletRow, StationRow

_order, _line, _promise, _trip = table(OutboundOrderRow), table(OrderLineRow), table(PromiseRow), table(TripRow)
_lot, _station, _box, _pallet = table(LotRow), table(StationRow), table(BoxRow), table(PalletRow)
FIRST, AGAIN = "first", "recheck"
MAX_QUANTITY = 1_000_000
MAX_DISTRICT = 32
Wish = tuple[str, str, int]
"""District, model, meters."""


def create_verification(
    session: Session, *, key: str, lot: str, line: str, at_ms: int, scheme: str = "", purpose: str = "first",
    only: Collection[str] = (), begin: bool = True,
) -> int:  # fmt: skip
    """Call a lot off to a line and return the order's number; the same `key` gives the same number again.

    All pallets of the lot that wait for verification belong to it, also those that have not arrived yet; with the
    purpose "recheck" those in stock that are qualified and promised to nobody, to be verified once more. On a line
    that is led cell by cell the lot is verified by `scheme`, or by the approved one for its phase and `purpose`.
    With `only` no other pallets than these belong to it. Without `begin` the first ones are sent by whoever asks next.
    Raises Refused for an unknown lot or line, a line of the other phase, if no pallet of the lot is waiting, if its
    sampling is not over or has rejected it, and if there is no approved scheme.
    """
    desk = Desk(session, at_ms)
    if (old := known.verification(desk, key, lot=lot, line=line)) is not None:
        return old
    number = desk.connection.execute(sa.select(_lot.c.number).where(_lot.c.code == lot)).scalar()
    if number is None:
        raise Refused("unknown_lot", lot=lot)
    of_line = sa.select(_station.c.kind, _station.c.phase)
    of_line = of_line.where(_station.c.id == line, _station.c.kind.in_(["line", "cells"]))
    where = desk.connection.execute(of_line).first()
    if where is None:
        raise Refused("unknown_line", line=line)
    if purpose == FIRST and (why := sampling.held(desk, lot, source_of(session, FIRST))) is not None:
        raise Refused(why.code, **why.params)
    if purpose == AGAIN and _is_verified_now(desk, int(number)):
        raise Refused("lot_under_verification", lot=lot)
    pallets = _pallets(desk, int(number), purpose, only)
    if not pallets:
        raise Refused("nothing_to_verify", lot=lot)
    work = work_of(desk, int(number), phase=where.phase, scheme=scheme, purpose=purpose) if where.phase else {}
    order = _create(desk, key, "verification", lot=int(number), line=line, work=work)
    for pallet in pallets:
        trips.add(desk, pallet, "verify", order=order)
    desk.book("OrderCreated", str(order), kind="verification", lot=lot, line=line, pallets=len(pallets))
    if begin:
        trips.send_verifications(desk)
    desk.close()
    return order


def create_distribution(session: Session, *, key: str, lines: Sequence[Wish], at_ms: int) -> int:
    """Order meters for districts and return the order's number; the same `key` gives the same number again.

    Stock is promised at once as far as there is any; a line that cannot be filled waits with its reason. Raises
    Refused for no lines, an unknown model, a district without dock, or a quantity below one box.
    """
    desk = Desk(session, at_ms)
    if (old := known.distribution(desk, key, lines)) is not None:
        return old
    rows = _checked(desk, lines)
    order = _create(desk, key, "distribution")
    desk.connection.execute(sa.insert(_line), [{**row, "order": order} for row in rows])
    meters = sum(row["quantity"] for row in rows)
    desk.book("OrderCreated", str(order), kind="distribution", lines=len(rows), meters=meters)
    allocation.allocate_waiting(desk, order)
    desk.supplied = True
    picking.advance(desk)
    desk.close()
    return order


def resume_order(session: Session, number: int, *, at_ms: int) -> int:
    """Let pallets of an order move again that were stopped, and return how many could be."""
    desk = Desk(session, at_ms)
    _open_order(desk, number)
    stopped = (
        sa.select(_trip, _pallet.c.place, _pallet.c.lot, _order.c.line.label("to_line"), _order.c.work, _line.c.dock)
        .join(_pallet, _pallet.c.code == _trip.c.pallet)
        .join(_order, _order.c.number == _trip.c.order)
        .outerjoin(_line, _line.c.number == _trip.c.line)
        .where(_trip.c.order == number, _trip.c.state == "stopped", _pallet.c.whereabouts == "stored")
        .where(_trip.c.order.not_in(trips.PAUSED))
        .order_by(_trip.c.number)
    )
    rows = desk.connection.execute(stopped).all()
    for row in rows:
        _resume(desk, row)
    picking.ask_again(desk, number)
    desk.close()
    return len(rows)


def cancel_order(session: Session, number: int, *, reason: str, at_ms: int, at_work: bool = False) -> None:
    """Take an order back: what is promised and not yet on its way is free again; what moves is taken back too.

    Raises Refused if the order is not open, or if a line or picking station is at work on it. A pallet whose boxes are
    being opened is the exception: what is open is verified and packed, the other boxes go back into stock. With
    `at_work` the same holds for a line that has unloaded pallets, or packs already.
    """
    desk = Desk(session, at_ms)
    row = _open_order(desk, number)
    picked = sa.and_(_trip.c.job.is_not(None), _trip.c.state.in_(["waiting", "travelling", "arrived"]))
    in_line = sa.and_(_trip.c.purpose == "verify", _trip.c.state == "done")
    busy = sa.select(_trip.c.number).where(_trip.c.order == number, sa.or_(picked, in_line))
    at_work = at_work and row.kind == "verification"
    if not at_work and (row.state == "packing" or desk.connection.execute(busy).first() is not None):
        raise Refused("order_at_work", order=number)
    live = sa.select(_trip).where(_trip.c.order == number, _trip.c.state.in_(["waiting", "travelling", "stopped"]))
    for trip in desk.connection.execute(live.order_by(_trip.c.number)).all():
        if trip.state == "travelling":
            door.cancel(session, order=trip.transport, reason=reason)
        trips.settle(desk, trip.number, "cancelled", Reason("order_cancelled", {"why": reason}))
        if trip.purpose == "verify":
            unverified.back_in_stock(desk, trip.pallet)
    lines = sa.select(_line.c.number).where(_line.c.order == number)
    allocation.release(desk, _promise.c.line.in_(lines))
    desk.connection.execute(sa.update(_line).where(_line.c.order == number).values(closed=True))
    done = sa.update(_order).where(_order.c.number == number)
    why = Reason("order_cancelled", {"why": reason})
    opened = sa.select(_trip.c.number).where(_trip.c.order == number, _trip.c.purpose == "verify")
    on_line = desk.connection.execute(opened.where(_trip.c.state.in_(["arrived", "done"]))).first() is not None
    ended_ms = 0 if on_line else max(1, at_ms)  # its meters on the line still come out
    values = {"state": "cancelled", "ended_ms": ended_ms, "reason": why.code, "params": why.params_json()}
    desk.connection.execute(done.values(**values))
    desk.book("OrderCancelled", str(number), reason=reason)
    if at_work and on_line:
        verification.pack_if_unloaded(desk, number)
    desk.close()


def advance(desk: Desk) -> None:
    """Let everything go on that can: call-offs, promises, whole pallets, picks."""
    trips.send_verifications(desk)
    trips.send_dug_out(desk)
    supply.send(desk)
    if desk.supplied:
        allocation.allocate_waiting(desk)
    picking.advance(desk)


def handed_over(desk: Desk, trip: sa.Row[Any], dock: str) -> None:
    """A pallet has left at a dock: its boxes are shipped, and its order ends with its last line."""
    trips.settle(desk, trip.number, "done")
    gone = sa.update(_pallet).where(_pallet.c.code == trip.pallet)
    desk.connection.execute(gone.values(whereabouts="gone", place=dock))
    shipped = sa.update(_box).where(_box.c.pallet == trip.pallet, _box.c.state.in_(["allocated", "qualified"]))
    boxes = desk.connection.execute(shipped.values(state="shipped")).rowcount
    on_pallet = sa.select(_box.c.code).where(_box.c.pallet == trip.pallet)
    mine = (_promise.c.line == trip.line, _promise.c.state == "picked", _promise.c.box.in_(on_pallet))
    meters = int(desk.connection.execute(sa.select(sa.func.sum(_promise.c.meters)).where(*mine)).scalar() or 0)
    desk.connection.execute(sa.update(_promise).where(*mine).values(state="shipped"))
    more = sa.update(_line).where(_line.c.number == trip.line).values(shipped=_line.c.shipped + meters)
    desk.connection.execute(more)
    district = desk.connection.execute(sa.select(_line.c.district).where(_line.c.number == trip.line)).scalar()
    desk.book("PalletShipped", trip.pallet, order=trip.order, district=district, dock=dock, boxes=boxes, meters=meters)
    closing.close_line(desk, trip.line, trip.order)
    desk.supplied = desk.supplied or gate.plans_deliveries(desk.session)  # the next stop may be loaded now


def _resume(desk: Desk, row: sa.Row[Any]) -> None:
    again = sa.update(_trip).where(_trip.c.number == row.number).values(attempt=row.attempt + 1)
    desk.connection.execute(again)
    goal, params = row.dock, None
    if row.purpose == "verify":
        goal, params = row.to_line, trips.for_line(row.lot, row.work)
    elif row.purpose == "source":
        station = desk.connection.execute(sa.select(_station.c.point).where(_station.c.kind == "picking")).scalar()
        goal = str(station)
    trips.send(desk, Leg(row.number, row.pallet, row.purpose, row.place, goal, row.attempt + 1, params))


def _checked(desk: Desk, lines: Sequence[Wish]) -> list[dict[str, Any]]:
    if not lines:
        raise Refused("no_lines")
    models = codes.models(desk.session)
    docks = sa.select(_station.c.id, _station.c.districts).where(_station.c.kind == "dock").order_by(_station.c.id)
    serves = {dock: json.loads(districts) for dock, districts in desk.connection.execute(docks)}
    rows: list[dict[str, Any]] = []
    for district, model, quantity in lines:
        if not district.strip() or len(district) > MAX_DISTRICT:
            raise Refused("not_a_district", district=district[:MAX_DISTRICT])
        if model not in models:
            raise Refused("unknown_model", model=model[:MAX_DISTRICT])
        if not models[model].per_box <= quantity <= MAX_QUANTITY:
            raise Refused("quantity_out_of_range", quantity=quantity, min=models[model].per_box, max=MAX_QUANTITY)
        if (dock := dock_for(district, serves)) is None:
            raise Refused("no_dock_for_district", district=district)
        counts = {"quantity": quantity, "promised": 0, "shipped": 0, "allocated": False, "closed": False}
        rows.append({"district": district, "model": model, "dock": dock, "reason": "", "params": "{}", **counts})
    return rows


def _pallets(desk: Desk, lot: int, purpose: str, only: Collection[str]) -> list[str]:
    """Return the pallets of an order; of those that a task names what was verified before is called already."""
    if purpose != AGAIN:
        return verification.outside(desk, lot, only)
    return verification.called(desk, lot, only) if only else verification.again(desk, lot)


def _is_verified_now(desk: Desk, lot: int) -> bool:
    """Return whether a lot is being verified: a line works on a lot by one run sheet at a time."""
    query = sa.select(_order.c.number).where(_order.c.lot == lot, _order.c.kind == "verification")
    return desk.connection.execute(query.where(_order.c.state.not_in(["finished", "cancelled"]))).first() is not None


def _create(
    desk: Desk, key: str, kind: str, *, lot: int | None = None, line: str = "", work: Mapping[str, Any] | None = None
) -> int:
    row = {"key": key, "kind": kind, "state": "waiting", "lot": lot, "line": line, "created_ms": desk.at_ms}
    row["work"] = json.dumps(work or {}, sort_keys=True)
    done = desk.connection.execute(sa.insert(_order), row | {"reason": "", "params": "{}", "ended_ms": 0})
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def _open_order(desk: Desk, number: int) -> sa.Row[Any]:
    row = desk.connection.execute(sa.select(_order).where(_order.c.number == number)).first()
    if row is None or row.state in ("finished", "cancelled"):
        raise Refused("order_not_open", order=number)
    return row
