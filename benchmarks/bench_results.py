"""Results of a lot stored part by part through the desk of the laboratory, against a raw bulk insert of the same rows.

Each run is 60 meters of as many outcomes as a full scheme has, reported case by case as a bench does, each part in a
transaction of its own: checked, booked once, told to the controller, counted for the guard of keys, verdicts and
certificates at the end. The reference puts the same outcomes into one table by executemany, in as many transactions.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.common import Rows, arguments, median, show
from wcs.bench.records import MeterType, MeterVerdict, Outcome, Place, Report, Run
from wcs.store import BenchRunRow, create_tables, make_engine
from wms.migration import import_tables
from wms.people import service as people
from wms.results import desk
from wms.results.booking import outcome_row
from wms.results.tables import OutcomeRow
from wms.rows import table
from wms.schemes import service as schemes
from wms.standards import service as standards

METERS, CASES, POINTS = 60, 20, 3
KIND = MeterType(
    model="DDZY2026", accuracy_class="2", phase="1p2w", connection="direct", rated_voltage_v="220",
    current_spec="5(60)", constant_imp_kwh="1200",
)  # fmt: skip


def run_of(number: int, sheet: int) -> Run:
    """Return the n-th run, of meters of its own."""
    places = tuple(
        Place(position=n, bar_code=f"33300012600{number:05}{n:05}0", comm_address=f"{number:06}{n:06}", lot="LOT-BENCH")
        for n in range(1, METERS + 1)
    )
    return Run(
        id=f"r{number}", line="VL1", bench="BN1", sheet=sheet, lot="LOT-BENCH", kind=KIND, places=places
    )  # fmt: skip


def parts_of(run: Run) -> list[Report]:
    """Return the parts that a bench sends for a run."""
    parts: list[Report] = []
    serial = 0
    for case in range(CASES):
        found: list[Outcome] = []
        for place in run.places:
            for point in range(POINTS):
                serial += 1
                found.append(
                    Outcome(
                        serial=serial, position=place.position, bar_code=place.bar_code, case=f"case-{case}",
                        item="intrinsic_error", point=f"{point}Ib 1.0 all", verdict="pass", raw=("0.121", "0.143"),
                        readings=("0.121", "0.143"), value="0.132", rounded="0.2", limit="1.0", unit="%",
                        clause="JJG 596-2012 5.1", at_ms=serial, temperature_c="23.1", humidity_percent="52",
                    )
                )  # fmt: skip
        parts.append(
            Report(run=run.id, bench="BN1", part=case + 1, state="running", at_ms=serial, outcomes=tuple(found))
        )
    verdicts = tuple(MeterVerdict(position=p.position, bar_code=p.bar_code, verdict="pass") for p in run.places)
    last = Report(run=run.id, bench="BN1", part=CASES + 1, state="finished", at_ms=serial, verdicts=verdicts)
    return [*parts, last]


def ours(path: Path, runs: int) -> tuple[float, list[Report]]:
    """Return the seconds of storing every part of some runs, and the parts."""
    import_tables()
    engine = make_engine(f"sqlite:///{path}")
    create_tables(engine)
    seconds, sent = 0.0, list[Report]()
    waiting = table(BenchRunRow)
    with Session(engine) as session:
        schemes.seed(session)
        people.seed_demo(session)
        standards.seed_demo(session, ["BN1"])
        sheet = schemes.compile_sheet(session, "demo-1ph").number
        session.commit()
        for number in range(1, runs + 1):
            run = run_of(number, sheet)
            parts = parts_of(run)
            row = {"id": run.id, "line": "VL1", "bench": "BN1", "lot": 1, "carriers": "[]", "state": "ordered"}
            session.connection().execute(sa.delete(waiting))
            session.connection().execute(sa.insert(waiting), row | {"body": run.model_dump_json(), "since_ms": 0})
            session.commit()
            began_s = time.perf_counter()
            assert desk.next_run(session, "BN1", at_ms=number) is not None
            session.commit()
            for part in parts:
                desk.receive(session, part, at_ms=number)
                session.commit()
            seconds += time.perf_counter() - began_s
            sent += parts
        stored = session.connection().execute(sa.select(sa.func.count()).select_from(table(OutcomeRow))).scalar_one()
        assert stored == runs * METERS * CASES * POINTS
    engine.dispose()
    return seconds, sent


def raw(path: Path, sent: list[Report]) -> float:
    """Return the seconds of raw sqlite3 that stores the same outcomes by executemany, a transaction for each part."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    names = [column.name for column in table(OutcomeRow).columns]
    connection.execute(f"CREATE TABLE outcome ({', '.join(names)}, PRIMARY KEY (of_run, serial)) WITHOUT ROWID")
    insert = f"INSERT INTO outcome VALUES ({', '.join('?' * len(names))})"
    numbers = {run: n for n, run in enumerate(dict.fromkeys(part.run for part in sent), 1)}
    rows = [[outcome_row(numbers[part.run], one) for one in part.outcomes] for part in sent]
    began_s = time.perf_counter()
    for part in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, part)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began_s
    connection.close()
    return seconds


def main() -> None:
    """Run and print."""
    options = arguments(__doc__ or "", runs=10, repeat=5)
    outcomes = options.runs * METERS * CASES * POINTS
    stored, plain = [], []
    for _ in range(options.repeat):
        with tempfile.TemporaryDirectory() as folder:
            seconds, sent = ours(Path(folder) / "site.db", options.runs)
            stored.append(seconds)
            plain.append(raw(Path(folder) / "raw.db", sent))
    rows: Rows = [
        ("outcomes", outcomes, ""),
        ("stored", outcomes / median(stored), "1/s"),
        ("raw executemany", outcomes / median(plain), "1/s"),
        ("stored / raw, in time", median([t / p for t, p in zip(stored, plain, strict=True)]), "times"),
        ("one meter", 1000 * median(stored) / (options.runs * METERS), "ms"),
    ]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
