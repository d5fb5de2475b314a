"""What anybody may read of deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.inbound.tables import InboundOrderRow
from wms.rows import table

_inbound = table(InboundOrderRow)


class InboundView(BaseModel):
    """A delivery as announced, and how many of its pallets have come."""

    number: int
    asn: str
    state: str
    meters: int
    boxes: int
    expected: int
    received: int
    short: int
    extra: int
    damaged: int
    reason: str
    announced_ms: int
    closed_ms: int


def deliveries(session: Session, *, after: int = 0, limit: int = 200) -> list[InboundView]:
    """Return deliveries by number, from behind `after`."""
    query = sa.select(_inbound).where(_inbound.c.number > after, _inbound.c.state != "staging")
    rows = session.connection().execute(query.order_by(_inbound.c.number).limit(limit)).mappings()
    return [InboundView.model_validate(dict(row)) for row in rows]


def delivery(session: Session, number: int) -> InboundView | None:
    """Return one delivery, or None."""
    found = deliveries(session, after=number - 1, limit=1)
    return found[0] if found and found[0].number == number else None
