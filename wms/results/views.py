"""What anybody may read of results: a meter's history, runs with their outcomes, what is held, what a number is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.results.paper_tables import PaperRow
from wms.results.rules import paper_number, paper_serial
from wms.results.tables import BenchWaitRow, HoldRow, MeterTestRow, OutcomeRow, RunRow
from wms.rows import chunks, table
from wms.seals.views import SealView, seals_of, used_on
from wms.stock.tables import AssetRow

_run, _outcome, _test, _paper = table(RunRow), table(OutcomeRow), table(MeterTestRow), table(PaperRow)
_hold, _wait, _asset = table(HoldRow), table(BenchWaitRow), table(AssetRow)
LOOKUP = 1_000


class RunView(BaseModel):
    """A run with who tested, by what scheme, against which standard."""

    number: int
    run: str
    line: str
    bench: str
    lot: str
    sheet: int
    scheme: str
    version: int
    rules: str
    formal: bool
    standard: str
    tester: str
    checker: str
    state: str
    meters: int
    taken_ms: int
    ended_ms: int


class OutcomeView(BaseModel):
    """One point of one item of one meter, as the bench gave it."""

    run: str
    serial: int
    position: int
    bar_code: str
    test_case: str
    item: str
    point: str
    verdict: str
    raw: list[str]
    readings: list[str]
    value: str
    rounded: str
    limit_value: str
    unit: str
    clause: str
    cause: str
    at_ms: int
    temperature_c: str
    humidity_percent: str


class TestView(BaseModel):
    """What a run said of a meter: its n-th test (0: no test), and whether it holds."""

    __test__ = False
    number: int
    run: str
    bench: str
    position: int
    lot: str
    nth: int
    attempt: int
    verdict: str
    valid: bool
    failed: list[str]
    cause: str
    address_read: str
    standard: str
    scheme: str
    version: int
    formal: bool
    tester: str
    checker: str
    ended_ms: int


class PaperView(BaseModel):
    """A certificate or notice of result."""

    number: str
    kind: str
    bar_code: str
    state: str
    issued_ms: int
    valid_years: int
    void_reason: str
    void_by: str
    void_ms: int


class MeterView(BaseModel):
    """Everything that was found of a meter, the newest last."""

    bar_code: str
    tests: list[TestView]
    papers: list[PaperView]
    seals: list[SealView]


class MeterLine(BaseModel):
    """A meter of a lot in one line: the test that holds, its paper and its seals."""

    bar_code: str
    verdict: str
    failed: list[str]
    bench: str
    position: int
    attempt: int
    standard: str
    paper: str
    seals: str


class HoldView(BaseModel):
    """Keys held on a bench or for a lot."""

    number: int
    scope: str
    subject: str
    run: str
    tested: int
    failed: int
    limit_share: float
    raised_ms: int
    released_by: str
    released_ms: int
    reason: str


class WaitView(BaseModel):
    """Why a bench is not given its run."""

    bench: str
    run: str
    reason: str
    params: dict[str, Any]
    since_ms: int


def runs(
    session: Session, *, bench: str = "", lot: str = "", after: int = 0, limit: int = 200, newest: bool = False
) -> list[RunView]:  # fmt: skip
    """Return runs by number, of a bench or of a lot; the newest first if they are asked for."""
    order = _run.c.number.desc() if newest else _run.c.number
    query = sa.select(_run).where(_run.c.number > after).order_by(order).limit(limit)
    query = query.where(_run.c.bench == bench) if bench else query
    query = query.where(_run.c.lot == lot) if lot else query
    return [RunView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def outcomes(session: Session, run: str, *, bar_code: str = "", after: int = 0, limit: int = 1000) -> list[OutcomeView]:
    """Return the outcomes of a run by serial, of one meter or of all."""
    query = (
        sa.select(_outcome, _run.c.run)
        .join(_run, _run.c.number == _outcome.c.of_run)
        .where(_run.c.run == run, _outcome.c.serial > after)
        .order_by(_outcome.c.serial)
        .limit(limit)
    )
    query = query.where(_outcome.c.bar_code == bar_code) if bar_code else query
    return [
        OutcomeView.model_validate(dict(row) | {"raw": row["raw"].split(), "readings": row["readings"].split()})
        for row in session.connection().execute(query).mappings()
    ]


def meter(session: Session, bar_code: str) -> MeterView:
    """Return the history of a meter; an unknown one has none."""
    query = (
        sa.select(_test, _run.c.run, _run.c.scheme, _run.c.version, _run.c.formal, _run.c.tester, _run.c.checker)
        .join(_run, _run.c.number == _test.c.of_run)
        .where(_test.c.bar_code == bar_code)
        .order_by(_test.c.number)
    )
    rows = session.connection().execute(query).mappings()
    return MeterView(
        bar_code=bar_code, tests=[TestView.model_validate(dict(r) | {"failed": r["failed"].split()}) for r in rows],
        papers=papers(session, bar_code=bar_code), seals=seals_of(session, bar_code=bar_code),
    )  # fmt: skip


def lot_meters(session: Session, lot: str, *, after: str = "", limit: int = 1000) -> list[MeterLine]:
    """Return the meters of a lot by bar code, each with the test that holds."""
    mine = sa.and_(_test.c.lot == lot, _test.c.bar_code > after)
    return _lines(session, mine, limit=limit)


def box_meters(session: Session, box: str, *, limit: int = 1000) -> list[MeterLine]:
    """Return the meters that are booked in a box and hold a test, by bar code."""
    inside = sa.select(_asset.c.bar_code).where(_asset.c.box == box)
    return _lines(session, _test.c.bar_code.in_(inside), limit=limit)


def _lines(session: Session, mine: sa.ColumnElement[bool], *, limit: int) -> list[MeterLine]:
    query = (
        sa.select(_test, _paper.c.serial)
        .outerjoin(_paper, sa.and_(_paper.c.bar_code == _test.c.bar_code, _paper.c.state == "valid"))
        .where(mine, sa.text("valid"))
        .order_by(_test.c.bar_code)
        .limit(limit)
    )
    rows = session.connection().execute(query).mappings().all()
    seals = used_on(session, [row["bar_code"] for row in rows])
    said = ("bar_code", "verdict", "bench", "position", "attempt", "standard")
    return [
        MeterLine(
            **{name: row[name] for name in said}, failed=row["failed"].split(),
            paper="" if row["serial"] is None else paper_number(row["serial"]),
            seals=", ".join(seals.get(row["bar_code"], [])),
        )
        for row in rows
    ]  # fmt: skip


def papers(session: Session, *, bar_code: str = "", number: str = "") -> list[PaperView]:
    """Return the papers of a meter, or the one with a number; void ones too."""
    mine = _paper.c.bar_code == bar_code if bar_code else _paper.c.serial == paper_serial(number)
    rows = session.connection().execute(sa.select(_paper).where(mine).order_by(_paper.c.serial)).mappings()
    return [PaperView.model_validate(dict(row) | {"number": paper_number(row["serial"])}) for row in rows]


def find_number(session: Session, number: str) -> list[str]:
    """Return the meters that a number of a certificate, notice or seal belongs or belonged to."""
    found = {one.bar_code for one in papers(session, number=number)}
    found |= {one.bar_code for one in seals_of(session, seal=number) if one.bar_code}
    return sorted(found)


def generations(session: Session, bar_codes: Iterable[str]) -> dict[str, int]:
    """Return how many times each meter was given a verdict to keep: 1 after the first verification, then 2."""
    found: dict[str, int] = {}
    for codes in chunks(bar_codes, LOOKUP):
        counted = sa.select(_paper.c.bar_code, sa.func.count()).where(_paper.c.bar_code.in_(codes))
        found |= dict.fromkeys(codes, 0)
        found |= {code: n for code, n in session.connection().execute(counted.group_by(_paper.c.bar_code))}
    return found


def holds(session: Session, *, open_only: bool = True, limit: int = 200) -> list[HoldView]:
    """Return where keys are held, or were, the newest first."""
    query = sa.select(_hold).order_by(_hold.c.number.desc()).limit(limit)
    query = query.where(sa.text("released_ms = 0")) if open_only else query
    return [HoldView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def waits(session: Session) -> list[WaitView]:
    """Return which benches wait, and why."""
    rows = session.connection().execute(sa.select(_wait).order_by(_wait.c.bench)).mappings()
    return [WaitView.model_validate(dict(row) | {"params": json.loads(row["params"])}) for row in rows]
