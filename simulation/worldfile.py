"""The file that the world lives in: one SQLite table of records, one transaction for each change.

It survives the death of the process, not of the computer (synchronous=OFF); that is enough for a twin, and
leaves the disk to the controller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

_TABLE = "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"


class WorldFile:
    """Records as JSON text, by kind and key."""

    def __init__(self, path: Path) -> None:
        """Open the file, and create it if it is not there; raises sqlite3.Error if it is not a world file."""
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=5000"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(_TABLE)

    def write(self, records: Iterable[tuple[str, str, str | None]]) -> None:
        """Write (kind, key, body) in one transaction; a body of None deletes the record."""
        self._db.execute("BEGIN IMMEDIATE")
        for kind, key, body in records:
            if body is None:
                self._db.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (kind, key, body))
        self._db.execute("COMMIT")

    def read(self, kind: str) -> dict[str, str]:
        """Return the bodies of all records of a kind, by key."""
        rows = self._db.execute("SELECT key, body FROM record WHERE kind = ? ORDER BY key", (kind,))
        return dict(rows.fetchall())

    def close(self) -> None:
        """Close the file."""
        self._db.close()
