"""Deliveries to districts: depot, districts, vehicles, distances; plans of a day with their stops and loads.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the places of deliveries and for their plans."""
    _places()
    _plans()


def downgrade() -> None:
    """Take it out again; what is promised then leaves at once."""
    for name in ("delivery_load", "delivery_stop", "delivery_plan"):
        op.drop_table(name)
    for name in ("shipping_distance", "shipping_vehicle", "shipping_district", "shipping_depot"):
        op.drop_table(name)


def _places() -> None:
    op.create_table(
        "shipping_depot",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("km_h", sa.Float(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (
            "opens_min", "closes_min", "unload_min", "reload_min", "trips", "meter_1ph_g", "meter_3ph_g", "box_g",
        )),
        sa.CheckConstraint("number = 1", name=op.f("ck_shipping_depot_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shipping_depot")),
    )
    op.create_table(
        "shipping_district",
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("opens_min", sa.Integer(), nullable=False),
        sa.Column("closes_min", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens_min >= 0 AND opens_min <= closes_min", name=op.f("ck_shipping_district_hours")),
        sa.PrimaryKeyConstraint("district", name=op.f("pk_shipping_district")),
    )
    op.create_table(
        "shipping_vehicle",
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("boxes", sa.Integer(), nullable=False),
        sa.Column("weight_kg", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("boxes > 0 AND weight_kg > 0", name=op.f("ck_shipping_vehicle_holds")),
        sa.PrimaryKeyConstraint("plate", name=op.f("pk_shipping_vehicle")),
    )
    op.create_table(
        "shipping_distance",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.CheckConstraint("metres >= 0", name=op.f("ck_shipping_distance_metres")),
        sa.PrimaryKeyConstraint("origin", "goal", name=op.f("pk_shipping_distance")),
    )


def _plans() -> None:
    op.create_table(
        "delivery_plan",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("bound_m", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("frozen_by", sa.String(), nullable=False),
        sa.Column("frozen_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('draft','frozen','cancelled')", name=op.f("ck_delivery_plan_state")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_delivery_plan")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_plan_key")),
    )
    _stops()
    op.create_table(
        "delivery_load",
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.Integer(), nullable=False),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.Column("weight_kg", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["stop"], ["delivery_stop.number"], name=op.f("fk_delivery_load_stop")),
        sa.ForeignKeyConstraint(["line"], ["order_line.number"], name=op.f("fk_delivery_load_line")),
        sa.PrimaryKeyConstraint("stop", "line", name=op.f("pk_delivery_load")),
    )
    live = sa.text("live")
    op.create_index(
        "uq_delivery_load_line", "delivery_load", ["line"], unique=True, sqlite_where=live, postgresql_where=live
    )


def _stops() -> None:
    whole = ("trip", "position")
    counts = ("boxes", "meters", "weight_kg", "leaves_s", "begins_s", "leg_m", "rank")
    op.create_table(
        "delivery_stop",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in whole),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.CheckConstraint("boxes >= 0 AND meters >= 0 AND weight_kg >= 0", name=op.f("ck_delivery_stop_load")),
        sa.ForeignKeyConstraint(["plan"], ["delivery_plan.number"], name=op.f("fk_delivery_stop_plan")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_delivery_stop")),
    )
    op.create_index("ix_delivery_stop_plan", "delivery_stop", ["plan"])
    noted = sa.text("note <> ''")
    op.create_index(
        "uq_delivery_stop_note", "delivery_stop", ["note"], unique=True, sqlite_where=noted, postgresql_where=noted
    )
