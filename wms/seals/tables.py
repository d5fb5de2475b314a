"""Rows of the ledger of seals. A seal has a row of its own from the moment that it is no longer on its roll."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index
from wms.seals.rules import ENDS, WARN_H


class SealRangeRow(SQLModel, table=True):
    """Seals as they were received: prefix and consecutive numbers. `next_number` is the first that is not loaded."""

    __tablename__ = "seal_range"
    __table_args__ = (
        sa.CheckConstraint("first <= last AND next_number >= first AND next_number <= last + 1", name="ck_seal_range"),
        sa.Index("ix_seal_range_prefix_digits", "prefix", "digits"),
    )
    number: int | None = Field(default=None, primary_key=True)
    prefix: str
    digits: int
    first: int = Field(sa_type=sa.BigInteger)
    last: int = Field(sa_type=sa.BigInteger)
    next_number: int = Field(sa_type=sa.BigInteger)
    received_by: str
    received_ms: int = Field(sa_type=sa.BigInteger)


class SealRollRow(SQLModel, table=True):
    """Consecutive seals in the magazine of a cell. `taken` counts those that are off it."""

    __tablename__ = "seal_roll"
    __table_args__ = (
        sa.CheckConstraint("first <= last AND taken >= 0 AND taken <= last - first + 1", name="ck_seal_roll"),
        sa.Index("ix_seal_roll_of_range_first", "of_range", "first"),
        partial_index("ix_seal_roll_open", "cell", where="taken < last - first + 1"),
    )
    number: int | None = Field(default=None, primary_key=True)
    of_range: int = Field(foreign_key="seal_range.number")
    cell: str
    first: int = Field(sa_type=sa.BigInteger)
    last: int = Field(sa_type=sa.BigInteger)
    taken: int = 0
    loaded_by: str
    loaded_ms: int = Field(sa_type=sa.BigInteger)


class SealRow(SQLModel, table=True):
    """One seal that is off its roll: on a meter, broken or unreadable, or void. The key keeps a number from two lives.

    `position` is the bench position at which the meter was verified.
    """

    __tablename__ = "seal"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", ENDS), name="ck_seal_state"),
        sa.CheckConstraint("state <> 'used' OR bar_code <> ''", name="ck_seal_used_on_a_meter"),
        sa.CheckConstraint("(state = 'void') = (void_ms > 0)", name="ck_seal_void"),
        partial_index("ix_seal_bar_code", "bar_code", where="bar_code <> ''"),
        sa.Index("ix_seal_cell_at_ms", "cell", "at_ms"),
        {"sqlite_with_rowid": False},
    )
    seal: str = Field(primary_key=True)
    roll: int = Field(foreign_key="seal_roll.number", index=True)
    cell: str
    state: str
    bar_code: str = ""
    position: str = ""
    at_ms: int = Field(sa_type=sa.BigInteger)
    void_ms: int = Field(default=0, sa_type=sa.BigInteger)
    reason: str = ""
    by: str = ""


class SealCellRow(SQLModel, table=True):
    """How many hours before its end a cell's magazine is to be warned of."""

    __tablename__ = "seal_cell"
    __table_args__ = (sa.CheckConstraint("warn_h > 0", name="ck_seal_cell_warn_h"),)
    cell: str = Field(primary_key=True)
    warn_h: float = WARN_H
