"""Requests for stock and empty boxes with their answers; how many empty boxes a receiver wants to be kept.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
KINDS, STATES = "kind IN ('meters','empties')", "state IN ('asked','answered','over')"


def upgrade() -> None:
    """Make room for requests; nobody is asked for empty boxes until its site says so."""
    op.create_table(
        "supply_request",
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("request", "receiver", "kind", "task", "place")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("piles", "boxes")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "io_task", "given")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("asked_ms", "answered_ms")),
        sa.CheckConstraint(KINDS, name=op.f("ck_supply_request_kind")),
        sa.CheckConstraint(STATES, name=op.f("ck_supply_request_state")),
        sa.CheckConstraint("piles > 0", name=op.f("ck_supply_request_piles")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_supply_request")),
        sa.UniqueConstraint("request", name=op.f("uq_supply_request_request")),
    )
    live = sa.text("state IN ('asked','answered')")
    op.create_index("ix_supply_request_task", "supply_request", ["task", "kind", "number"])
    op.create_index(
        "ix_supply_request_live", "supply_request", ["receiver", "kind"], sqlite_where=live, postgresql_where=live
    )
    with op.batch_alter_table("receiver", schema=None) as batch_op:
        batch_op.add_column(sa.Column("empties_ahead", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it out again; an older version asks for nothing."""
    with op.batch_alter_table("receiver", schema=None) as batch_op:
        batch_op.drop_column("empties_ahead")
    op.drop_table("supply_request")
