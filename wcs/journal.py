"""The journal: facts in the order in which they became true. Audit trail, outbox and event stream in one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import statements
from wcs.store import CursorRow, FactRow, table

_fact = table(FactRow)
_cursor = table(CursorRow)
_read = (
    sa.select(_fact.c.id, _fact.c.at_ms, _fact.c.kind, _fact.c.subject, _fact.c.payload)
    .where(_fact.c.id > sa.bindparam("after"))
    .order_by(_fact.c.id)
    .limit(sa.bindparam("count"))
)
_where = sa.select(_cursor.c.fact_id).where(_cursor.c.consumer == sa.bindparam("reader"))
_moved = sa.update(_cursor).where(_cursor.c.consumer == sa.bindparam("reader")).values(fact_id=sa.bindparam("handled"))
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
ADVISORY_LOCK = 0x4D455452  # fact writers on PostgreSQL queue here, so that ids commit in order


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened; `payload` holds plain JSON values, no wall time, no path, no credential."""

    kind: str
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Booked:
    """A fact as the journal holds it."""

    id: int
    at_ms: int
    kind: str
    subject: str
    payload: dict[str, Any]


def canonical(payload: Mapping[str, Any]) -> str:
    """Return the one JSON text of a payload: sorted keys, no blanks.

    >>> canonical({"b": 1, "a": "x"})
    '{"a":"x","b":1}'
    """
    return _encode(payload)


def append(session: Session, at_ms: int, facts: Sequence[Fact]) -> None:
    """Write `facts` into the caller's transaction, in their order."""
    append_dated(session, [(at_ms, fact) for fact in facts])


def append_dated(session: Session, facts: Sequence[tuple[int, Fact]]) -> None:
    """Write facts that became true at several plant times (ms), in their order."""
    if not facts:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    rows = [(at_ms, fact.kind, fact.subject, canonical(fact.payload)) for at_ms, fact in facts]
    statements.insert_facts(session.connection(), rows)


def read(session: Session, after_id: int, limit: int = 500) -> list[Booked]:
    """Return up to `limit` facts behind `after_id`, oldest first."""
    rows = session.connection().execute(_read, {"after": after_id, "count": limit})
    return [Booked(id_, at_ms, kind, subject, json.loads(payload)) for id_, at_ms, kind, subject, payload in rows]


def cursor_get(session: Session, consumer: str) -> int:
    """Return the id of the last fact that `consumer` has handled; 0 if it never read."""
    return int(session.connection().execute(_where, {"reader": consumer}).scalar() or 0)


def cursor_set(session: Session, consumer: str, fact_id: int) -> None:
    """Remember that `consumer` has handled everything up to `fact_id`."""
    connection = session.connection()
    if connection.execute(_moved, {"reader": consumer, "handled": fact_id}).rowcount == 0:
        connection.execute(sa.insert(_cursor).values(consumer=consumer, fact_id=fact_id))


def last_ms(session: Session) -> int:
    """Return the plant time of the newest fact; plant time never runs behind it."""
    return int(session.connection().execute(sa.select(sa.func.max(_fact.c.at_ms))).scalar() or 0)


def trace_hash(rows: Iterable[tuple[int, str, str, str]]) -> str:
    """Return the SHA-256 over (at_ms, kind, subject, canonical payload) of facts in journal order."""
    digest = hashlib.sha256()
    for at_ms, kind, subject, payload in rows:
        digest.update(f"{at_ms}\t{kind}\t{subject}\t{payload}\n".encode())
    return digest.hexdigest()


def trace(session: Session) -> str:
    """Return the trace hash of the whole journal."""
    query = sa.select(_fact.c.at_ms, _fact.c.kind, _fact.c.subject, _fact.c.payload).order_by(_fact.c.id)
    rows = session.connection().execute(query).yield_per(5000)
    return trace_hash((at_ms, kind, subject, payload) for at_ms, kind, subject, payload in rows)
