"""The end of a run: one row for each meter, the last test valid, papers issued, and what went before made void."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from wcs.bench.records import MeterVerdict, Report, Run
from wms.desk import Desk
from wms.results import bias, papers
from wms.results.papers import Judged
from wms.results.rules import is_final
from wms.results.tables import MeterTestRow
from wms.rows import table
from wms.seals import ledger
from wms.standards import recall

_test = table(MeterTestRow)
_before = (
    sa.select(_test.c.bar_code, sa.func.max(_test.c.nth))
    .where(_test.c.bar_code.in_(sa.bindparam("codes", expanding=True)))
    .group_by(_test.c.bar_code)
)
_numbers = sa.select(_test.c.bar_code, _test.c.number).where(_test.c.of_run == sa.bindparam("run_is"))
JUDGED = ("pass", "fail")
AGAIN = "verified_again"


def conclude(desk: Desk, run: Any, given: Run, report: Report) -> None:
    """Book the verdicts of a run. What was aborted, not tested, or by a scheme on trial is kept, but is no test."""
    attempts = {place.bar_code: place.attempt for place in given.places}
    tests = {one.bar_code for one in report.verdicts if run.formal and one.verdict in JUDGED}
    if tests:
        older = sa.update(_test).where(_test.c.bar_code.in_(tests), sa.text("valid"))
        desk.connection.execute(older.values(valid=False))
    before: dict[str, int] = {key: value for key, value in desk.connection.execute(_before, {"codes": sorted(tests)})}
    rows = [
        _row(run, one, attempts[one.bar_code])
        | {"ended_ms": desk.at_ms, "valid": one.bar_code in tests}
        | {"nth": before.get(one.bar_code, 0) + 1 if one.bar_code in tests else 0}
        for one in report.verdicts
    ]
    if rows:
        desk.connection.execute(sa.insert(_test), rows)
    _papers(desk, run, given, [one for one in report.verdicts if one.bar_code in tests])
    bias.look(desk, run=run.number, bench=run.bench)


def _row(run: Any, one: MeterVerdict, attempt: int) -> dict[str, Any]:
    return {
        "bar_code": one.bar_code, "of_run": run.number, "bench": run.bench, "position": one.position, "lot": run.lot,
        "attempt": attempt, "verdict": one.verdict, "failed": " ".join(one.failed), "cause": one.cause,
        "address_read": one.address_read, "standard": run.standard,
    }  # fmt: skip


def _papers(desk: Desk, run: Any, given: Run, judged: Collection[MeterVerdict]) -> None:
    """Void what earlier verifications have issued, and issue certificates, and notices for what is final."""
    if not judged:
        return
    attempts = {place.bar_code: place.attempt for place in given.places}
    codes = [one.bar_code for one in judged]
    again = papers.void(desk, codes, reason=AGAIN, by=run.tester)
    if again:
        ledger.void_of(desk, again, reason=AGAIN, by=run.tester)
    recall.verified_anew(desk, codes)
    numbers: dict[str, int] = {key: value for key, value in desk.connection.execute(_numbers, {"run_is": run.number})}
    final = [
        Judged(one.bar_code, numbers[one.bar_code], one.verdict)
        for one in judged
        if is_final(one.verdict, one.failed, attempt=attempts[one.bar_code])
    ]
    papers.issue(desk, final, accuracy_class=given.kind.accuracy_class)
