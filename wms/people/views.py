"""What anybody may read of people: qualifications, and who is on duty."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.people.tables import QualificationRow, RosterRow
from wms.rows import table

_qualification, _roster = table(QualificationRow), table(RosterRow)


class QualificationView(BaseModel):
    """A certificate of a person; `valid` says whether it is good now."""

    number: int
    person: str
    duty: str
    certificate: str
    valid_from_ms: int
    valid_until_ms: int
    entered_by: str
    revoked_by: str
    revoked_ms: int
    reason: str
    valid: bool


class RosterView(BaseModel):
    """Who tests and who checks at a bench; bench "" stands for all others."""

    bench: str
    tester: str
    checker: str
    set_by: str
    set_ms: int


def qualifications(session: Session, *, at_ms: int, after: int = 0, limit: int = 200) -> list[QualificationView]:
    """Return qualifications by number, the revoked ones too."""
    query = sa.select(_qualification).where(_qualification.c.number > after).order_by(_qualification.c.number)
    rows = session.connection().execute(query.limit(limit)).mappings()
    return [
        QualificationView(
            **{name: row[name] for name in QualificationView.model_fields if name != "valid"},
            valid=not row["revoked_ms"] and row["valid_from_ms"] <= at_ms < row["valid_until_ms"],
        )
        for row in rows
    ]


def roster(session: Session) -> list[RosterView]:
    """Return who is on duty, by bench."""
    rows = session.connection().execute(sa.select(_roster).order_by(_roster.c.bench)).mappings()
    return [RosterView.model_validate(dict(row)) for row in rows]
