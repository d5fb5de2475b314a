"""What results say of a lot: its yield, where meters fail, how the errors lie, and how the positions read."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.results.tables import MeterTestRow, OutcomeRow, RunRow
from wms.rows import table

_run, _outcome, _test = table(RunRow), table(OutcomeRow), table(MeterTestRow)
BINS = 20
"""Classes between minus and plus the limit; what is outside lies in one more at each end."""
NO_LIMIT = 0.0


class BenchYield(BaseModel):
    """First tests of a lot on one bench."""

    bench: str
    tested: int
    passed: int


class LotYield(BaseModel):
    """How a lot came out. `first_passed` have passed at once, `retest_passed` in another position."""

    lot: str
    runs: int
    meters: int
    passed: int
    failed: int
    first_passed: int
    retest_passed: int
    aborted: int
    items: dict[str, int]
    benches: list[BenchYield]
    standards: list[str]
    schemes: list[str]
    testers: list[str]
    checkers: list[str]
    from_ms: int
    until_ms: int

    @property
    def yield_percent(self) -> float:
        """Return the share of meters that have passed, of those with a verdict."""
        judged = self.passed + self.failed
        return 100 * self.passed / judged if judged else 0.0


class Spread(BaseModel):
    """How the errors of a lot lie at one point: in percent, and counted in shares of the limit from -1 to 1."""

    point: str
    meters: int
    mean_percent: float
    least_percent: float
    most_percent: float
    limit_percent: float
    counts: list[int]


def lot_yield(session: Session, lot: str) -> LotYield:
    """Return how a lot came out in formal runs; raises Refused for a lot that was never on a bench."""
    runs = session.connection().execute(
        sa.select(_run).where(_run.c.lot == lot, _run.c.formal.is_(True)).order_by(_run.c.number)
    ).all()  # fmt: skip
    if not runs:
        raise Refused("unknown_lot", lot=lot)
    query = sa.select(_test).where(_test.c.lot == lot, _test.c.nth > 0).order_by(_test.c.number)
    tests: list[Any] = list(session.connection().execute(query))
    valid = [one for one in tests if one.valid]
    passed = [one for one in valid if one.verdict == "pass"]
    items = Counter(item for one in valid if one.verdict == "fail" for item in one.failed.split())
    aborted = sa.select(sa.func.count()).where(_test.c.lot == lot, _test.c.verdict == "aborted")
    return LotYield(
        lot=lot, runs=len(runs), meters=len({one.bar_code for one in tests}), passed=len(passed),
        failed=len(valid) - len(passed), first_passed=sum(one.attempt == 1 for one in passed),
        retest_passed=sum(one.attempt > 1 for one in passed),
        aborted=session.connection().execute(aborted).scalar_one(), items=dict(sorted(items.items())),
        benches=_benches(tests), standards=sorted({one.standard for one in runs}),
        schemes=sorted({f"{one.scheme} v{one.version}" for one in runs}),
        testers=sorted({one.tester for one in runs}), checkers=sorted({one.checker for one in runs}),
        from_ms=min(one.taken_ms for one in runs), until_ms=max(one.ended_ms for one in runs),
    )  # fmt: skip


def spreads(session: Session, lot: str) -> list[Spread]:
    """Return how the intrinsic errors of a lot lie, at each point, by the tests that hold."""
    query = (
        sa.select(_outcome.c.point, _outcome.c.value, _outcome.c.limit_value)
        .join(_test, sa.and_(_test.c.of_run == _outcome.c.of_run, _test.c.bar_code == _outcome.c.bar_code))
        .where(_test.c.lot == lot, sa.text("valid"), _outcome.c.item == "intrinsic_error", _outcome.c.value != "")
        .order_by(_outcome.c.point)
    )
    errors: dict[str, list[float]] = {}
    limits: dict[str, float] = {}
    for point, value, limit in session.connection().execute(query):
        errors.setdefault(point, []).append(float(value))
        limits[point] = abs(float(limit)) if limit else NO_LIMIT
    return [_spread(point, values, limits[point]) for point, values in errors.items()]


def _spread(point: str, values: list[float], limit: float) -> Spread:
    counts = [0] * (BINS + 2)
    for value in values:
        share = value / limit if limit else 0.0
        counts[_bin(share)] += 1
    return Spread(
        point=point, meters=len(values), mean_percent=round(sum(values) / len(values), 4), least_percent=min(values),
        most_percent=max(values), limit_percent=limit, counts=counts,
    )  # fmt: skip


def _bin(share: float) -> int:
    if share < -1:
        return 0
    if share > 1:
        return BINS + 1
    return 1 + min(int((share + 1) / 2 * BINS), BINS - 1)


def _benches(tests: list[Any]) -> list[BenchYield]:
    first = [one for one in tests if one.attempt == 1]
    tested, passed = Counter(one.bench for one in first), Counter(o.bench for o in first if o.verdict == "pass")
    return [BenchYield(bench=bench, tested=n, passed=passed[bench]) for bench, n in sorted(tested.items())]
