"""Reading a journal of any length, fact by fact, and the cases of verifications out of their tables."""

from __future__ import annotations

import json
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from simulation.studies.calibrate.following import Follower
from simulation.studies.calibrate.records import Recorded, Span
from wcs.journal import Booked
from wcs.store import FactRow
from wms.results.tables import OutcomeRow, RunRow
from wms.rows import table

READ = (
    "MissionSent", "UnitPicked", "MissionDone", "MissionFailed", "FaultRaised", "FaultCleared", "RunOrdered",
    "RunFinished", "MissionSentAgain",
)  # fmt: skip
_fact, _run, _outcome = table(FactRow), table(RunRow), table(OutcomeRow)


def read(session: Session, plant: Plant, *, since_ms: int = 0) -> Recorded:
    """Return what a journal tells of a plant's machines since a plant time; writes nothing."""
    query = sa.select(_fact.c.id, _fact.c.at_ms, _fact.c.kind, _fact.c.subject, _fact.c.payload)
    query = query.where(_fact.c.kind.in_(READ), _fact.c.at_ms >= since_ms).order_by(_fact.c.id)
    follower = Follower(plant)
    for number, at_ms, kind, subject, payload in session.connection().execute(query).yield_per(5_000):
        follower.hear(Booked(number, at_ms, kind, subject, json.loads(payload)))
    found = follower.close()
    found.cases = _cases(session, since_ms)
    return found


def _cases(session: Session, since_ms: int) -> list[Span]:
    """Return how long each test case of each run took: from the last outcome of the one before to its own last."""
    query = (
        sa.select(_run.c.number, _run.c.bench, _run.c.scheme, _run.c.version, _run.c.taken_ms, _outcome.c.test_case)
        .add_columns(sa.func.max(_outcome.c.at_ms).label("ended_ms"))
        .join(_outcome, _outcome.c.of_run == _run.c.number)
        .where(_run.c.taken_ms >= since_ms)
        .group_by(_run.c.number, _run.c.bench, _run.c.scheme, _run.c.version, _run.c.taken_ms, _outcome.c.test_case)
        .order_by(_run.c.number, sa.text("ended_ms"))
    )
    found: list[Span] = []
    for _, rows in groupby(session.connection().execute(query).all(), key=lambda row: row.number):
        begun_ms = 0
        for row in rows:
            begun_ms = begun_ms or row.taken_ms
            what = f"{row.scheme} v{row.version} {row.test_case}"
            found.append(Span(row.bench, what, begun_ms, (row.ended_ms - begun_ms) / 1000))
            begun_ms = row.ended_ms
    return found
