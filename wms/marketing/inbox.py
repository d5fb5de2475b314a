"""Messages that come in: each is handled once by its key, and the same key gets the same answer for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.journal import canonical
from wms.errors import Refused
from wms.marketing.tables import ReceivedRow
from wms.rows import table

_received = table(ReceivedRow)
_by_key = sa.select(_received.c.kind, _received.c.body, _received.c.answer).where(
    _received.c.sender == sa.bindparam("from_whom"), _received.c.key == sa.bindparam("key_is")
)
Handler = Callable[[Session, Mapping[str, Any]], Mapping[str, Any]]
"""Does what a message asks for, in the caller's transaction, and returns the answer; it may raise Refused."""


def receive(
    session: Session, sender: str, kind: str, *, key: str, body: Mapping[str, Any], handler: Handler, at_ms: int,
    task: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Handle a message and return what is answered; never commits.

    Sent again it is not handled again, and the first answer is given. Raises Refused for a key that came with another
    body, and whatever `handler` raises: then nothing is kept, and the sender may try again.
    """
    text = canonical(body)
    _one_at_a_time(session, sender, key)
    if (known := answered(session, sender, kind, key=key, text=text)) is not None:
        return known
    given = dict(handler(session, body))
    keep(session, sender, kind, key=key, text=text, task=task, at_ms=at_ms)
    answer(session, sender, key, given)
    return given


def keep(session: Session, sender: str, kind: str, *, key: str, text: str, task: str, at_ms: int) -> None:
    """Note that a message came, its answer still empty; raises IntegrityError for a key that this sender has used."""
    row = {"sender": sender, "kind": kind, "key": key, "task": task, "body": text, "at_ms": at_ms, "answer": "{}"}
    session.connection().execute(sa.insert(_received), row)


def answer(session: Session, sender: str, key: str, given: Mapping[str, Any]) -> None:
    """Note what a message was answered."""
    mine = sa.update(_received).where(_received.c.sender == sender, _received.c.key == key)
    session.connection().execute(mine.values(answer=canonical(given)))


def _one_at_a_time(session: Session, sender: str, key: str) -> None:
    """Let a message wait until the same one that came by another connection is handled, and its answer committed."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        name = sa.func.hashtextextended(f"{sender}\n{key}", 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))


def answered(session: Session, sender: str, kind: str, *, key: str, text: str) -> dict[str, Any] | None:
    """Return the answer that a message was given, None for a new one; raises Refused if the key said another thing."""
    row = session.connection().execute(_by_key, {"from_whom": sender, "key_is": key}).first()
    if row is None:
        return None
    if row.kind != kind or row.body != text:
        raise Refused("key_with_other_body", key=key, sender=sender)
    return json.loads(row.answer)
