"""The store of the stand-in, a SQLite file of its own: calls taken by key, what they said of each thing, errands.

Nothing here is shared with the site: the audit would prove nothing otherwise.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS call (
    key TEXT PRIMARY KEY, message TEXT NOT NULL, body TEXT NOT NULL, reply TEXT NOT NULL, times INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clash (key TEXT NOT NULL, message TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS knock (key TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word (
    number INTEGER PRIMARY KEY, what TEXT NOT NULL, task TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL,
    key TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_word ON word (what, task, subject);
CREATE TABLE IF NOT EXISTS archive (
    kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS errand (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, message TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused')),
    times INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT ''
);
"""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that was said of one subject: `what` is concluded, packed, sealed, boxed, tested, ..."""

    what: str
    task: str
    subject: str
    value: str


@dataclass(frozen=True, slots=True)
class Errand:
    """A message of the platform to the site, under its key."""

    number: int
    key: str
    message: str
    body: dict[str, Any]
    times: int


class Records:
    """The store in a file, or in memory for ":memory:". Each method is one transaction."""

    def __init__(self, file: Path | str) -> None:
        self._sql = sqlite3.connect(file, isolation_level=None)
        self._sql.execute("PRAGMA journal_mode=WAL")
        self._sql.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._sql.close()

    def knocked(self, key: str) -> int:
        """Count a call, taken or not, and return the how-many-eth under its key it is."""
        count = "INSERT INTO knock VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times"
        return int(self._sql.execute(count, (key,)).fetchone()[0])

    def reply_to(self, key: str, message: str, body: str) -> str | None:
        """Return what was replied under a key before, None for a new one; other words under it are a clash."""
        row = self._sql.execute("SELECT message, body, reply FROM call WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        if row[:2] != (message, body):
            self._sql.execute("INSERT INTO clash VALUES (?, ?, ?)", (key, message, body))
        else:
            self._sql.execute("UPDATE call SET times = times + 1 WHERE key = ?", (key,))
        return str(row[2])

    def take(self, key: str, message: str, body: str, *, reply: str, words: Iterable[Word]) -> None:
        """Keep a call with everything that it says, whole or not at all."""
        rows = [(one.what, one.task, one.subject, one.value, key) for one in words]
        self._sql.execute("BEGIN IMMEDIATE")
        with self._sql:
            self._sql.execute("INSERT INTO call VALUES (?, ?, ?, ?, 1)", (key, message, body, reply))
            self._sql.executemany("INSERT INTO word (what, task, subject, value, key) VALUES (?,?,?,?,?)", rows)

    def file(self, kind: str, name: str, body: Any) -> None:
        """Put something into the archive: a task, a meter, a scheme, a code table."""
        text = json.dumps(body, ensure_ascii=False)
        self._sql.execute("INSERT OR REPLACE INTO archive VALUES (?, ?, ?)", (kind, name, text))

    def filed(self, kind: str, name: str) -> Any:
        """Return something of the archive; None for what is not in it."""
        row = self._sql.execute("SELECT body FROM archive WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return None if row is None else json.loads(row[0])

    def all_filed(self, kind: str) -> dict[str, Any]:
        """Return everything of a kind, by name."""
        found = self._sql.execute("SELECT name, body FROM archive WHERE kind = ? ORDER BY name", (kind,))
        return {str(name): json.loads(body) for name, body in found}

    def errand(self, key: str, message: str, body: Mapping[str, Any]) -> None:
        """Note a message to the site; the same key is the same errand."""
        text = json.dumps(body, ensure_ascii=False)
        self._sql.execute("INSERT OR IGNORE INTO errand (key, message, body) VALUES (?, ?, ?)", (key, message, text))

    def next_errand(self) -> Errand | None:
        """Return the oldest errand that is not done."""
        query = "SELECT number, key, message, body, times FROM errand WHERE state = 'open' ORDER BY number LIMIT 1"
        row = self._sql.execute(query).fetchone()
        return None if row is None else Errand(row[0], row[1], row[2], json.loads(row[3]), row[4])

    def ran(self, number: int, state: str, answer: str) -> None:
        """Book an attempt at an errand: open, done or refused."""
        change = "UPDATE errand SET state = ?, answer = ?, times = times + 1 WHERE number = ?"
        self._sql.execute(change, (state, answer[:1000], number))

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return what a query gives."""
        return self._sql.execute(query, values).fetchall()
