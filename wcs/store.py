"""The tables of the WCS and the engine they live in.

SQLite: WAL, synchronous=FULL, every transaction BEGIN IMMEDIATE, one writer at a time. PostgreSQL: by URL.
"""

from __future__ import annotations

# pyright: reportAssignmentType=false
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, SQLModel

BUSY_TIMEOUT_MS = 10_000
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES  # a migration can only change what has a name


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A point in time that comes back as it went in: aware, in UTC. SQLite alone would drop the zone."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give UTC back."""
        return None if value is None else value.replace(tzinfo=UTC)


class FactRow(SQLModel, table=True):
    """One line of the journal: what happened when, in plant milliseconds. Append-only."""

    __tablename__ = "fact"
    __table_args__ = (sa.Index("ix_fact_kind_id", "kind", "id"), sa.Index("ix_fact_subject_id", "subject", "id"))
    id: int | None = Field(default=None, primary_key=True)
    at_ms: int = Field(sa_type=sa.BigInteger)
    kind: str
    subject: str
    payload: str  # canonical JSON


class CursorRow(SQLModel, table=True):
    """How far a consumer has read the journal."""

    __tablename__ = "consumer_cursor"
    consumer: str = Field(primary_key=True)
    fact_id: int


class OrderRow(SQLModel, table=True):
    """A transport order: one unit's whole journey."""

    __tablename__ = "transport_order"
    __table_args__ = (sa.Index("ix_transport_order_state", "state"), sa.Index("ix_transport_order_unit", "unit"))
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    unit: str
    source: str
    destination: str
    priority: int = 0
    due_ms: int | None = Field(default=None, sa_type=sa.BigInteger)
    params: str = "{}"
    state: str = "submitted"
    device: str = ""
    claim: str = ""
    mission: int = 0
    confirmed: bool = False
    reason: str = "new"
    reason_args: str = "{}"
    since_ms: int = Field(default=0, sa_type=sa.BigInteger)
    created_ms: int = Field(default=0, sa_type=sa.BigInteger)


class MissionRow(SQLModel, table=True):
    """A mission: one device's leg. Its number is unique for ever; the highest row is never deleted."""

    __tablename__ = "mission"
    __table_args__ = (sa.Index("ix_mission_state", "state"), sa.Index("ix_mission_order", "order"))
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    order: int
    device: str
    code: int
    unit: str
    source: str
    target: str
    par1: int = 0
    par2: int = 0
    found: bool = False
    state: str
    fault: int = 0
    sent_ms: int = Field(default=0, sa_type=sa.BigInteger)
    ended_ms: int = Field(default=0, sa_type=sa.BigInteger)


class UnitRow(SQLModel, table=True):
    """A unit in motion or at a station; a unit in its slot belongs to the WMS and has no row here."""

    __tablename__ = "moving_unit"
    id: str = Field(primary_key=True)
    at: str
    holds: str = "[]"
    order: int = 0
    code: str = ""
    weight_g: int = 0
    profile: int = 0
    stage: str = ""
    faults: str = "[]"
    question: str = ""
    since_ms: int = Field(default=0, sa_type=sa.BigInteger)


class DeviceRow(SQLModel, table=True):
    """What the WCS must remember of a device: the last event it booked, and its fault."""

    __tablename__ = "device"
    id: str = Field(primary_key=True)
    booked_seq: int = 0
    fault: int = 0
    fault_ms: int = Field(default=0, sa_type=sa.BigInteger)
    last: str = ""


class QuestionRow(SQLModel, table=True):
    """A question to the WMS; it stays open until it is answered or no longer matters."""

    __tablename__ = "question"
    __table_args__ = (sa.Index("ix_question_state", "state"),)
    id: str = Field(primary_key=True)
    ask: str
    unit: str
    station: str
    order: int = 0
    state: str = "open"
    reason: str = ""
    reason_args: str = "{}"
    asked_ms: int = Field(default=0, sa_type=sa.BigInteger)


class AlarmRow(SQLModel, table=True):
    """What the operator must see; open while `cleared_ms` is 0."""

    __tablename__ = "alarm"
    __table_args__ = (sa.Index("ix_alarm_cleared", "cleared_ms"),)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    fault: str
    subject: str
    device: str = ""
    code: int = 0
    mission: int = 0
    order: int = 0
    unit: str = ""
    reaction: str = ""
    priority: int = 2
    raised_ms: int = Field(default=0, sa_type=sa.BigInteger)
    cleared_ms: int = Field(default=0, sa_type=sa.BigInteger)


class RequestRow(SQLModel, table=True):
    """What the door has taken in and the controller has not handled yet."""

    __tablename__ = "wcs_request"
    __table_args__ = (sa.Index("ix_wcs_request_taken_id", "taken", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    kind: str
    subject: str
    payload: str = "{}"
    taken: bool = False


class CarrierRow(SQLModel, table=True):
    """Meters on a line: on a carrier, in a lane of the sorting cell, or held by the packing cell."""

    __tablename__ = "line_carrier"
    id: str = Field(primary_key=True)
    line: str
    lot: int
    stage: str
    at: str
    meters: str = "[]"
    run: str = ""
    moving: bool = False
    since_ms: int = Field(default=0, sa_type=sa.BigInteger)


class BenchRunRow(SQLModel, table=True):
    """A batch on a bench; it stays when the bench has been cleared."""

    __tablename__ = "bench_run"
    __table_args__ = (sa.Index("ix_bench_run_bench_state", "bench", "state"),)
    id: str = Field(primary_key=True)
    line: str
    bench: str
    lot: int
    carriers: str = "[]"
    state: str = "loading"
    body: str = ""
    part: int = 0
    since_ms: int = Field(default=0, sa_type=sa.BigInteger)


class LineLotRow(SQLModel, table=True):
    """A lot on a line, and how it is verified."""

    __tablename__ = "line_lot"
    id: str = Field(primary_key=True)
    line: str
    lot: int
    work: str = "{}"
    flush: str = ""


class BenchMemoRow(SQLModel, table=True):
    """What must be remembered of a bench."""

    __tablename__ = "bench_memo"
    id: str = Field(primary_key=True)
    disabled: str = "[]"
    state: str = ""
    notice: str = ""


class CounterRow(SQLModel, table=True):
    """A number that only grows: session ids, serials, the high-water mark of plant time."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = Field(sa_type=sa.BigInteger)


def make_engine(url: str) -> Engine:
    """Return an engine for `url`; SQLite gets WAL, synchronous=FULL and BEGIN IMMEDIATE."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed)
    memory = parsed.database in (None, "", ":memory:")
    pool: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    engine = sa.create_engine(parsed, connect_args={"check_same_thread": False}, **pool)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def table(model: type[SQLModel]) -> sa.Table:
    """Return the Core table of a model, for set-like statements."""
    return cast(sa.Table, sa.inspect(model).local_table)


def create_tables(engine: Engine) -> None:
    """Create every table that is known and missing; migrations do the same for a site that lives on."""
    SQLModel.metadata.create_all(engine)


def instant(epoch: datetime, at_ms: int) -> datetime:
    """Return the UTC instant of a plant time in milliseconds."""
    return epoch + timedelta(milliseconds=at_ms)


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if options.get("read_only") else "BEGIN IMMEDIATE")
