"""The link to marketing: receivers, letters, what came in, tasks, proposals and destination codes.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for what is written to marketing and what it asks for."""
    _letters()
    _tasks()


def _letters() -> None:
    op.create_table(
        "receiver",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("gates", sa.Boolean(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ok_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("profile IN ('own','platform','cim')", name="ck_receiver_profile"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_receiver")),
    )
    op.create_table(
        "letter",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("stands_for", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state IN ('waiting','sent')) = (done_ms = 0)", name="ck_letter_done_ms"),
        sa.CheckConstraint("state <> 'dead' OR reason <> ''", name="ck_letter_dead_has_a_reason"),
        sa.CheckConstraint("state IN ('waiting','sent','done','dead','mended','dropped')", name="ck_letter_state"),
        sa.ForeignKeyConstraint(["receiver"], ["receiver.name"], name=op.f("fk_letter_receiver")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_letter")),
        sa.UniqueConstraint("receiver", "key", name=op.f("uq_letter_receiver_key")),
    )
    _partial("ix_letter_dead", "letter", ["receiver", "task"], "state = 'dead'")
    _partial("ix_letter_open", "letter", ["receiver", "task", "turn", "number"], "state IN ('waiting','sent')")
    _partial("ix_letter_stands_for", "letter", ["stands_for"], "stands_for > 0")
    op.create_index("ix_letter_subject", "letter", ["subject"])
    op.create_index("ix_letter_task", "letter", ["task", "number"])
    op.create_table(
        "letter_bar",
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("bar_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letter.number"], name=op.f("fk_letter_bar_letter")),
        sa.PrimaryKeyConstraint("letter", "bar_code", name=op.f("pk_letter_bar")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_letter_bar_bar_code", "letter_bar", ["bar_code"])
    op.create_table(
        "received_letter",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_received_letter")),
        sa.UniqueConstraint("sender", "key", name=op.f("uq_received_letter_sender_key")),
    )
    op.create_index("ix_received_letter_task", "received_letter", ["task", "number"])


def _tasks() -> None:
    op.create_table(
        "verification_task",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("requested", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("params", sa.String(), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned','running','paused','cancelling','cancelled','finished')",
            name="ck_verification_task_state",
        ),
        sa.CheckConstraint("quantity >= 0", name="ck_verification_task_quantity"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_verification_task")),
        sa.UniqueConstraint("key", name=op.f("uq_verification_task_key")),
    )
    _partial(
        "ix_verification_task_live",
        "verification_task",
        ["priority", "number"],
        "state NOT IN ('cancelled','finished')",
    )
    op.create_index("ix_verification_task_lot", "verification_task", ["lot", "number"])
    op.create_table(
        "proposal",
        sa.Column("task", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("boxes", sa.String(), nullable=False),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('proposed','approved','rejected')", name="ck_proposal_state"),
        sa.ForeignKeyConstraint(["task"], ["verification_task.number"], name=op.f("fk_proposal_task")),
        sa.PrimaryKeyConstraint("task", "round", name=op.f("pk_proposal")),
    )
    op.create_table(
        "destination",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("verdict", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fetched_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'used') = (box <> '')", name="ck_destination_used_by_a_box"),
        sa.CheckConstraint("state IN ('free','used')", name="ck_destination_state"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_destination")),
        sa.UniqueConstraint("task", "code", name=op.f("uq_destination_task_code")),
    )
    _partial("ix_destination_free", "destination", ["task", "verdict", "number"], "state = 'free'")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    """Forget what was written to marketing and what it asked for."""
    for table in (
        "destination",
        "proposal",
        "verification_task",
        "received_letter",
        "letter_bar",
        "letter",
        "receiver",
    ):
        op.drop_table(table)
