"""Where benches come for work and bring their results: one call each, in the caller's transaction.

A part of a report is booked once, by run and part; what it says is stored as it came.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import benches
from wcs.bench.records import Instruction, Report, Run
from wms.desk import Desk
from wms.errors import Refused
from wms.reasons import Reason
from wms.results import booking, guard, handing, verdicts
from wms.results.tables import RunRow
from wms.rows import table
from wms.schemes import sheets

_run = table(RunRow)
_by_name = sa.select(_run).where(_run.c.run == sa.bindparam("wanted"))
ENDED = ("finished", "aborted")


def next_run(session: Session, bench: str, *, at_ms: int) -> Run | None:
    """Return the run that a bench shall do, the same until it is reported as ended; None to wait.

    A formal run waits for a valid reference standard, and for two qualified people on duty; why it waits is stored
    (`handing.waiting`) and asked of a person. What was handed out once stays as it was.
    """
    run = benches.next_run(session, bench)
    if run is None:
        return None
    known = session.connection().execute(_by_name, {"wanted": run.id}).first()
    if known is not None:
        return None if known.state in ENDED else Run.model_validate_json(known.body)
    desk = Desk(session, at_ms)
    formal = sheets.sheet(session, run.sheet).formal
    made = handing.filled(session, run, formal=formal, at_ms=at_ms)
    if isinstance(made, Reason):
        handing.wait(desk, run, made)
    else:
        handing.go_on(desk, bench)
        handing.hand_out(desk, made)
    desk.close()
    return None if isinstance(made, Reason) else made


def receive(session: Session, report: Report, *, at_ms: int) -> Instruction:
    """Book a part of a report, once, tell the controller, and say what the bench must know.

    Raises Refused for a run that was never handed to this bench, and for a part that comes after the last one.
    """
    run = session.connection().execute(_by_name, {"wanted": report.run}).first()
    if run is None or run.bench != report.bench:
        raise Refused("unknown_run", run=report.run, bench=report.bench)
    desk = Desk(session, at_ms)
    if booking.is_new(desk, run, report):
        if run.state in ENDED:
            raise Refused("run_ended", run=report.run, part=report.part)
        _book(desk, run, report)
        benches.report(session, report)
    instruction = guard.instruction(desk, run)
    desk.close()
    return instruction


def _book(desk: Desk, run: Any, report: Report) -> None:
    given = Run.model_validate_json(run.body)
    booking.check(run, given, report)
    booking.store(desk, run, report)
    if report.state in ENDED:
        verdicts.conclude(desk, run, given, report)
    if any(one.verdict == "fail" for one in report.outcomes) or report.verdicts:
        guard.watch(desk, run, given)
