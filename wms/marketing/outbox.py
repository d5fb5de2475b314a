"""Letters to marketing: written in the transaction of what they tell, sent in order, and never lost.

A letter stands in the line of its receiver and task: later ones wait for it, other tasks go on. Its key is its name on
the wire for ever, so that a receiver who has it already can say so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from wcs.journal import ADVISORY_LOCK, canonical
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing.rules import LAST_WORDS, is_wanted
from wms.marketing.tables import OPEN_LETTER, LetterBarRow, LetterRow, ReceiverRow, TaskRow
from wms.rows import table

_letter, _bar, _receiver = table(LetterRow), table(LetterBarRow), table(ReceiverRow)
_task = table(TaskRow)
FETCHED = ("waiting", "sent", "done")
_NAMES = ("number", "receiver", "kind", "key", "task", "subject", "body", "attempts", "created_ms")
_COLUMNS = ", ".join(f"letter.{name}" for name in _NAMES)
_last_words = ", ".join(repr(kind) for kind in sorted(LAST_WORDS))
_heads = sa.text(
    f"""
    WITH RECURSIVE line(task) AS (
        SELECT min(task) FROM letter WHERE receiver = :receiver AND {OPEN_LETTER}
        UNION ALL
        SELECT (SELECT min(task) FROM letter WHERE receiver = :receiver AND {OPEN_LETTER} AND task > line.task)
        FROM line WHERE line.task IS NOT NULL
    )
    SELECT {_COLUMNS} FROM letter JOIN line ON letter.number = (
        SELECT number FROM letter AS head
        WHERE head.receiver = :receiver AND head.task = line.task AND head.{OPEN_LETTER}
        ORDER BY head.turn, head.number LIMIT 1
    )
    WHERE letter.due_ms <= :at_ms AND NOT (letter.kind IN ({_last_words}) AND EXISTS (
        SELECT 1 FROM letter AS dead
        WHERE dead.receiver = :receiver AND dead.task = line.task AND dead.state = 'dead'
    ))
    ORDER BY CASE WHEN :knocking = 1 THEN letter.due_ms ELSE 0 END, letter.turn, letter.number LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it is to be sent: `body` in our own words, `key` its name on the wire."""

    number: int
    receiver: str
    kind: str
    key: str
    task: str
    subject: str
    body: dict[str, Any]
    attempts: int
    created_ms: int


def receivers(session: Session) -> dict[str, str]:
    """Return who is written to: the profile of each receiver by its name."""
    query = sa.select(_receiver.c.name, _receiver.c.profile).where(_receiver.c.enabled).order_by(_receiver.c.name)
    return {name: profile for name, profile in session.connection().execute(query)}


def post(
    desk: Desk, *, receiver: str, kind: str, key: str, body: Mapping[str, Any], task: str = "", subject: str = "",
    bars: Sequence[str] = (),
) -> int:  # fmt: skip
    """Write a letter in the caller's transaction and return its number; the same key gives the same letter again.

    Raises Refused for a receiver that is not configured, and for a key that says something else already.
    """
    text = canonical(body)
    row = {"receiver": receiver, "kind": kind, "key": key, "task": task, "subject": subject, "body": text}
    number = insert(desk, row | {"due_ms": desk.at_ms}, bars)
    if number is not None:
        return number
    query = sa.select(_letter.c.number, _letter.c.kind, _letter.c.body)
    same = desk.connection.execute(query.where(_letter.c.receiver == receiver, _letter.c.key == key)).one()
    if same.kind != kind or same.body != text:
        raise Refused("key_with_other_body", key=key, sender=receiver)
    return int(same.number)


def post_all(
    desk: Desk, *, kind: str, key: str, body: Mapping[str, Any], task: str = "", subject: str = "",
    bars: Sequence[str] = (),
) -> list[int]:  # fmt: skip
    """Write a letter to every receiver whose profile has a word for it, and return the numbers.

    A platform hears of a task that another platform has issued as little as of what belongs to no task.
    """
    said: dict[str, Any] = {"kind": kind, "key": key, "body": body, "task": task, "subject": subject, "bars": bars}
    return [post(desk, receiver=name, **said) for name in listeners(desk, kind, task)]


def listeners(desk: Desk, kind: str, task: str) -> list[str]:
    """Return the receivers that are told a kind of news about a task ("": about none)."""
    known = receivers(desk.session)
    wanted = [name for name, profile in known.items() if is_wanted(profile, kind, task)]
    if not task or len(wanted) < 2:  # noqa: PLR2004
        return wanted
    sender = desk.connection.execute(sa.select(_task.c.sender).where(_task.c.key == task)).scalar()
    return [name for name in wanted if sender not in wanted or known[name] != "platform" or name == sender]


def is_said(desk: Desk, receiver: str, key: str) -> bool:
    """Return whether a letter with a key was written to a receiver before."""
    query = sa.select(_letter.c.number).where(_letter.c.receiver == receiver, _letter.c.key == key)
    return desk.connection.execute(query).first() is not None


def next_due(
    session: Session, receiver: str, *, at_ms: int, limit: int = 16, knocking: bool = False
) -> list[Letter]:  # fmt: skip
    """Return the letters that may be sent now: of each task the first that is open, if it is due.

    What says that a task is over waits while a letter of that task is dead. To find out whether somebody is there
    again (`knocking`) the letter that was tried the longest ago is taken, not always the one that brought silence.
    """
    wanted = {"receiver": receiver, "at_ms": at_ms, "most": limit, "knocking": int(knocking)}
    rows = session.connection().execute(_heads, wanted)
    return [_as_letter(row) for row in rows]


def to_be_fetched(session: Session, receiver: str, *, after: int, limit: int) -> list[Letter]:
    """Return the letters to a receiver behind a number that it is to have, or has and whose text is not put away."""
    query = sa.select(_letter).where(_letter.c.receiver == receiver, _letter.c.number > after)
    query = query.where(_letter.c.state.in_(FETCHED), _letter.c.body != "").order_by(_letter.c.number).limit(limit)
    return [_as_letter(row) for row in session.connection().execute(query)]


def letter(session: Session, number: int) -> Letter:
    """Return one letter; raises Refused for an unknown one."""
    return _as_letter(row_of(session, number))


def bars_of(session: Session, number: int) -> list[str]:
    """Return the meters that a letter speaks of."""
    query = sa.select(_bar.c.bar_code).where(_bar.c.letter == number).order_by(_bar.c.bar_code)
    return list(session.connection().execute(query).scalars())


def insert(desk: Desk, row: Mapping[str, Any], bars: Sequence[str]) -> int | None:
    """Insert a letter with its meters; return its number, or None if the key is taken.

    Numbers are committed in their order: whoever fetches letters by a cursor never passes one that is still to come.
    """
    if desk.connection.dialect.name == "postgresql":
        desk.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    rest = {"state": "waiting", "attempts": 0, "done_ms": 0, "answer": "", "reason": "", "stands_for": 0}
    turn = sa.select(sa.func.coalesce(sa.func.max(_letter.c.number), 0) + 1).scalar_subquery()
    values = {"turn": turn, **rest, "created_ms": desk.at_ms, **row}
    new: Any = (postgresql.insert if desk.connection.dialect.name == "postgresql" else sqlite.insert)(_letter)
    new = new.values(**values).on_conflict_do_nothing().returning(_letter.c.number)
    number = desk.connection.execute(new).scalar()
    if number is None:
        return None
    if bars:
        rows = [{"letter": number, "bar_code": code} for code in dict.fromkeys(bars)]
        desk.connection.execute(sa.insert(_bar), rows)
    return int(number)


def row_of(session: Session, number: int) -> Any:
    """Return the row of a letter, kept from others until the end of the transaction; raises Refused."""
    query = sa.select(_letter).where(_letter.c.number == number).with_for_update()
    row = session.connection().execute(query).first()
    if row is None:
        raise Refused("unknown_letter", letter=number)
    return row


def _as_letter(row: Any) -> Letter:
    return Letter(
        row.number, row.receiver, row.kind, row.key, row.task, row.subject, json.loads(row.body or "{}"), row.attempts,
        row.created_ms,
    )  # fmt: skip
