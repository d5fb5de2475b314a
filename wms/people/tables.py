"""Rows of people: their qualifications, and who is on duty."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.people.rules import DUTIES
from wms.rows import one_of


class QualificationRow(SQLModel, table=True):
    """What a person may do, by which certificate, from when until when. Never altered but to revoke it."""

    __tablename__ = "qualification"
    __table_args__ = (
        sa.CheckConstraint(one_of("duty", DUTIES), name="ck_qualification_duty"),
        sa.CheckConstraint("valid_from_ms < valid_until_ms", name="ck_qualification_term"),
        sa.UniqueConstraint("person", "duty", "certificate"),
    )
    number: int | None = Field(default=None, primary_key=True)
    person: str
    duty: str
    certificate: str
    valid_from_ms: int = Field(sa_type=sa.BigInteger)
    valid_until_ms: int = Field(sa_type=sa.BigInteger)
    entered_by: str
    entered_ms: int = Field(sa_type=sa.BigInteger)
    revoked_by: str = ""
    revoked_ms: int = Field(default=0, sa_type=sa.BigInteger)
    reason: str = ""


class RosterRow(SQLModel, table=True):
    """Who tests and who checks at a bench; the row of bench "" serves every bench without one of its own."""

    __tablename__ = "bench_roster"
    __table_args__ = (sa.CheckConstraint("tester <> checker", name="ck_bench_roster_two_people"),)
    bench: str = Field(primary_key=True)
    tester: str
    checker: str
    set_by: str
    set_ms: int = Field(sa_type=sa.BigInteger)
