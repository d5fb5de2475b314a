"""Empty boxes: a packing cell wants them, the store sends the pallet with empties that has waited longest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.line.tables import SupplyRow
from wms.outbound import digging
from wms.rows import table, upsert
from wms.stock import units
from wms.stock.tables import BoxRow, PalletRow

_supply, _box, _pallet = table(SupplyRow), table(BoxRow), table(PalletRow)
KEY = "supply:"
_empties = (
    sa.select(_pallet.c.code, _pallet.c.place)
    .where(_pallet.c.whereabouts == "stored")
    .where(sa.exists().where(_box.c.pallet == _pallet.c.code, _box.c.state == "empty"))
    .where(~sa.exists().where(_box.c.pallet == _pallet.c.code, _box.c.state != "empty"))
    .where(~sa.exists().where(_supply.c.pallet == _pallet.c.code))
    .order_by(_pallet.c.arrived_ms.is_(None), _pallet.c.arrived_ms, _pallet.c.code)
    .limit(1)
)


def wanted(desk: Desk, packer: str, line: str) -> None:
    """Remember that a packing cell wants boxes, and send them if there are any."""
    known = desk.connection.execute(sa.select(_supply).where(_supply.c.packer == packer)).first()
    if known is None:
        row = {"packer": packer, "line": line, "pallet": "", "supplies": 0, "wanted": True}
        upsert(desk.session, SupplyRow, [row])
    elif not known.pallet and not known.wanted:
        desk.connection.execute(sa.update(_supply).where(_supply.c.packer == packer).values(wanted=True))
    send(desk)


def send(desk: Desk) -> None:
    """Send empties to every packing cell that waits for them, as far as they go."""
    waiting = sa.select(_supply).where(_supply.c.wanted, _supply.c.pallet == "").order_by(_supply.c.packer)
    for row in desk.connection.execute(waiting).all():
        found = desk.connection.execute(_empties).first()
        if found is None:
            return
        if digging.clear(desk, found.code, found.place) is not None:
            return
        _send(desk, row, found.code, found.place)


def arrived(desk: Desk, key: str, pallet: str) -> None:
    """A pallet of empties is in a packing cell: its boxes are in the magazine, itself among the spare pallets."""
    packer = key.removeprefix(KEY).partition(":")[0]
    desk.connection.execute(
        sa.update(_box).where(_box.c.pallet == pallet).values(pallet=None, pile=0, pile_code="", state="empty")
    )
    units.move(desk, pallet, "on_line", packer)
    _done(desk, packer)
    desk.book("EmptiesSupplied", pallet, packer=packer)


def failed(desk: Desk, key: str) -> None:
    """Empties did not arrive: others are sent."""
    packer = key.removeprefix(KEY).partition(":")[0]
    again = sa.update(_supply).where(_supply.c.packer == packer)
    desk.connection.execute(again.values(pallet="", wanted=True))
    desk.changed = True


def _send(desk: Desk, row: sa.Row[Any], pallet: str, slot: str) -> None:
    orders.submit(
        desk.session, key=f"{KEY}{row.packer}:{row.supplies + 1}", kind=OrderKind.SUPPLY, unit=pallet,
        source=slot, destination=row.packer,
    )  # fmt: skip
    mine = sa.update(_supply).where(_supply.c.packer == row.packer)
    desk.connection.execute(mine.values(pallet=pallet, supplies=row.supplies + 1, wanted=False))
    desk.book("EmptiesSent", pallet, packer=row.packer)


def _done(desk: Desk, packer: str) -> None:
    desk.connection.execute(sa.update(_supply).where(_supply.c.packer == packer).values(pallet="", wanted=False))
