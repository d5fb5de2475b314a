"""Intake of 100,000 meters: a delivery checked row by row and booked, against raw executemany of the same rows."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import time
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.common import Rows, aisles_plant, arguments, median, show
from wcs.store import create_tables, make_engine
from wms import setup
from wms.inbound import service
from wms.stock import barcodes, views

PER_BOX, PER_PILE, PILES = 15, 5, 4
COLUMNS = (
    "asn", "lot", "pallet", "pile", "box", "bar_code", "comm_address", "phase", "model", "accuracy_class",
    "rated_voltage_v", "current_a", "constant_imp_kwh", "made_on",
)  # fmt: skip


def delivery(meters: int) -> bytes:
    """Return an ASN of so many single-phase meters as a maker writes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for n in range(meters):
        box = n // PER_BOX
        pallet = box // (PER_PILE * PILES)
        meter, code = with_check(f"3330001{n + 70_000_000:014}"), with_check(f"3330059{box + 70_000_000:014}")
        writer.writerow(
            ("ASN-BENCH", "LOT-BENCH", f"P{pallet:07}", f"{pallet}-{box // PER_PILE % PILES}", code, meter,
             barcodes.comm_address(meter), "1ph", "DDZY2026", "2", "220", "5(60)", "1200", "2026-10-17")
        )  # fmt: skip
    return text.getvalue().encode()


def with_check(digits: str) -> str:
    """Return 21 digits with their check digit."""
    return digits + barcodes.check_digit(digits)


def ours(path: Path, content: bytes) -> tuple[float, float, int]:
    """Return the seconds of the intake, its longest write transaction in ms, and the meters that it booked."""
    engine = make_engine(f"sqlite:///{path}")
    create_tables(engine)
    longest_s, since_s = 0.0, 0.0
    with Session(engine) as session:
        setup.seed(session, aisles_plant(2))
        session.commit()

        def between() -> None:
            nonlocal longest_s, since_s
            session.commit()
            longest_s, since_s = max(longest_s, time.perf_counter() - since_s), time.perf_counter()

        began_s = since_s = time.perf_counter()
        taken = service.import_delivery(session, content, at_ms=1, between=between)
        session.commit()
        seconds = time.perf_counter() - began_s
        assert not taken.problems, taken.problems[0]
        assert sum(views.totals(session).by_role.values()) == taken.meters
    engine.dispose()
    return seconds, longest_s * 1000, taken.meters


def raw(path: Path, content: bytes) -> float:
    """Return the seconds of raw sqlite3 that reads the same file and stores its rows unchecked."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    columns = ", ".join(f"{name} TEXT" for name in COLUMNS if name != "bar_code")
    connection.execute(f"CREATE TABLE meter (bar_code TEXT PRIMARY KEY, {columns})")
    began_s = time.perf_counter()
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    next(rows)
    connection.execute("BEGIN IMMEDIATE")
    marks = ", ".join("?" * len(COLUMNS))
    connection.executemany(f"INSERT INTO meter ({', '.join(COLUMNS)}) VALUES ({marks})", rows)
    connection.execute("COMMIT")
    seconds = time.perf_counter() - began_s
    connection.close()
    return seconds


def main() -> None:
    """Run and print."""
    options = arguments(__doc__ or "", meters=100_000, repeat=3)
    content = delivery(options.meters)
    taken, longest, plain = [], [], []
    for _ in range(options.repeat):
        with tempfile.TemporaryDirectory() as folder:
            seconds, longest_ms, meters = ours(Path(folder) / "site.db", content)
            assert meters == options.meters
            taken.append(seconds)
            longest.append(longest_ms)
            plain.append(raw(Path(folder) / "raw.db", content))
    rows: Rows = [
        ("meters", options.meters, ""),
        ("intake, every row checked", median(taken), "s"),
        ("raw executemany", median(plain), "s"),
        ("intake / raw", median([t / p for t, p in zip(taken, plain, strict=True)]), "(target 4)"),
        ("longest step between commits", median(longest), "ms (the first is the check, without a lock)"),
    ]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
