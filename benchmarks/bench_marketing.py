"""Results of a lot sent up to marketing over HTTP, against the bare SQL behind it.

Runs of 60 meters, as many outcomes each as a full scheme has, are in the books. Facts become letters, letters go to a
receiver on a loopback socket that takes them all, answers are booked. The reference reads the same rows, writes the
same letters and settles them by raw sqlite3, in as many transactions.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from pathlib import Path

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.marketing.own import OwnAdapter
from api.marketing.sender import Post, Sender
from benchmarks import bench_results
from benchmarks.common import Rows, arguments, median, show
from wcs import journal
from wcs.journal import Fact
from wcs.store import make_engine
from wms import consumer
from wms.marketing import receivers, stream, views
from wms.marketing.receivers import Receiver
from wms.marketing.tables import LetterRow, TaskRow
from wms.rows import table

METERS = bench_results.METERS
_letter = table(LetterRow)
READ = (
    "SELECT bar_code, position, nth, verdict FROM meter_test WHERE of_run = ? AND nth > 0",
    "SELECT * FROM test_outcome WHERE of_run = ? ORDER BY bar_code, serial",
)


def prepare(path: Path, runs: int, url: str) -> Engine:
    """Return a site with the results of some runs of one task, of which marketing knows nothing yet."""
    bench_results.ours(path, runs)
    engine = make_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        receivers.seed(session, [Receiver("far", "own", url)], at_ms=0)
        session.add(TaskRow(key="T1", lot="LOT-BENCH", state="running", created_ms=0))
        session.flush()
        facts = [Fact("RunFinished", f"r{n}", {"lot": 1}) for n in range(1, runs + 1)]
        journal.append(session, 1, facts)
        last = session.connection().execute(sa.text("SELECT max(id) FROM fact")).scalar_one()
        journal.cursor_set(session, consumer.NAME, last)
        session.commit()
    return engine


async def _take_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
        size = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(size)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
    writer.close()


async def _served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await _take_all(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def upload(path: Path, runs: int) -> tuple[float, float]:
    """Return the seconds of writing all letters, and of sending them."""
    server = await asyncio.start_server(_served, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    engine = prepare(path, runs, url)
    began_s = time.perf_counter()
    with Session(engine) as session:
        while stream.consume(session, 2):
            session.commit()
    written_s = time.perf_counter() - began_s
    sender = Sender(Post("far", url, OwnAdapter("secret")), lambda: Session(engine), lambda: Session(engine), lambda: 3)
    began_s = time.perf_counter()
    async with httpx.AsyncClient() as client:
        while await sender.round(client):
            pass
    sent_s = time.perf_counter() - began_s
    server.close()
    await asyncio.sleep(0.05)  # the connection sees its end
    with Session(engine) as session:
        (far,) = views.receivers(session)
        assert (far.waiting, far.dead) == (0, 0) and far.done >= 2 * runs
    engine.dispose()
    return written_s, sent_s


def bare(path: Path, runs: int) -> float:
    """Return the seconds of the same reads and writes by raw sqlite3, beside the letters that are there."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE plain (number INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT, state TEXT)")
    connection.execute("CREATE TABLE plain_bar (letter INTEGER, bar_code TEXT, PRIMARY KEY (letter, bar_code))")
    began_s = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    letters = [_plain(connection, run, kind) for run in range(1, runs + 1) for kind in ("test_result", "conclusion")]
    connection.execute("COMMIT")
    for number in letters:
        for state in ("sent", "done"):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE plain SET state = ? WHERE number = ?", (state, number))
            connection.execute("COMMIT")
    seconds = time.perf_counter() - began_s
    connection.close()
    return seconds


def _plain(connection: sqlite3.Connection, run: int, kind: str) -> int:
    tests, outcomes = (connection.execute(query, (run,)).fetchall() for query in READ)
    body = json.dumps([tests, outcomes if kind == "test_result" else []])
    insert = "INSERT INTO plain (key, body, state) VALUES (?, ?, 'waiting')"
    number = int(connection.execute(insert, (f"{kind}:{run}", body)).lastrowid or 0)
    connection.executemany("INSERT INTO plain_bar VALUES (?, ?)", [(number, row[0]) for row in tests])
    return number


def main() -> None:
    """Run and print."""
    options = arguments(__doc__ or "", runs=10, repeat=3)
    meters = options.runs * METERS
    written, sent, plain = [], [], []
    for _ in range(options.repeat):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "site.db"
            written_s, sent_s = asyncio.run(upload(path, options.runs))
            written.append(written_s)
            sent.append(sent_s)
            plain.append(bare(path, options.runs))
    total = [w + s for w, s in zip(written, sent, strict=True)]
    rows: Rows = [
        ("meters", meters, ""),
        ("written as letters", meters / median(written), "1/s"),
        ("sent and booked", meters / median(sent), "1/s"),
        ("uploaded", meters / median(total), "1/s"),
        ("bare SQL", meters / median(plain), "1/s"),
        ("upload / bare SQL, in time", median([t / p for t, p in zip(total, plain, strict=True)]), "times"),
    ]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
