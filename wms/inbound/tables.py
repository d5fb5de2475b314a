"""Rows of what comes in."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of

STATES = ("staging", "announced", "receiving", "completed", "closed_short")


class InboundOrderRow(SQLModel, table=True):
    """A delivery as announced (ASN), and how much of it has come. Counts are pallets; staging ones are invisible."""

    __tablename__ = "inbound_order"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", STATES), name="ck_inbound_order_state"),
        sa.CheckConstraint(
            "expected >= 0 AND received >= 0 AND short >= 0 AND extra >= 0 AND damaged >= 0",
            name="ck_inbound_order_counts",
        ),
    )
    number: int | None = Field(default=None, primary_key=True)
    asn: str = Field(unique=True)
    state: str
    meters: int = 0
    boxes: int = 0
    expected: int = 0
    received: int = 0
    short: int = 0
    extra: int = 0
    damaged: int = 0
    reason: str = ""
    announced_ms: int = Field(sa_type=sa.BigInteger)
    closed_ms: int = Field(default=0, sa_type=sa.BigInteger)
