"""What a bench client keeps on its own disk, so that neither a power cut nor a server that is away costs a result.

One SQLite file: the run that is under way, the sheets, how far the run has come, the parts of its report that the
line server has not acknowledged, and who failed where. How far and what is to be reported are written together,
in one transaction: what is reported is never tested again, what was not complete is never reported.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wcs.bench.progress import PROGRESS, Progress, begin
from wcs.bench.records import Instruction, Report, Run
from wcs.bench.sheet import RunSheet

_TABLES = """
CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, body TEXT, progress TEXT, ended INTEGER, instruction TEXT);
CREATE TABLE IF NOT EXISTS sheet (number INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS part (seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT, part INTEGER, body TEXT,
                                 refused TEXT);
CREATE TABLE IF NOT EXISTS tested (seq INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER, bar_code TEXT, lot TEXT,
                                   bad INTEGER, failed INTEGER);
"""
_KEPT_RUNS = 200  # ended runs that are remembered, so that none is taken twice
_KEPT_TESTED = 50_000


@dataclass(frozen=True, slots=True)
class Tested:
    """One meter that came off a position; `bad`: the position may be at fault."""

    position: int
    bar_code: str
    lot: str
    bad: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of a report that is not acknowledged yet."""

    seq: int
    report: Report


class Spool:
    """The store of one bench client. Every write is durable when the call returns; raises sqlite3.Error."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        """Open the file, and create it if it is not there."""
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def take(self, run: Run) -> Progress:
        """Keep a run, unless it is known; return how far it has come."""
        self._db.execute(
            "INSERT OR IGNORE INTO run (id, body, progress, ended) VALUES (?, ?, ?, 0)",
            (run.id, run.model_dump_json(), PROGRESS.dump_json(begin(run)).decode()),
        )
        return self.progress(run.id)

    def knows(self, run: str) -> bool:
        """Return whether a run was taken before, be it ended or not."""
        return self._db.execute("SELECT 1 FROM run WHERE id = ?", (run,)).fetchone() is not None

    def unfinished(self) -> Run | None:
        """Return the run that is under way, or None."""
        row = self._db.execute("SELECT body FROM run WHERE ended = 0 ORDER BY rowid LIMIT 1").fetchone()
        return None if row is None else Run.model_validate_json(row[0])

    def progress(self, run: str) -> Progress:
        """Return how far a run has come; raises KeyError if it is not known."""
        row = self._db.execute("SELECT progress FROM run WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise KeyError(run)
        return PROGRESS.validate_json(row[0])

    def save(self, progress: Progress, report: Report | None = None, tested: Iterable[Tested] = ()) -> None:
        """Write how far a run has come together with the part that says so."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            db.execute(
                "UPDATE run SET progress = ?, ended = ? WHERE id = ?",
                (PROGRESS.dump_json(progress).decode(), progress.ended, progress.run),
            )
            if report is not None:
                values = (report.run, report.part, report.model_dump_json())
                db.execute("INSERT INTO part (run, part, body) VALUES (?, ?, ?)", values)
            rows = [(t.position, t.bar_code, t.lot, t.bad, t.failed) for t in tested]
            db.executemany("INSERT INTO tested (position, bar_code, lot, bad, failed) VALUES (?, ?, ?, ?, ?)", rows)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
        if progress.ended:
            self._prune()

    def sheet(self, number: int) -> RunSheet | None:
        """Return a run sheet that was downloaded, or None."""
        row = self._db.execute("SELECT body FROM sheet WHERE number = ?", (number,)).fetchone()
        return None if row is None else RunSheet.model_validate_json(row[0])

    def keep_sheet(self, sheet: RunSheet) -> None:
        """Keep a run sheet; a sheet never changes."""
        self._db.execute("INSERT OR IGNORE INTO sheet VALUES (?, ?)", (sheet.number, sheet.model_dump_json()))

    def next_part(self) -> Kept | None:
        """Return the oldest part that is not acknowledged, or None."""
        row = self._db.execute("SELECT seq, body FROM part WHERE refused IS NULL ORDER BY seq LIMIT 1").fetchone()
        return None if row is None else Kept(row[0], Report.model_validate_json(row[1]))

    def acknowledged(self, kept: Kept, instruction: Instruction) -> None:
        """Forget a part that the line server has, and keep what it said to it."""
        self._db.execute("DELETE FROM part WHERE seq = ?", (kept.seq,))
        body = instruction.model_dump_json()
        self._db.execute("UPDATE run SET instruction = ? WHERE id = ?", (body, kept.report.run))

    def refused(self, kept: Kept, code: str) -> None:
        """Keep a part that the line server will not have, for an engineer to look at; it is not sent again."""
        self._db.execute("UPDATE part SET refused = ? WHERE seq = ?", (code, kept.seq))

    def refused_parts(self) -> list[tuple[str, int, str]]:
        """Return run, part and code of every part that the line server would not have."""
        return self._db.execute("SELECT run, part, refused FROM part WHERE refused IS NOT NULL ORDER BY seq").fetchall()

    def waiting(self) -> int:
        """Return how many parts are not acknowledged."""
        return self._db.execute("SELECT count(*) FROM part WHERE refused IS NULL").fetchone()[0]

    def instruction(self, run: str) -> Instruction:
        """Return what the line server said last about a run."""
        row = self._db.execute("SELECT instruction FROM run WHERE id = ?", (run,)).fetchone()
        return Instruction() if row is None or row[0] is None else Instruction.model_validate_json(row[0])

    def bad_in_row(self, position: int, least: int) -> set[str]:
        """Return the meters that failed one after another at a position, looking back far enough for `least`."""
        rows = self._db.execute(
            "SELECT bar_code, bad FROM tested WHERE position = ? ORDER BY seq DESC LIMIT ?", (position, 4 * least)
        ).fetchall()
        meters: set[str] = set()
        for bar_code, bad in rows:
            if not bad:
                break
            meters.add(bar_code)
        return meters

    def rejects(self, lot: str) -> tuple[int, int]:
        """Return how many meters of a lot were tested here, and how many of them failed."""
        query = "SELECT count(DISTINCT bar_code), count(DISTINCT CASE WHEN failed THEN bar_code END) FROM tested"
        return self._db.execute(query + " WHERE lot = ?", (lot,)).fetchone()

    def _prune(self) -> None:
        """Forget ended runs and meters of long ago; parts go when they are acknowledged."""
        self._db.execute(
            "DELETE FROM run WHERE ended AND rowid <= (SELECT max(rowid) FROM run) - ?"
            " AND id NOT IN (SELECT run FROM part)",
            (_KEPT_RUNS,),
        )
        self._db.execute("DELETE FROM tested WHERE seq <= (SELECT max(seq) FROM tested) - ?", (_KEPT_TESTED,))
