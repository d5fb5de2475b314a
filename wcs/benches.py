"""The door of the WCS for benches: fetch the batch that stands on one, report what comes out of it.

Like the other door (`wcs.orders`), every call works in the caller's transaction and never commits.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import orders
from wcs.bench.records import Report, Run
from wcs.line.settling import Way
from wcs.store import BenchRunRow, table

_run = table(BenchRunRow)
_next = (
    sa.select(_run.c.body)
    .where(_run.c.bench == sa.bindparam("wanted"), _run.c.state.in_(("ordered", "running")))
    .order_by(_run.c.since_ms, _run.c.id)
    .limit(1)
)


def next_run(session: Session, bench: str) -> Run | None:
    """Return the batch that a bench shall work on, the same one until it is reported as ended; None to wait.

    Places have no address yet: the controller knows where a meter hangs, not what it answers to.
    """
    body = session.connection().execute(_next, {"wanted": bench}).scalar()
    return Run.model_validate_json(body) if body else None


def report(session: Session, report: Report) -> None:
    """Tell the controller how far a run is, its verdicts and notices; each part of a run counts once."""
    payload = report.model_dump(mode="json", include={"part", "state", "verdicts", "notices"})
    orders.ask(session, key=f"bench:{report.run}:{report.part}", kind="bench", subject=report.run, payload=payload)


def set_position(session: Session, *, bench: str, position: int, enabled: bool, by: str) -> None:
    """Take a position of a bench out of use, or back into it."""
    payload = {"position": position, "enabled": enabled, "by": by}
    orders.ask(session, key=None, kind="position", subject=bench, payload=payload)


def release(session: Session, *, bench: str, by: str) -> None:
    """Let a bench work again that was stopped because a run on it was given up."""
    set_position(session, bench=bench, position=0, enabled=True, by=by)


def settle(session: Session, *, mission: int, way: Way, by: str) -> None:
    """Say what becomes of a mission that a cell has forgotten or stopped with, after somebody has looked at it."""
    orders.ask(session, key=None, kind=way, subject=str(mission), payload={"by": by})
