"""Rows of what is owed: orders, their lines, what is promised to them, and the pallets that move for them."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

KINDS = ("verification", "distribution")
ORDER_STATES = ("waiting", "under_way", "packing", "finished", "cancelled")
PURPOSES = ("verify", "whole", "source", "target")
TRIP_STATES = ("waiting", "travelling", "arrived", "done", "missing", "stopped", "cancelled")
LIVE_TRIP = "state IN ('waiting','travelling','arrived','stopped')"
PROMISE_STATES = ("promised", "moving", "picked", "shipped", "released")
OPEN_PROMISE = "state = 'promised' AND job IS NULL"
LIVE_PROMISE = "state IN ('promised','moving','picked')"


class OutboundOrderRow(SQLModel, table=True):
    """A lot to be verified on a line, or meters for districts."""

    __tablename__ = "outbound_order"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", KINDS), name="ck_outbound_order_kind"),
        sa.CheckConstraint(one_of("state", ORDER_STATES), name="ck_outbound_order_state"),
        partial_index("ix_outbound_order_open", "number", where="state NOT IN ('finished','cancelled')"),
    )
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    state: str = "waiting"
    lot: int | None = Field(default=None, foreign_key="lot.number")
    line: str = ""
    work: str = "{}"  # what a line led by cells must know: run sheet and kind of meter
    reason: str = ""
    params: str = "{}"
    created_ms: int = Field(sa_type=sa.BigInteger)
    ended_ms: int = Field(default=0, sa_type=sa.BigInteger)


class OrderLineRow(SQLModel, table=True):
    """Meters of one model for one district. Quantities are meters; `promised` never exceeds `quantity`."""

    __tablename__ = "order_line"
    __table_args__ = (
        sa.CheckConstraint(
            "quantity > 0 AND promised >= 0 AND promised <= quantity AND shipped <= promised",
            name="ck_order_line_quantities",
        ),
        sa.Index("ix_order_line_order", "order"),
        partial_index("ix_order_line_short", "model", where="NOT allocated AND NOT closed"),
    )
    number: int | None = Field(default=None, primary_key=True)
    order: int = Field(foreign_key="outbound_order.number")
    district: str
    model: str = Field(foreign_key="model.code")
    dock: str = Field(foreign_key="station.id")
    quantity: int
    promised: int = 0
    shipped: int = 0
    allocated: bool = False
    closed: bool = False
    reason: str = ""
    params: str = "{}"


class PromiseRow(SQLModel, table=True):
    """A box promised to a line; while it lives, no other line can be promised the same box."""

    __tablename__ = "promise"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", PROMISE_STATES), name="ck_promise_state"),
        partial_index("uq_promise_box", "box", where=LIVE_PROMISE, unique=True),
        sa.Index("ix_promise_line_state", "line", "state"),
        partial_index("ix_promise_job", "job", where="job IS NOT NULL"),
        partial_index("ix_promise_open", "number", where=OPEN_PROMISE),
    )
    number: int | None = Field(default=None, primary_key=True)
    line: int = Field(foreign_key="order_line.number")
    box: str = Field(foreign_key="box.code")
    meters: int
    job: int | None = Field(default=None, foreign_key="pick_job.number")
    pile: int = 0  # on the pallet it is picked onto
    state: str = "promised"


class PickJobRow(SQLModel, table=True):
    """Boxes of one district, lot and model that are picked onto one pallet. A station has one at a time."""

    __tablename__ = "pick_job"
    __table_args__ = (partial_index("uq_pick_job_station", "station", where="ended_ms = 0", unique=True),)
    number: int | None = Field(default=None, primary_key=True)
    station: str = Field(foreign_key="station.id")
    line: int = Field(foreign_key="order_line.number")
    lot: int = Field(foreign_key="lot.number")
    target: str = ""  # the pallet at the station's target point, once it is there
    boxes_per_pile: int
    attempt: int = 0
    ended_ms: int = Field(default=0, sa_type=sa.BigInteger)


class TripRow(SQLModel, table=True):
    """A pallet that moves for an order; a pallet moves for one order at a time."""

    __tablename__ = "trip"
    __table_args__ = (
        sa.CheckConstraint(one_of("purpose", PURPOSES), name="ck_trip_purpose"),
        sa.CheckConstraint(one_of("state", TRIP_STATES), name="ck_trip_state"),
        partial_index("uq_trip_pallet", "pallet", where=LIVE_TRIP, unique=True),
        sa.Index("ix_trip_order_state", "order", "state"),
        partial_index("ix_trip_job", "job", where="job IS NOT NULL"),
        partial_index("ix_trip_waiting", "number", where="state = 'waiting'"),
        partial_index("ix_trip_missing", "pallet", where="state = 'missing'"),
    )
    number: int | None = Field(default=None, primary_key=True)
    order: int = Field(foreign_key="outbound_order.number")
    line: int | None = Field(default=None, foreign_key="order_line.number")
    job: int | None = Field(default=None, foreign_key="pick_job.number")
    pallet: str = Field(foreign_key="pallet.code")
    purpose: str
    state: str = "waiting"
    transport: int = 0
    attempt: int = 0
    reason: str = ""
    params: str = "{}"
