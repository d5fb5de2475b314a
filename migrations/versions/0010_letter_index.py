"""The log of letters by state and kind, however long it is; queues are counted without reading a letter.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_letter_state", "letter", ["state", "receiver", "number"])
    op.create_index("ix_letter_kind", "letter", ["kind", "number"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_letter_kind", table_name="letter")
    op.drop_index("ix_letter_state", table_name="letter")
