"""What stands on a certificate or a notice of result: one meter, one test, everything it is traced to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wcs.bench.records import MeterType, Run
from wms.errors import Refused
from wms.results.paper_tables import PaperRow
from wms.results.rules import paper_serial
from wms.results.tables import MeterTestRow, OutcomeRow, RunRow
from wms.results.views import PaperView, papers
from wms.rows import table
from wms.seals.views import SealView, seals_of
from wms.standards.views import CertificateView, certificate_at

_run, _outcome, _test, _paper = table(RunRow), table(OutcomeRow), table(MeterTestRow), table(PaperRow)


class PointResult(BaseModel):
    """One point of one item, as it is printed."""

    item: str
    point: str
    verdict: str
    result: str
    limit: str
    unit: str
    clause: str


class PaperContent(BaseModel):
    """Everything on a certificate or notice; `failed` names the items that failed."""

    paper: PaperView
    kind: MeterType
    lot: str
    bench: str
    position: int
    nth: int
    run: str
    scheme: str
    version: int
    rules: str
    verdict: str
    failed: list[str]
    tested_ms: int
    standard: str
    standard_certificate: CertificateView | None
    tester: str
    checker: str
    temperature_c: str
    humidity_percent: str
    seals: list[SealView]
    points: list[PointResult]


def content(session: Session, number: str) -> PaperContent:
    """Return what stands on a certificate or notice; raises Refused for a number that was never given."""
    query = (
        sa.select(_run, _test.c.bench.label("at"), _test.c.position, _test.c.nth, _test.c.verdict, _test.c.failed,
                  _test.c.lot.label("of_lot"), _test.c.ended_ms.label("tested_ms"), _test.c.bar_code)
        .join(_test, _test.c.of_run == _run.c.number)
        .join(_paper, _paper.c.test == _test.c.number)
        .where(_paper.c.serial == paper_serial(number))
    )  # fmt: skip
    row = session.connection().execute(query).first()
    if row is None:
        raise Refused("unknown_paper", number=number)
    (paper,) = papers(session, number=number)
    given = Run.model_validate_json(row.body)
    points, air = _points(session, row.number, row.bar_code)
    return PaperContent(
        paper=paper, kind=given.kind, lot=row.of_lot, bench=row.at, position=row.position, nth=row.nth, run=row.run,
        scheme=row.scheme, version=row.version, rules=row.rules, verdict=row.verdict, failed=row.failed.split(),
        tested_ms=row.tested_ms, standard=row.standard, standard_certificate=_standard(session, row),
        tester=row.tester, checker=row.checker, temperature_c=air[0], humidity_percent=air[1],
        seals=_seals_then(session, row.bar_code, paper), points=points,
    )  # fmt: skip


def _points(session: Session, run: int, bar_code: str) -> tuple[list[PointResult], tuple[str, str]]:
    query = sa.select(_outcome).where(_outcome.c.of_run == run, _outcome.c.bar_code == bar_code)
    rows: list[Any] = list(session.connection().execute(query.order_by(_outcome.c.serial)))
    points = [
        PointResult(
            item=one.item, point=one.point, verdict=one.verdict, result=one.rounded or one.value,
            limit=one.limit_value, unit=one.unit, clause=one.clause,
        )
        for one in rows
    ]  # fmt: skip
    return points, (_range(one.temperature_c for one in rows), _range(one.humidity_percent for one in rows))


def _range(values: Any) -> str:
    """Return the least and the most of some decimal texts."""
    known = sorted({value for value in values if value}, key=float)
    return known[0] if len(known) == 1 else f"{known[0]} ... {known[-1]}" if known else ""


def _standard(session: Session, row: Any) -> CertificateView | None:
    found = certificate_at(session, row.standard, row.taken_ms)
    if found is None:
        return None
    return CertificateView(
        certificate=found.certificate, issued_by=found.issued_by, valid_from_ms=found.valid_from_ms,
        valid_until_ms=found.valid_until_ms, correction_percent=found.correction_percent,
        corrections=dict(found.corrections),
    )  # fmt: skip


def _seals_then(session: Session, bar_code: str, paper: PaperView) -> list[SealView]:
    """Return the seals that belong to a paper: put on after it was issued, and before it was made void."""
    return [
        one
        for one in seals_of(session, bar_code=bar_code)
        if one.at_ms >= paper.issued_ms and (not paper.void_ms or one.at_ms < paper.void_ms)
    ]
