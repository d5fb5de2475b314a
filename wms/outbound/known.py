"""Orders by the key under which they were wished for: the same wish is the same order, another one is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.outbound.tables import OrderLineRow, OutboundOrderRow
from wms.rows import table
from wms.stock.tables import LotRow

_order, _line, _lot = table(OutboundOrderRow), table(OrderLineRow), table(LotRow)


def verification(desk: Desk, key: str, *, lot: str, line: str) -> int | None:
    """Return the order of a lot on a line under a key, None for a new key; raises Refused for another wish's key."""
    query = sa.select(_order.c.number, _order.c.line, _lot.c.code.label("lot"))
    old = desk.connection.execute(query.outerjoin(_lot, _lot.c.number == _order.c.lot).where(_order.c.key == key))
    if (row := old.first()) is None:
        return None
    return _same(row.number, key, same=(row.lot, row.line) == (lot, line))


def distribution(desk: Desk, key: str, wishes: Iterable[tuple[str, str, int]]) -> int | None:
    """Return the order of meters (district, model, how many) under a key, None for a new key; raises Refused.

    Lines may have been divided since: what counts is how many each district gets of a model.
    """
    number = desk.connection.execute(sa.select(_order.c.number).where(_order.c.key == key)).scalar()
    if number is None:
        return None
    lines = sa.select(_line.c.district, _line.c.model, _line.c.quantity).where(_line.c.order == number)
    booked = [(row.district, row.model, row.quantity) for row in desk.connection.execute(lines)]
    return _same(number, key, same=_sums(booked) == _sums(wishes))


def _sums(rows: Iterable[tuple[str, str, int]]) -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for district, model, quantity in rows:
        found[district, model] += quantity
    return found


def _same(number: int, key: str, *, same: bool) -> int:
    if not same:
        raise Refused("order_with_that_key", key=key, order=int(number))
    return int(number)
