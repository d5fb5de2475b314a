"""Parts and outcomes put into their tables, in bulk."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from wcs.bench.records import Outcome, Report, Run
from wms.desk import Desk
from wms.errors import Refused
from wms.results.tables import OutcomeRow, PartRow, RunRow
from wms.rows import table

_run, _part, _outcome = table(RunRow), table(PartRow), table(OutcomeRow)
_known = sa.select(_part.c.part).where(
    _part.c.of_run == sa.bindparam("run_is"), _part.c.part == sa.bindparam("part_is")
)


def is_new(desk: Desk, run: Any, report: Report) -> bool:
    """Return whether a part was not booked before."""
    return desk.connection.execute(_known, {"run_is": run.number, "part_is": report.part}).first() is None


def check(run: Any, given: Run, report: Report) -> None:
    """Raise Refused, with every bad row named, for a report that does not fit the run as it was given out."""
    places = {(place.position, place.bar_code) for place in given.places}
    bad = [f"outcome {one.serial}" for one in report.outcomes if (one.position, one.bar_code) not in places]
    bad += [f"verdict {one.position}" for one in report.verdicts if (one.position, one.bar_code) not in places]
    silent = {place.position for place in given.places if set(place.stations.values()) - {"pass"}}
    bad += [f"verdict {one.position}" for one in report.verdicts if one.verdict == "pass" and one.position in silent]
    serials = [one.serial for one in report.outcomes]
    bad += [f"outcome {b}" for a, b in pairwise([run.serial, *serials]) if a >= b]
    if len({one.bar_code for one in report.verdicts}) < len(report.verdicts):
        bad.append("verdicts")
    if bad:
        raise Refused("report_does_not_fit", run=report.run, part=report.part, rows=", ".join(bad))


def store(desk: Desk, run: Any, report: Report) -> None:
    """Store a part with its outcomes, and how far its run is now."""
    notices = json.dumps(report.notices, ensure_ascii=False) if report.notices else "[]"
    row = {
        "of_run": run.number, "part": report.part, "state": report.state, "outcomes": len(report.outcomes),
        "notices": notices, "at_ms": report.at_ms,
    }  # fmt: skip
    desk.connection.execute(sa.insert(_part), row)
    insert_outcomes(desk.connection, run.number, report.outcomes)
    values: dict[str, Any] = {"part": report.part, "state": report.state}
    if report.outcomes:
        values["serial"] = report.outcomes[-1].serial
    if report.state in ("finished", "aborted"):
        values["ended_ms"] = max(1, desk.at_ms)
    desk.connection.execute(sa.update(_run).where(_run.c.number == run.number).values(**values))


def insert_outcomes(connection: Connection, run: int, outcomes: tuple[Outcome, ...]) -> None:
    """Insert outcomes by one statement."""
    if outcomes:
        connection.exec_driver_sql(_insert(connection.dialect.name), [outcome_row(run, one) for one in outcomes])


def outcome_row(run: int, one: Outcome) -> tuple[Any, ...]:
    """Return an outcome as its table has it, in the order of the columns."""
    return (
        run, one.serial, one.position, one.bar_code, one.case, one.item, one.point, one.verdict, " ".join(one.raw),
        " ".join(one.readings), one.value, one.rounded, one.limit, one.unit, one.clause, one.cause, one.at_ms,
        one.temperature_c, one.humidity_percent,
    )  # fmt: skip


@lru_cache(maxsize=2)
def _insert(dialect: str) -> str:
    """Return the statement as the driver takes it, with parameters by their place: by name costs twice as much."""
    new = sa.insert(_outcome).values({c.name: sa.bindparam(c.name) for c in _outcome.columns})
    driver = postgresql.dialect(paramstyle="format") if dialect == "postgresql" else sqlite.dialect(paramstyle="qmark")
    return str(new.compile(dialect=driver))
