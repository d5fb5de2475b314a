"""What a run has found, in our own words: sub-items of each meter, and the conclusions that are final."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.results.paper_tables import PaperRow
from wms.results.rules import paper_number
from wms.results.tables import MeterTestRow, OutcomeRow, RunRow
from wms.rows import table

_run, _test, _outcome, _paper = table(RunRow), table(MeterTestRow), table(OutcomeRow), table(PaperRow)
_p = sa.bindparam
_of_run = sa.select(_run).where(_run.c.run == _p("run_is"))
_tests = (
    sa.select(_test, _paper.c.serial)
    .outerjoin(_paper, _paper.c.test == _test.c.number)
    .where(_test.c.of_run == _p("run_is"), _test.c.nth > 0)
    .order_by(_test.c.position)
)
_outcomes = (
    sa.select(_outcome).where(_outcome.c.of_run == _p("run_is")).order_by(_outcome.c.bar_code, _outcome.c.serial)
)
WORDS = {0: "unverified", 1: "pass", 2: "fail"}
"""Verdicts of boxes as letters say them."""
POINT = ("point", "verdict", "value", "rounded", "unit", "clause", "cause", "at_ms")


@dataclass(frozen=True, slots=True)
class RunResults:
    """What is to be told of a run: `tested` with sub-items, `final` with the conclusion of each meter."""

    lot: str
    tested: dict[str, Any]
    final: dict[str, Any]

    @property
    def bars(self) -> list[str]:
        """Return the meters that were tested."""
        return [one["bar_code"] for one in self.tested["meters"]]

    @property
    def final_bars(self) -> list[str]:
        """Return the meters whose conclusion is final."""
        return [one["bar_code"] for one in self.final["meters"]]


def of_run(session: Session, name: str) -> RunResults | None:
    """Return what is to be told of a run; None if none of its meters was tested by a scheme that counts.

    A meter that has failed once and is tested again elsewhere is in `tested`, and in `final` only after that.
    """
    connection = session.connection()
    run = connection.execute(_of_run, {"run_is": name}).first()
    if run is None:
        return None
    tests = connection.execute(_tests, {"run_is": run.number}).all()
    if not tests:
        return None
    rows = connection.execute(_outcomes, {"run_is": run.number}).mappings()
    found = {code: [dict(row) for row in mine] for code, mine in groupby(rows, lambda row: row["bar_code"])}
    head = {"lot": run.lot, "run": run.run, "bench": run.bench, "scheme": run.scheme, "version": run.version}
    meters = [_meter(run, test, found.get(test.bar_code, [])) for test in tests]
    final = [_in_short(said) for test, said in zip(tests, meters, strict=True) if test.serial is not None]
    return RunResults(run.lot, head | {"meters": meters}, head | {"meters": final})


def untested(session: Session, bars: Sequence[str], since_ms: int = 0) -> list[str]:
    """Return the meters that no bench has given a verdict: a line with a control of its own says it by their box.

    A test since `since_ms` (0: never) was told of, although it may hold no more: its task was taken back.
    """
    recent = sa.and_(_test.c.nth > 0, _test.c.ended_ms >= since_ms)
    told = sa.or_(sa.text("valid"), recent) if since_ms else sa.text("valid")
    query = sa.select(_test.c.bar_code).where(_test.c.bar_code.in_(bars), told)
    known = set(session.connection().execute(query).scalars())
    return [code for code in bars if code not in known]


def _meter(run: Any, test: Any, outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    last: Mapping[str, Any] = outcomes[-1] if outcomes else {}
    return _conclusion(run, test) | {
        "items": _sub_items(outcomes), "temperature_c": last.get("temperature_c", ""),
        "humidity_percent": last.get("humidity_percent", ""),
    }  # fmt: skip


def _in_short(said: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a meter with its items, but without their points: those were told before."""
    return said | {"items": [{"item": one["item"], "verdict": one["verdict"]} for one in said["items"]]}


def _conclusion(run: Any, test: Any) -> dict[str, Any]:
    return {
        "bar_code": test.bar_code, "verdict": test.verdict, "failed": test.failed.split(), "bench": test.bench,
        "position": test.position, "test_no": test.nth, "attempt": test.attempt, "tester": run.tester,
        "checker": run.checker, "standard": test.standard, "at_ms": test.ended_ms,
        "certificate": "" if test.serial is None else paper_number(test.serial),
    }  # fmt: skip


def _sub_items(outcomes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the outcomes of one meter by item, each with its points and the verdict over all of them."""
    items: dict[str, list[dict[str, Any]]] = {}
    for row in outcomes:
        said = {
            name: row[name] for name in ("point", "verdict", "value", "rounded", "unit", "clause", "cause", "at_ms")
        }
        said |= {"limit": row["limit_value"], "raw": row["raw"].split(), "readings": row["readings"].split()}
        items.setdefault(row["item"], []).append(said)
    return [{"item": item, "verdict": _over(points), "points": points} for item, points in items.items()]


def _over(points: Iterable[Mapping[str, Any]]) -> str:
    verdicts = {point["verdict"] for point in points}
    return next((word for word in ("fail", "aborted", "not_tested") if word in verdicts), "pass")
