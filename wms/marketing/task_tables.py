"""Rows of what tasks hold of the stock: boxes of proposals, and boxes that wait to go back into stock."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

BOX_STATES = ("held", "called", "done", "released", "refused")
LIVE_BOX = "state IN ('held','called')"


class ProposalBoxRow(SQLModel, table=True):
    """A box that a proposal names; while it lives no other proposal can name it.

    held: proposed; called: approved, on its way or on a line; done: verified; released: not wanted after all;
    refused: marketing does not want this box for this task.
    """

    __tablename__ = "proposal_box"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", BOX_STATES), name="ck_proposal_box_state"),
        partial_index("uq_proposal_box_live", "box", where=LIVE_BOX, unique=True),
        {"sqlite_with_rowid": False},
    )
    task: int = Field(primary_key=True, foreign_key="verification_task.number")
    round: int = Field(primary_key=True)
    box: str = Field(primary_key=True)
    pallet: str
    pile: int = 0
    meters: int
    state: str = "held"
    was: str = ""  # the state of the box before it was called


class SourceRow(SQLModel, table=True):
    """A source of tasks: what comes with the software, and what the site has added. `states` is JSON."""

    __tablename__ = "task_source"
    source: str = Field(primary_key=True)
    kind: str
    purpose: str
    states: str
    after_sampling: bool = False
    population: str = "lot"
    hold: bool = False
    zh: str
    en: str


class StockInRow(SQLModel, table=True):
    """A packed box of a task that marketing calls back into stock; both halves may come first (0: not yet)."""

    __tablename__ = "stock_in"
    __table_args__ = (sa.Index("ix_stock_in_box", "box"), {"sqlite_with_rowid": False})
    task: str = Field(primary_key=True)
    box: str = Field(primary_key=True)
    packed_ms: int = Field(default=0, sa_type=sa.BigInteger)
    triggered_ms: int = Field(default=0, sa_type=sa.BigInteger)
