"""Lanes two deep, turnover, slot plans and moves for idle cranes.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FREE = "pallet IS NULL AND reserved_for IS NULL AND blocked = ''"


def upgrade() -> None:
    """Let the books know lanes, kinds of pallets, and moves that nobody waits for."""
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("depth", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("mate", sa.String(), nullable=True))
        batch_op.drop_index("ix_slot_free")
    free = sa.text(FREE)
    columns = ["aisle", "clear_height_mm", "depth", "travel_ms", "id"]
    op.create_index("ix_slot_free", "slot", columns, sqlite_where=free, postgresql_where=free)
    op.create_table(
        "turnover",
        sa.Column("model", sa.String(), primary_key=True),
        sa.Column("stage", sa.String(), primary_key=True),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("calls_day", sa.Float(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "slot_plan",
        sa.Column("pallet", sa.String(), primary_key=True),
        sa.Column("inbound", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
    )
    op.create_index("ix_slot_plan_inbound", "slot_plan", ["inbound"])
    _moves()


def _moves() -> None:
    op.create_table(
        "tidy_move",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("aisle", sa.String(), nullable=False),
        sa.Column("pallet", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("takes_s", sa.Float(), nullable=False),
        sa.Column("gain_s", sa.Float(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("transport", sa.Integer(), nullable=False),
        sa.Column("planned_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('planned','moving','done','dropped')", name="ck_tidy_move_state"),
    )
    for name, columns, state in (
        ("ix_tidy_move_planned", ["aisle", "number"], "planned"),
        ("ix_tidy_move_moving", ["aisle"], "moving"),
    ):
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "tidy_move", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Forget lanes, kinds and moves; what stands at depth 2 must have been taken out before."""
    op.drop_table("tidy_move")
    op.drop_table("slot_plan")
    op.drop_table("turnover")
    op.drop_index("ix_slot_free", "slot")
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_column("mate")
        batch_op.drop_column("depth")
    free = sa.text(FREE)
    op.create_index("ix_slot_free", "slot", ["aisle", "travel_ms", "id"], sqlite_where=free, postgresql_where=free)
