"""Rows of what is issued on results: certificates and notices of result, and samples drawn from lots."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

PAPERS = ("certificate", "notice")
PAPER_STATES = ("valid", "void")
SAMPLE_STATES = ("drawn", "accepted", "rejected", "dropped")


class PaperRow(SQLModel, table=True):
    """A certificate, or a notice of result for a meter that failed. Its number is made of the serial: never reused."""

    __tablename__ = "result_paper"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", PAPERS), name="ck_result_paper_kind"),
        sa.CheckConstraint(one_of("state", PAPER_STATES), name="ck_result_paper_state"),
        sa.CheckConstraint("(state = 'void') = (void_ms > 0)", name="ck_result_paper_void"),
        partial_index("uq_result_paper_valid", "bar_code", where="state = 'valid'", unique=True),
        sa.Index("ix_result_paper_bar_code", "bar_code"),
    )
    serial: int | None = Field(default=None, primary_key=True)
    kind: str
    bar_code: str
    test: int = Field(foreign_key="meter_test.number", unique=True)
    issued_ms: int = Field(sa_type=sa.BigInteger)
    valid_years: int = 0
    state: str = "valid"
    void_reason: str = ""
    void_by: str = ""
    void_ms: int = Field(default=0, sa_type=sa.BigInteger)


class SampleRow(SQLModel, table=True):
    """A sample of a lot by GB/T 2828.1: how many, and with how many bad ones the lot is still accepted."""

    __tablename__ = "lot_sample"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", SAMPLE_STATES), name="ck_lot_sample_state"),
        partial_index("uq_lot_sample_open", "lot", where="state = 'drawn'", unique=True),
    )
    number: int | None = Field(default=None, primary_key=True)
    lot: str
    aql: str
    lot_size: int
    letter: str
    size: int
    accept: int
    reject: int
    state: str = "drawn"
    bad: int = 0
    drawn_by: str
    drawn_ms: int = Field(sa_type=sa.BigInteger)
    decided_by: str = ""
    decided_ms: int = Field(default=0, sa_type=sa.BigInteger)


class SampleMeterRow(SQLModel, table=True):
    """A meter of a sample."""

    __tablename__ = "lot_sample_meter"
    __table_args__ = ({"sqlite_with_rowid": False},)
    sample: int = Field(primary_key=True, foreign_key="lot_sample.number")
    bar_code: str = Field(primary_key=True)
