"""From a task of marketing to its proposed boxes, durable, a million meters in stock, against the bare SQL.

A hundred lots of equal size stand in stock. Each task asks for a tenth of one; its proposal, the boxes it holds and the
letter that tells of it are one transaction. The reference is the statement that finds the boxes and the rows that are
written, by the driver alone, in as many transactions.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from benchmarks.common import Rows, arguments, median, show
from tests.plants import small_plant
from wcs.store import create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.marketing import receivers, tasks
from wms.marketing.receivers import Receiver
from wms.marketing.tasks import Wish
from wms.migration import import_tables

LOTS, PER_BOX, PER_PALLET = 100, 15, 20
FRESH = ("received", 0, 0)
FIND = """
SELECT b.code, b.pallet, b.pile, b.meters FROM pallet p JOIN box b ON b.pallet = p.code
WHERE p.lot = ? AND p.whereabouts = 'stored' AND b.state = 'received' AND b.meters > 0
ORDER BY p.arrived_ms, p.code, b.pile, b.code
"""


def stock(file: Path, meters: int) -> Engine:
    """Return the engine of a site with so many meters in stock."""
    import_tables()
    engine = make_engine(f"sqlite:///{file}")
    create_tables(engine)
    with Session(engine) as session:
        setup.seed(session, small_plant())
        receivers.seed(session, [Receiver("far", "own", "http://127.0.0.1:9")], at_ms=0)
        session.commit()
    sql = sqlite3.connect(file)
    (model,) = sql.execute("SELECT code FROM model WHERE asset_class = 'meter' AND phase LIKE '1%' LIMIT 1").fetchone()
    _fill(sql, meters // PER_BOX, str(model))
    sql.commit()
    sql.execute("ANALYZE")
    sql.commit()
    sql.close()
    return engine


def _fill(sql: sqlite3.Connection, boxes: int, model: str) -> None:
    pallets = boxes // PER_PALLET
    sql.executemany("INSERT INTO lot (number, code) VALUES (?, ?)", ((n + 1, f"LOT-{n}") for n in range(LOTS)))
    _insert(sql, "pallet", "code whereabouts place lot weight_g height_mm arrived_ms", (
        (f"P{n:06}", "stored", "", n % LOTS + 1, 0, 0, n) for n in range(pallets)
    ))  # fmt: skip
    _insert(sql, "box", "code pallet pile pile_code lot model meters state verdict verified_ms", (
        (f"B{n:06}", f"P{n % pallets:06}", n // pallets % 4 + 1, "", n % pallets % LOTS + 1, model, PER_BOX, *FRESH)
        for n in range(pallets * PER_PALLET)
    ))  # fmt: skip
    _insert(sql, "asset", "bar_code box lot model made_on state verdict seal verified_ms", (
        (f"{n:022}", f"B{n // PER_BOX:06}", n // PER_BOX % pallets % LOTS + 1, model, "", None, 0, "", 0)
        for n in range(pallets * PER_PALLET * PER_BOX)
    ))  # fmt: skip


def _insert(sql: sqlite3.Connection, name: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
    named = columns.split()
    sql.executemany(f"INSERT INTO {name} ({', '.join(named)}) VALUES ({', '.join('?' * len(named))})", rows)


def ours_s(engine: Engine, n: int, quantity: int) -> float:
    """Return how long a task takes until its proposal is durable."""
    began_s = time.perf_counter()
    with Session(engine) as session:
        desk = Desk(session, 1_000 + n)
        tasks.take(desk, Wish(f"T{n}", f"LOT-{n % LOTS}", quantity=quantity))
        desk.close()
        session.commit()
    return time.perf_counter() - began_s


def bare_s(sql: sqlite3.Connection, n: int, quantity: int) -> float:
    """Return how long the same takes by the driver alone."""
    began_s = time.perf_counter()
    sql.execute("BEGIN IMMEDIATE")
    found = sql.execute(FIND, (n % LOTS + 1,)).fetchall()[: quantity // PER_BOX]
    sql.executemany("INSERT INTO bare_box VALUES (?, ?, ?, ?)", found)
    sql.execute("INSERT INTO bare_letter VALUES (?, ?)", (n, repr(found)))
    sql.execute("COMMIT")
    return time.perf_counter() - began_s


def main() -> None:
    """Run and print."""
    said = arguments(__doc__ or "", meters=1_000_000, requests=50)
    quantity = max(PER_BOX * PER_PALLET, said.meters // LOTS // 10)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.db"
        engine = stock(file, said.meters)
        sql = sqlite3.connect(file, isolation_level=None)
        sql.executescript(
            "PRAGMA synchronous=FULL; CREATE TABLE bare_box (a, b, c, d); CREATE TABLE bare_letter (a, b)"
        )
        pairs = [(ours_s(engine, n, quantity), bare_s(sql, n, quantity)) for n in range(said.requests)]
        (made,) = sql.execute("SELECT count(*) FROM proposal WHERE state = 'proposed'").fetchone()
        sql.close()
        engine.dispose()
    ours, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    rows: Rows = [
        ("meters in stock", said.meters, ""), ("proposals", made, ""), ("meters in each", quantity, ""),
        ("request to proposal", 1000 * median(ours), "ms"), ("slowest", 1000 * max(ours), "ms"),
        ("bare SQL", 1000 * median(bare), "ms"), ("ours / bare SQL, in time", median(ours) / median(bare), "times"),
    ]  # fmt: skip
    show(rows, as_json=said.json)


if __name__ == "__main__":
    main()
