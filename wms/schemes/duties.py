"""Who holds a reviewing duty. A duty belongs to a person beside their role, and no role includes it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import journal
from wcs.journal import Fact
from wms.errors import Refused
from wms.rows import table, upsert
from wms.schemes.access_rules import DUTIES, Person
from wms.schemes.tables import DutyRow

_duty = table(DutyRow)
SOFTWARE = "library"
"""Who owns and has approved what comes with the software; nobody else may be called so."""


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work in the library: the transaction, who does it, and when (plant time, ms)."""

    session: Session
    person: Person
    at_ms: int

    @property
    def connection(self) -> sa.Connection:
        """The connection of the transaction."""
        return self.session.connection()

    def book(self, kind: str, subject: str, /, **payload: str | int) -> None:
        """Put a fact into the journal."""
        journal.append(self.session, self.at_ms, [Fact(kind, subject, {"by": self.person.name, **payload})])


def work_of(session: Session, *, by: str, at_ms: int) -> Work:
    """Return the work of a person with the duties that they hold; raises Refused for a name that nobody may have."""
    if not by or by == SOFTWARE:
        raise Refused("not_a_person", who=by)
    return Work(session, person_of(session, by), at_ms)


def person_of(session: Session, name: str) -> Person:
    """Return a person with the duties that they hold."""
    found = session.connection().execute(sa.select(_duty.c.duty).where(_duty.c.person == name)).scalars()
    return Person(name, frozenset(found))


def held_duties(session: Session) -> list[tuple[str, str]]:
    """Return every (person, duty), by name."""
    query = sa.select(_duty.c.person, _duty.c.duty).order_by(_duty.c.person, _duty.c.duty)
    return [(person, duty) for person, duty in session.connection().execute(query)]


def grant(work: Work, person: str, duty: str) -> None:
    """Give a person a reviewing duty; one that they hold stays. Nobody gives one to themselves."""
    _check(person, duty)
    if person == work.person.name:
        raise Refused("own_duty", who=person)
    row = {"person": person, "duty": duty, "granted_by": work.person.name, "granted_ms": work.at_ms}
    upsert(work.session, DutyRow, [row])
    work.book("DutyGranted", person, duty=duty)


def revoke(work: Work, person: str, duty: str) -> None:
    """Take a reviewing duty from a person; one that they do not hold is gone already."""
    _check(person, duty)
    gone = sa.delete(_duty).where(_duty.c.person == person, _duty.c.duty == duty)
    if work.connection.execute(gone).rowcount:
        work.book("DutyRevoked", person, duty=duty)


def _check(person: str, duty: str) -> None:
    if duty not in DUTIES:
        raise Refused("unknown_duty", duty=duty)
    if not person or person == SOFTWARE:
        raise Refused("not_a_person", who=person)
