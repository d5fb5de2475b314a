"""The end of lines and orders: a line is closed when all it was promised is shipped, an order with its last line."""

from __future__ import annotations

import sqlalchemy as sa

from wms.desk import Desk
from wms.outbound.tables import OrderLineRow, OutboundOrderRow
from wms.rows import table

_order, _line = table(OutboundOrderRow), table(OrderLineRow)


def close_line(desk: Desk, line: int, order: int) -> None:
    """Close a line if nothing more will be shipped for it, and its order if that was the last one."""
    full = sa.update(_line).where(
        _line.c.number == line, sa.text("allocated AND NOT closed"), _line.c.shipped == _line.c.promised
    )
    if desk.connection.execute(full.values(closed=True)).rowcount == 0:
        return
    left = sa.select(sa.func.count()).where(_line.c.order == order, sa.text("NOT closed"))
    if desk.connection.execute(left).scalar():
        return
    done = sa.update(_order).where(_order.c.number == order, _order.c.state.not_in(["finished", "cancelled"]))
    if desk.connection.execute(done.values(state="finished", ended_ms=max(1, desk.at_ms), reason="")).rowcount:
        shipped = sa.select(sa.func.sum(_line.c.shipped)).where(_line.c.order == order)
        desk.book("OrderShipped", str(order), meters=int(desk.connection.execute(shipped).scalar() or 0))
