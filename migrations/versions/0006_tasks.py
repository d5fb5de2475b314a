"""Boxes of proposals, returns, claims, safety stock and demand; meters that came back, go to the maker, are scrapped.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD = (
    "expected", "not_delivered", "received", "to_verify", "on_line", "qualified", "rejected", "allocated", "shipped",
    "quarantine", "missing", "empty",
)  # fmt: skip
NEW = (*OLD, "returned", "to_maker", "scrapped")


def upgrade() -> None:
    """Make room for what tasks hold, what districts send back, and what they plan to take."""
    _roles(NEW)
    _tasks()
    _returns()
    _claims()
    _demand()


def downgrade() -> None:
    """Take it out again; what has come back or is scrapped is in quarantine then."""
    for name in ("demand", "safety_stock", "return_claim", "return_meter", "return_box", "return_note"):
        op.drop_table(name)
    for name in ("stock_in", "proposal_box"):
        op.drop_table(name)
    for name in ("box", "asset"):
        op.execute(f"UPDATE {name} SET state = 'quarantine' WHERE state IN ('returned','to_maker','scrapped')")
    _roles(OLD)


def _roles(words: tuple[str, ...]) -> None:
    """Let boxes and loose meters have these states and no others."""
    has = f"state IN ({','.join(repr(word) for word in words)})"
    for name, rule, kept in (("box", has, {}), ("asset", f"state IS NULL OR {has}", {"sqlite_with_rowid": False})):
        with op.batch_alter_table(name, schema=None, table_kwargs=kept) as batch_op:
            batch_op.drop_constraint(f"ck_{name}_state", type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{name}_state"), sa.text(rule))


def _tasks() -> None:
    op.create_table(
        "proposal_box",
        sa.Column("task", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("pallet", sa.String(), nullable=False),
        sa.Column("pile", sa.Integer(), nullable=False),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('held','called','done','released','refused')", name=op.f("ck_proposal_box_state")
        ),
        sa.ForeignKeyConstraint(["task"], ["verification_task.number"], name=op.f("fk_proposal_box_task")),
        sa.PrimaryKeyConstraint("task", "round", "box", name=op.f("pk_proposal_box")),
        sqlite_with_rowid=False,
    )
    live = sa.text("state IN ('held','called')")
    op.create_index(
        "uq_proposal_box_live", "proposal_box", ["box"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "stock_in",
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("packed_ms", sa.BigInteger(), nullable=False),
        sa.Column("triggered_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task", "box", name=op.f("pk_stock_in")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stock_in_box", "stock_in", ["box"])


def _returns() -> None:
    op.create_table(
        "return_note",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("empties", sa.Integer(), nullable=False),
        sa.Column("empties_found", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('refused','sent_back','dismantled')", name=op.f("ck_return_note_kind")),
        sa.CheckConstraint("state IN ('announced','scanning','closed')", name=op.f("ck_return_note_state")),
        sa.CheckConstraint("empties >= 0 AND empties_found >= 0", name=op.f("ck_return_note_empties")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_return_note")),
        sa.UniqueConstraint("key", name=op.f("uq_return_note_key")),
    )
    op.create_table(
        "return_box",
        sa.Column("note", sa.Integer(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("pallet", sa.String(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("scanned_by", sa.String(), nullable=False),
        sa.Column("scanned_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("outcome IN ('','qualified','sorting','sorted')", name=op.f("ck_return_box_outcome")),
        sa.ForeignKeyConstraint(["note"], ["return_note.number"], name=op.f("fk_return_box_note")),
        sa.PrimaryKeyConstraint("note", "box", name=op.f("pk_return_box")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "return_meter",
        sa.Column("note", sa.Integer(), nullable=False),
        sa.Column("bar_code", sa.String(), nullable=False),
        sa.Column("listed", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["note"], ["return_note.number"], name=op.f("fk_return_meter_note")),
        sa.PrimaryKeyConstraint("note", "bar_code", name=op.f("pk_return_meter")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_return_meter_bar_code", "return_meter", ["bar_code"])


def _claims() -> None:
    op.create_table(
        "return_claim",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Integer(), nullable=False),
        sa.Column("bar_code", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("raised_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "finding IN ('missing','extra','unknown','broken_seal')", name=op.f("ck_return_claim_finding")
        ),
        sa.ForeignKeyConstraint(["note"], ["return_note.number"], name=op.f("fk_return_claim_note")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_return_claim")),
        sa.UniqueConstraint("note", "bar_code", "finding", name=op.f("uq_return_claim_note_bar_code_finding")),
    )
    still_open = sa.text("settled_ms = 0")
    op.create_index(
        "ix_return_claim_open", "return_claim", ["note"], sqlite_where=still_open, postgresql_where=still_open
    )


def _demand() -> None:
    op.create_table(
        "safety_stock",
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("meters >= 0", name=op.f("ck_safety_stock_meters")),
        sa.ForeignKeyConstraint(["model"], ["model.code"], name=op.f("fk_safety_stock_model")),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_safety_stock")),
    )
    op.create_table(
        "demand",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.CheckConstraint("meters >= 0", name=op.f("ck_demand_meters")),
        sa.ForeignKeyConstraint(["model"], ["model.code"], name=op.f("fk_demand_model")),
        sa.PrimaryKeyConstraint("month", "model", "district", name=op.f("pk_demand")),
    )
