"""A platform that behaves badly, and the audit of what it has heard: `python -m benchmarks.bench_audit`, 8,000 meters.

Packed meters become letters, letters become calls over a real socket, and the platform's audit is compared with our
books. Of the calls 10 % are lost, 10 % heard twice, 10 % answered too late and 5 % wrongly, and both sides are
restarted on the way; `--polite 1` leaves only the restart. It ends with 1 if anything differs. The reference is the
bare SQL behind it: as many letters inserted, marked as sent and as done, eight in a transaction.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import Rows, arguments, show
from simulation.marketing.audit import Audit
from simulation.marketing.manners import Manners
from tests.contract.link_site import LinkSite
from tests.contract.test_link_audit import BAD, play

AT_ONCE = 8
STEPS = ("INSERT INTO l VALUES (?, 1)", "UPDATE l SET s = 2 WHERE n = ?", "UPDATE l SET s = 3 WHERE n = ?")


def bare_s(file: Path, letters: int) -> float:
    """Return how long it takes to insert letters, mark each as sent and as done, durably, eight at a time."""
    sql = sqlite3.connect(file, isolation_level=None)
    sql.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE l (n INTEGER PRIMARY KEY, s TEXT)"
    )
    begun_s = time.perf_counter()
    for first in range(0, letters, AT_ONCE):
        mine = [(n,) for n in range(first, min(first + AT_ONCE, letters))]
        for statement in STEPS:
            sql.execute("BEGIN")
            sql.executemany(statement, mine)
            sql.execute("COMMIT")
    spent_s = time.perf_counter() - begun_s
    sql.close()
    return spent_s


def measure(folder: Path, meters: int, manners: Manners) -> tuple[Audit, float, float]:
    """Return the audit, the seconds of the whole way, and those of the bare SQL."""
    site = LinkSite(folder / "site.db")
    begun_s = time.perf_counter()
    found, _ = asyncio.run(play(site, folder / "platform.db", meters=meters, manners=manners))
    spent_s = time.perf_counter() - begun_s
    letters = sum(site.states().values())
    site.engine.dispose()
    return found, spent_s, bare_s(folder / "bare.db", letters)


def main() -> None:
    """Play, print, and end with 1 if anything differs."""
    said = arguments("Meters to a platform, audited.", meters=8000, polite=0)
    with tempfile.TemporaryDirectory() as folder:
        found, spent_s, bare = measure(Path(folder), said.meters, Manners() if said.polite else BAD)
    counts = {
        "meters heard": found.meters, "boxes heard": found.boxes, "seals heard": found.seals,
        "calls taken": found.calls, "calls that came again": found.repeats,
        "differences": len(found.disagreements), "doubles": len(found.doubles),
        "clashes": len(found.clashes), "tasks unfinished": len(found.unfinished),
    }  # fmt: skip
    rows: Rows = [(name, float(count), "") for name, count in counts.items()]
    rows += [
        ("uploaded", said.meters / spent_s, "meters/s"),
        ("whole way / bare SQL, in time", spent_s / bare, "times"),
    ]
    show(rows, as_json=said.json)
    sys.exit(0 if found.is_clean and not found.unfinished else 1)


if __name__ == "__main__":
    main()
