"""A laboratory for tests: a run on a bench, its people, its standard, and reports as the bench sends them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.bench.records import MeterType, MeterVerdict, Outcome, Place, Report, Run
from wcs.store import BenchRunRow
from wms.people import service as people
from wms.results import desk
from wms.rows import table
from wms.schemes import library, service, sheets
from wms.standards import service as standards
from wms.stock.barcodes import check_digit

KIND = MeterType(
    model="DDZY2026", accuracy_class="2", phase="1p2w", connection="direct", rated_voltage_v="220",
    current_spec="5(60)", constant_imp_kwh="1200",
)  # fmt: skip
LATER_MS = 3_600_000


def meter(serial: int) -> str:
    """Return the bar code of a meter."""
    body = f"3330001{serial:014}"
    return body + check_digit(body)


def staff(session: Session, *benches: str) -> None:
    """Put two people on duty, and a standard at each bench."""
    people.seed_demo(session)
    standards.seed_demo(session, list(benches or ("BN1",)))


def order(
    session: Session, run: str, codes: Sequence[str], *, bench: str = "BN1", lot: str = "LOT-1", attempt: int = 1,
    scheme: str = "demo-1ph", at_ms: int = 0,
) -> Run:  # fmt: skip
    """Let a batch stand on a bench, as the controller orders it."""
    if library.newest(session, "scheme", scheme) is None:
        service.seed(session)
    sheet = sheets.compile_sheet(session, scheme).number
    places = tuple(
        Place(position=n, bar_code=code, comm_address="", lot=lot, attempt=attempt) for n, code in enumerate(codes, 1)
    )
    ordered = Run(id=run, line="VL1", bench=bench, sheet=sheet, lot=lot, kind=KIND, places=places)
    columns = table(BenchRunRow).columns
    row = {"id": run, "line": "VL1", "bench": bench, "lot": 1, "state": "ordered", "since_ms": at_ms,
           "body": ordered.model_dump_json()}  # fmt: skip
    filler = {c.name: "[]" for c in columns if c.name not in row and c.default is None and not c.nullable}
    session.connection().execute(sa.insert(table(BenchRunRow)), {**filler, **row})
    return ordered


def outcomes(
    run: Run, *, first: int = 1, bad: Iterable[str] = (), points: Sequence[str] = ("Ib 1.0 all",)
) -> list[Outcome]:
    """Return an error at some points for each meter of a run; bad ones are over the limit."""
    found: list[Outcome] = []
    for point in points:
        for place in run.places:
            failing = place.bar_code in bad
            error = "3.1" if failing else f"0.{place.position % 5}"
            found.append(
                Outcome(
                    serial=first + len(found), position=place.position, bar_code=place.bar_code, case="errors",
                    item="intrinsic_error", point=point, verdict="fail" if failing else "pass", raw=(error, error),
                    readings=(error, error), value=error, rounded=error, limit="2.0", unit="%",
                    clause="JJG 596-2012 5.1", at_ms=1_000, temperature_c="23.0", humidity_percent="50",
                )
            )  # fmt: skip
    return found


def verdicts(run: Run, bad: Iterable[str] = (), **other: str) -> tuple[MeterVerdict, ...]:
    """Return what a run says of its meters; `other` gives single ones another verdict, by position p3="aborted"."""
    return tuple(
        MeterVerdict(
            position=place.position, bar_code=place.bar_code,
            verdict=other.get(f"p{place.position}", "fail" if place.bar_code in bad else "pass"),  # type: ignore[arg-type]
            failed=("intrinsic_error",) if place.bar_code in bad else (), address_read=place.comm_address,
        )
        for place in run.places
    )  # fmt: skip


def report(run: Run, part: int, *, state: str = "finished", at_ms: int = LATER_MS, **what: object) -> Report:
    """Return a part of a report."""
    return Report(run=run.id, bench=run.bench, part=part, state=state, at_ms=at_ms, **what)  # type: ignore[arg-type]


def finish(
    session: Session, run: str, codes: Sequence[str], *, bad: Iterable[str] = (), at_ms: int = LATER_MS, **of: object
) -> Run:
    """Order a run, hand it out, and report it in two parts with every verdict."""
    order(session, run, codes, at_ms=at_ms, **of)  # type: ignore[arg-type]
    bench = str(of.get("bench", "BN1"))
    given = desk.next_run(session, bench, at_ms=at_ms)
    assert given is not None and given.id == run
    desk.receive(
        session, report(given, 1, state="running", at_ms=at_ms, outcomes=tuple(outcomes(given, bad=bad))), at_ms=at_ms
    )
    desk.receive(session, report(given, 2, at_ms=at_ms, verdicts=verdicts(given, bad)), at_ms=at_ms)
    table_ = table(BenchRunRow)
    session.connection().execute(sa.update(table_).where(table_.c.id == run).values(state="cleared"))
    return given
