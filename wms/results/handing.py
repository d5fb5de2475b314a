"""A run handed to its bench: what the controller knows, filled with what the books know."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.bench.records import Place, Run
from wms.archives import views as archives
from wms.archives.content import MeterDriver
from wms.desk import Desk
from wms.people.rules import Staff
from wms.people.service import on_duty, staff_for
from wms.reasons import Reason
from wms.results.tables import BenchWaitRow, RunRow
from wms.rows import table, upsert
from wms.schemes import sheets
from wms.standards.rules import Standing
from wms.standards.service import standard_for, standard_of
from wms.stock import barcodes

_run, _wait = table(RunRow), table(BenchWaitRow)


def filled(session: Session, run: Run, *, formal: bool, at_ms: int) -> Run | Reason:
    """Return a run with its people, its standard and the addresses of its meters, or why it must not begin.

    A run by a scheme on trial begins with whatever there is: its results never enter a formal report.
    """
    staff: Staff | Reason | None = staff_for(session, run.bench, at_ms=at_ms)
    standing: Standing | Reason | None = standard_for(session, run.bench, at_ms=at_ms)
    if formal and (isinstance(standing, Reason) or isinstance(staff, Reason)):
        return standing if isinstance(standing, Reason) else staff  # type: ignore[return-value]
    staff = on_duty(session, run.bench) if isinstance(staff, Reason) else staff
    standing = standard_of(session, run.bench) if isinstance(standing, Reason) else standing
    people = {"tester": staff.tester, "checker": staff.checker} if staff is not None else {}
    driver = archives.driver_for(session, run.kind.model)
    protocol = driver.protocol if isinstance(driver, MeterDriver) else "645"
    places = tuple(_place(place, protocol) for place in run.places)
    return run.model_copy(update={"places": places, **people, **_corrections(standing, at_ms)})


def hand_out(desk: Desk, run: Run) -> None:
    """Put a run on record as its bench gets it."""
    sheet = sheets.sheet(desk.session, run.sheet)
    row = {
        "run": run.id, "line": run.line, "bench": run.bench, "lot": run.lot, "sheet": run.sheet,
        "scheme": sheet.scheme, "version": sheet.version, "rules": sheet.rules, "formal": sheet.formal,
        "standard": run.standard, "tester": run.tester, "checker": run.checker, "body": run.model_dump_json(),
        "meters": len(run.places), "taken_ms": desk.at_ms,
    }  # fmt: skip
    desk.connection.execute(sa.insert(_run), row)
    desk.book(
        "RunHandedOut", run.id, bench=run.bench, sheet=run.sheet, standard=run.standard, tester=run.tester,
        checker=run.checker,
    )  # fmt: skip


def wait(desk: Desk, run: Run, why: Reason) -> None:
    """Note why a bench must wait, once, and ask a person to put it right."""
    row = waiting(desk.session, run.bench)
    if row is not None and (row.run, row.reason) == (run.id, why.code):
        return
    values = {"run": run.id, "reason": why.code, "params": why.params_json(), "since_ms": desk.at_ms}
    upsert(desk.session, BenchWaitRow, [{"bench": run.bench, **values}])
    desk.clarified(f"bench:{run.bench}")
    desk.clarify(f"bench:{run.bench}", why)


def go_on(desk: Desk, bench: str) -> None:
    """Note that a bench waits no more."""
    if desk.connection.execute(sa.delete(_wait).where(_wait.c.bench == bench)).rowcount:
        desk.clarified(f"bench:{bench}")


def waiting(session: Session, bench: str) -> Any:
    """Return why a bench waits; None if it does not."""
    return session.connection().execute(sa.select(_wait).where(_wait.c.bench == bench)).first()


def _place(place: Place, protocol: str) -> Place:
    address = place.comm_address or barcodes.comm_address(place.bar_code)
    return place.model_copy(update={"comm_address": address, "protocol": protocol})


def _corrections(standing: Standing | None, at_ms: int) -> dict[str, Any]:
    certificate = standing.certificate(at_ms) if standing is not None else None
    if standing is None or certificate is None:
        return {"standard": standing.code if standing is not None else ""}
    percent, single = certificate.correction_percent, dict(certificate.corrections)
    return {"standard": standing.code, "correction_percent": percent, "corrections": single}
