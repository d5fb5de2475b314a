"""Sources of tasks as data of the site; receivers that may hold packing; samples that are given up.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for sources of tasks; no receiver holds packing until its site says so."""
    op.create_table(
        "task_source",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("source", "kind", "purpose", "states")),
        sa.Column("after_sampling", sa.Boolean(), nullable=False),
        sa.Column("population", sa.String(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_task_source")),
    )
    with op.batch_alter_table("receiver", schema=None) as batch_op:
        batch_op.add_column(sa.Column("boxes_open", sa.Integer(), nullable=False, server_default="-1"))
    with op.batch_alter_table("proposal_box", schema=None) as batch_op:
        batch_op.add_column(sa.Column("was", sa.String(), nullable=False, server_default=""))
    _sample_states("'drawn','accepted','rejected','dropped'")


def downgrade() -> None:
    """Take it out again; the sources that come with the software stay known to an older version."""
    op.execute("DELETE FROM lot_sample_meter WHERE sample IN (SELECT number FROM lot_sample WHERE state = 'dropped')")
    op.execute("DELETE FROM lot_sample WHERE state = 'dropped'")
    _sample_states("'drawn','accepted','rejected'")
    with op.batch_alter_table("proposal_box", schema=None) as batch_op:
        batch_op.drop_column("was")
    with op.batch_alter_table("receiver", schema=None) as batch_op:
        batch_op.drop_column("boxes_open")
    op.drop_table("task_source")


def _sample_states(states: str) -> None:
    with op.batch_alter_table("lot_sample", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_lot_sample_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_lot_sample_state"), f"state IN ({states})")
