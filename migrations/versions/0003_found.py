"""missions remember that what a cell found is booked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision up."""
    with op.batch_alter_table("mission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("found", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Go one revision down."""
    with op.batch_alter_table("mission", schema=None) as batch_op:
        batch_op.drop_column("found")
