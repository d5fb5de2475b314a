"""Rows of deliveries to districts: where these are, what drives there, and the plan of a day with its stops."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

PLAN_STATES = ("draft", "frozen", "cancelled")
LIVE_LOAD = "live"


class DepotRow(SQLModel, table=True):
    """Where vehicles set out from, and what a day and a load are; there is one row, or deliveries are not planned."""

    __tablename__ = "shipping_depot"
    __table_args__ = (sa.CheckConstraint("number = 1", name="ck_shipping_depot_number"),)
    number: int = Field(default=1, primary_key=True)
    address: str
    latitude: float
    longitude: float
    km_h: float
    opens_min: int
    closes_min: int
    unload_min: int
    reload_min: int
    trips: int
    meter_1ph_g: int
    meter_3ph_g: int
    box_g: int


class DistrictRow(SQLModel, table=True):
    """Where a district takes its meters in, and between which minutes of the day."""

    __tablename__ = "shipping_district"
    __table_args__ = (
        sa.CheckConstraint("opens_min >= 0 AND opens_min <= closes_min", name="ck_shipping_district_hours"),
    )
    district: str = Field(primary_key=True)
    address: str
    contact: str = ""
    latitude: float
    longitude: float
    opens_min: int = 0
    closes_min: int = 1440


class VehicleRow(SQLModel, table=True):
    """A vehicle and how much it carries."""

    __tablename__ = "shipping_vehicle"
    __table_args__ = (sa.CheckConstraint("boxes > 0 AND weight_kg > 0", name="ck_shipping_vehicle_holds"),)
    plate: str = Field(primary_key=True)
    boxes: int
    weight_kg: int
    driver: str = ""
    active: bool = True


class DistanceRow(SQLModel, table=True):
    """Measured metres between two places; "" is the depot. It counts for both directions unless both are told."""

    __tablename__ = "shipping_distance"
    __table_args__ = (sa.CheckConstraint("metres >= 0", name="ck_shipping_distance_metres"),)
    origin: str = Field(primary_key=True)
    goal: str = Field(primary_key=True)
    metres: int


class PlanRow(SQLModel, table=True):
    """The deliveries of a day ("2026-11-21"), in metres of all vehicles; none can be shorter than `bound_m`."""

    __tablename__ = "delivery_plan"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", PLAN_STATES), name="ck_delivery_plan_state"),
        sa.UniqueConstraint("key", name="uq_delivery_plan_key"),
    )
    number: int | None = Field(default=None, primary_key=True)
    key: str
    day: str
    state: str = "draft"
    metres: int
    bound_m: int
    created_by: str
    created_ms: int = Field(sa_type=sa.BigInteger)
    frozen_by: str = ""
    frozen_ms: int = Field(default=0, sa_type=sa.BigInteger)


class StopRow(SQLModel, table=True):
    """What a district gets by one vehicle, the `position`-th stop of its `trip`; without vehicle, why it is left out.

    `rank` is its turn at the docks, 1 first: last stops are loaded first. `note` is issued when the plan is frozen.
    """

    __tablename__ = "delivery_stop"
    __table_args__ = (
        sa.CheckConstraint("boxes >= 0 AND meters >= 0 AND weight_kg >= 0", name="ck_delivery_stop_load"),
        sa.Index("ix_delivery_stop_plan", "plan"),
        partial_index("uq_delivery_stop_note", "note", where="note <> ''", unique=True),
    )
    number: int | None = Field(default=None, primary_key=True)
    plan: int = Field(foreign_key="delivery_plan.number")
    district: str
    vehicle: str = ""
    trip: int = 0
    position: int = 0
    fixed: bool = False
    boxes: int
    meters: int
    weight_kg: int
    leaves_s: int = 0
    begins_s: int = 0
    leg_m: int = 0
    rank: int = 0
    reason: str = ""
    note: str = ""
    received_by: str = ""
    received_ms: int = Field(default=0, sa_type=sa.BigInteger)
    damaged: int = 0
    remark: str = ""


class LoadRow(SQLModel, table=True):
    """A line of a distribution order that a stop brings; a line is in one live plan at a time."""

    __tablename__ = "delivery_load"
    __table_args__ = (partial_index("uq_delivery_load_line", "line", where=LIVE_LOAD, unique=True),)
    stop: int = Field(primary_key=True, foreign_key="delivery_stop.number")
    line: int = Field(primary_key=True, foreign_key="order_line.number")
    boxes: int
    meters: int
    weight_kg: int
    live: bool = True
