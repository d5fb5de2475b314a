"""Rows of results. Append-only: what a bench has reported is never altered, a later test makes an earlier one invalid.

Figures are decimal texts as the bench gave them; times are plant time in ms.
"""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

VERDICTS = ("pass", "fail", "aborted", "not_tested")
SCOPES = ("bench", "lot")


class RunRow(SQLModel, table=True):
    """A run as it was handed to a bench: who, with what standard, by which version of a scheme."""

    __tablename__ = "test_run"
    __table_args__ = (sa.Index("ix_test_run_bench_number", "bench", "number"), sa.Index("ix_test_run_lot", "lot"))
    number: int | None = Field(default=None, primary_key=True)
    run: str = Field(unique=True)
    line: str
    bench: str
    lot: str
    sheet: int
    scheme: str
    version: int
    rules: str
    formal: bool
    standard: str
    tester: str
    checker: str
    body: str  # the run as the bench got it, JSON
    state: str = "taken"
    part: int = 0
    serial: int = 0  # of the last outcome
    meters: int
    taken_ms: int = Field(sa_type=sa.BigInteger)
    ended_ms: int = Field(default=0, sa_type=sa.BigInteger)


class PartRow(SQLModel, table=True):
    """A part of a report that is booked; the key keeps a part from being booked twice."""

    __tablename__ = "test_part"
    __table_args__ = ({"sqlite_with_rowid": False},)
    of_run: int = Field(primary_key=True, foreign_key="test_run.number")
    part: int = Field(primary_key=True)
    state: str
    outcomes: int
    notices: str = "[]"
    at_ms: int = Field(sa_type=sa.BigInteger)


class OutcomeRow(SQLModel, table=True):
    """One point of one item of one meter. `raw` and `readings` are separated by blanks."""

    __tablename__ = "test_outcome"
    __table_args__ = ({"sqlite_with_rowid": False},)
    of_run: int = Field(primary_key=True, foreign_key="test_run.number")
    serial: int = Field(primary_key=True)
    position: int
    bar_code: str
    test_case: str
    item: str
    point: str
    verdict: str
    raw: str
    readings: str
    value: str
    rounded: str
    limit_value: str
    unit: str
    clause: str
    cause: str
    at_ms: int = Field(sa_type=sa.BigInteger)
    temperature_c: str
    humidity_percent: str


class MeterTestRow(SQLModel, table=True):
    """What a run says of one meter: its n-th test, and whether that is the one that holds.

    `nth` is 0 for what was no test: aborted, not tested, or by a scheme on trial.
    """

    __tablename__ = "meter_test"
    __table_args__ = (
        sa.CheckConstraint(one_of("verdict", VERDICTS), name="ck_meter_test_verdict"),
        sa.CheckConstraint("nth > 0 OR NOT valid", name="ck_meter_test_valid_counts"),
        partial_index("uq_meter_test_valid", "bar_code", where="valid", unique=True),
        partial_index("uq_meter_test_nth", "bar_code", "nth", where="nth > 0", unique=True),
        sa.UniqueConstraint("of_run", "bar_code"),
        sa.Index("ix_meter_test_bar_code", "bar_code"),
        sa.Index("ix_meter_test_lot_valid", "lot", "valid"),
        sa.Index("ix_meter_test_bench_ended_ms", "bench", "ended_ms"),
        sa.Index("ix_meter_test_standard_ended_ms", "standard", "ended_ms"),
    )
    number: int | None = Field(default=None, primary_key=True)
    bar_code: str
    of_run: int = Field(foreign_key="test_run.number")
    bench: str
    position: int
    lot: str
    nth: int
    attempt: int  # 1 for a first test, 2 for the one in another position
    verdict: str
    valid: bool
    failed: str = ""  # items, separated by blanks
    cause: str = ""
    address_read: str = ""
    standard: str = ""
    ended_ms: int = Field(sa_type=sa.BigInteger)


class PositionDeviationRow(SQLModel, table=True):
    """By how much a position read beside the others of its bench in one run: mean over its points, percent."""

    __tablename__ = "position_deviation"
    __table_args__ = ({"sqlite_with_rowid": False},)
    of_run: int = Field(primary_key=True, foreign_key="test_run.number")
    position: int = Field(primary_key=True)
    points: int
    deviation_percent: float


class HoldRow(SQLModel, table=True):
    """Keys are held: too many meters of a lot, or on a bench, have failed, until a quality engineer releases it."""

    __tablename__ = "key_hold"
    __table_args__ = (
        sa.CheckConstraint(one_of("scope", SCOPES), name="ck_key_hold_scope"),
        partial_index("uq_key_hold_open", "scope", "subject", where="released_ms = 0", unique=True),
    )
    number: int | None = Field(default=None, primary_key=True)
    scope: str
    subject: str
    run: str
    tested: int
    failed: int
    limit_share: float
    raised_ms: int = Field(sa_type=sa.BigInteger)
    released_by: str = ""
    released_ms: int = Field(default=0, sa_type=sa.BigInteger)
    reason: str = ""


class BenchWaitRow(SQLModel, table=True):
    """Why a bench is not given the run that stands on it, until that is put right."""

    __tablename__ = "bench_wait"
    bench: str = Field(primary_key=True)
    run: str
    reason: str
    params: str = "{}"
    since_ms: int = Field(sa_type=sa.BigInteger)
