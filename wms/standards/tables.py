"""Rows of reference standards: what they are, their certificates and interim checks, and what was recalled."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

STATES = ("in_use", "withdrawn")
PLACES = ("stock", "delivered", "under_way", "line", "elsewhere")


class StandardRow(SQLModel, table=True):
    """A reference standard; a bench has one. `check_days` is the longest time between two interim checks."""

    __tablename__ = "reference_standard"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", STATES), name="ck_reference_standard_state"),
        sa.CheckConstraint("check_days > 0", name="ck_reference_standard_check_days"),
        partial_index("uq_reference_standard_bench", "bench", where="state = 'in_use' AND bench <> ''", unique=True),
    )
    code: str = Field(primary_key=True)
    model: str
    accuracy_class: str
    bench: str = ""
    check_days: int = 180
    state: str = "in_use"
    entered_by: str
    entered_ms: int = Field(sa_type=sa.BigInteger)


class StandardCertificateRow(SQLModel, table=True):
    """A certificate of a standard with the standard's own errors in percent, as decimal texts."""

    __tablename__ = "standard_certificate"
    __table_args__ = (
        sa.CheckConstraint("valid_from_ms < valid_until_ms", name="ck_standard_certificate_term"),
        sa.UniqueConstraint("standard", "certificate"),
    )
    number: int | None = Field(default=None, primary_key=True)
    standard: str = Field(foreign_key="reference_standard.code")
    certificate: str
    issued_by: str
    valid_from_ms: int = Field(sa_type=sa.BigInteger)
    valid_until_ms: int = Field(sa_type=sa.BigInteger)
    correction_percent: str = "0"
    corrections: str = "{}"  # JSON, by the point of an outcome
    entered_by: str
    entered_ms: int = Field(sa_type=sa.BigInteger)


class InterimCheckRow(SQLModel, table=True):
    """A check of a standard between two certificates. Never altered."""

    __tablename__ = "interim_check"
    __table_args__ = (sa.Index("ix_interim_check_standard_checked_ms", "standard", "checked_ms"),)
    number: int | None = Field(default=None, primary_key=True)
    standard: str = Field(foreign_key="reference_standard.code")
    passed: bool
    error_percent: str
    limit_percent: str
    remark: str = ""
    checked_by: str
    checked_ms: int = Field(sa_type=sa.BigInteger)


class RecallRow(SQLModel, table=True):
    """Every meter judged with a standard since it was last known to be good, after a check that it failed."""

    __tablename__ = "standard_recall"
    number: int | None = Field(default=None, primary_key=True)
    standard: str = Field(foreign_key="reference_standard.code")
    failed_check: int = Field(foreign_key="interim_check.number", unique=True)
    since_ms: int = Field(sa_type=sa.BigInteger)
    until_ms: int = Field(sa_type=sa.BigInteger)
    meters: int = 0
    closed_by: str = ""
    closed_ms: int = Field(default=0, sa_type=sa.BigInteger)
    reason: str = ""


class RecalledMeterRow(SQLModel, table=True):
    """A meter of a recall: where it was found, and whether it is free again (verified anew, or released)."""

    __tablename__ = "recalled_meter"
    __table_args__ = (
        sa.CheckConstraint(one_of("found", PLACES), name="ck_recalled_meter_found"),
        partial_index("ix_recalled_meter_open", "bar_code", where="freed_ms = 0"),
        {"sqlite_with_rowid": False},
    )
    recall: int = Field(primary_key=True, foreign_key="standard_recall.number")
    bar_code: str = Field(primary_key=True)
    test: int
    found: str
    box: str = ""
    freed_ms: int = Field(default=0, sa_type=sa.BigInteger)
