"""Taking a snapshot: the stock and the open orders of one moment, out of one read-only transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from simulation.studies.snapshot.document import Blocked, ModelOfMeter, Owed, Snapshot, Standing, Wish
from simulation.studies.snapshot.settling import Books, settled
from wcs import journal
from wms.inbound.tables import InboundOrderRow
from wms.outbound.tables import OrderLineRow, OutboundOrderRow
from wms.rows import table
from wms.stock.tables import AssetRow, BoxRow, LotRow, ModelRow, PalletRow, SlotRow

_pallet, _box, _asset, _slot = table(PalletRow), table(BoxRow), table(AssetRow), table(SlotRow)
_lot, _model, _inbound = table(LotRow), table(ModelRow), table(InboundOrderRow)
_order, _line = table(OutboundOrderRow), table(OrderLineRow)
HERE = ("announced", "moving", "stored", "on_line")


def take(session: Session, plant: Plant) -> Snapshot:
    """Return a snapshot of what stands in a plant's warehouse and what is owed; writes nothing.

    The caller's session must see one state of the database throughout: a transaction of SQLite does, one of
    PostgreSQL at the level REPEATABLE READ.
    """
    now_ms = journal.last_ms(session)
    pallets = settled(_books(session), now_ms)
    models = session.connection().execute(sa.select(_model).order_by(_model.c.code)).mappings()
    used = {box.model for pallet in pallets for box in pallet.boxes}
    orders = _orders(session, pallets)
    used |= {wish.model for order in orders for wish in order.wishes}
    blocked = sa.select(_slot.c.id, _slot.c.blocked).where(_slot.c.blocked != "").order_by(_slot.c.id)
    return Snapshot(
        plant=plant.name,
        taken_ms=now_ms,
        models=tuple(ModelOfMeter.model_validate(dict(row)) for row in models if row["code"] in used),
        pallets=pallets,
        blocked=tuple(Blocked(slot=slot, why=why) for slot, why in session.connection().execute(blocked)),
        orders=orders,
    )


def _books(session: Session) -> Books:
    """Read the books as they are."""
    run = session.connection().execute
    here = run(sa.select(_pallet).where(_pallet.c.whereabouts.in_(HERE)).order_by(_pallet.c.code)).mappings()
    boxes: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in run(sa.select(_box).order_by(_box.c.pallet, _box.c.pile, _box.c.code)).mappings():
        boxes[row["pallet"]].append(dict(row))
    meters: dict[str, list[str]] = defaultdict(list)
    inside = sa.select(_asset.c.box, _asset.c.bar_code).where(_asset.c.box.is_not(None))
    for box, code in run(inside.order_by(_asset.c.box, _asset.c.bar_code)):
        meters[box].append(code)
    loose = sa.select(_asset.c.lot, _asset.c.model, _asset.c.bar_code).where(_asset.c.state == "on_line")
    return Books(
        pallets=[dict(row) for row in here],
        boxes=boxes,
        meters=meters,
        loose=[(lot, model, code) for lot, model, code in run(loose.order_by(_asset.c.lot, _asset.c.bar_code))],
        slots=[dict(row) for row in run(sa.select(_slot).order_by(_slot.c.travel_ms, _slot.c.id)).mappings()],
        lots={number: code for number, code in run(sa.select(_lot.c.number, _lot.c.code))},
        deliveries={number: asn for number, asn in run(sa.select(_inbound.c.number, _inbound.c.asn))},
        models={row["code"]: dict(row) for row in run(sa.select(_model)).mappings()},
    )


def _orders(session: Session, pallets: tuple[Standing, ...]) -> tuple[Owed, ...]:
    """Return the open orders with what they are still owed; one that is owed nothing any more is left out."""
    run = session.connection().execute
    to_verify = {box.lot for pallet in pallets for box in pallet.boxes if box.meters and box.verdict == 0}
    lots = {number: code for number, code in run(sa.select(_lot.c.number, _lot.c.code))}
    again = {box.lot for pallet in pallets for box in pallet.boxes if box.meters and box.state == "qualified"}
    rest = sa.select(_line).where(~_line.c.closed, _line.c.quantity > _line.c.shipped).order_by(_line.c.number)
    wishes: dict[int, list[Wish]] = defaultdict(list)
    for row in run(rest):
        wish = Wish(district=row.district, model=row.model, quantity=row.quantity - row.shipped)
        wishes[row.order].append(wish)
    found: list[Owed] = []
    still = sa.select(_order).where(_order.c.state.not_in(["finished", "cancelled"])).order_by(_order.c.number)
    for row in run(still):
        lot = lots.get(row.lot)
        if row.kind == "verification" and lot in to_verify:
            found.append(Owed(key=row.key, kind="verification", lot=lot, line=row.line))
        elif row.kind == "verification" and lot in again:
            found.append(Owed(key=row.key, kind="verification", lot=lot, line=row.line, again=True))
        elif row.kind == "distribution" and wishes[row.number]:
            found.append(Owed(key=row.key, kind="distribution", wishes=tuple(wishes[row.number])))
    return tuple(found)
