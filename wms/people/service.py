"""Qualifications entered and revoked, and people put on duty; every change is in the journal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.people.rules import DUTIES, Qualification, Staff, fault_of_staff
from wms.people.tables import QualificationRow, RosterRow
from wms.reasons import Reason
from wms.rows import table, upsert

_qualification, _roster = table(QualificationRow), table(RosterRow)
DAY_MS = 86_400_000
_duty_of = (
    sa.select(_roster.c.tester, _roster.c.checker)
    .where(_roster.c.bench.in_(("", sa.bindparam("wanted"))))
    .order_by(_roster.c.bench.desc())
    .limit(1)
)


def qualify(desk: Desk, new: Qualification, *, by: str) -> int:
    """Enter a qualification; return its number. Nobody enters one of their own, and a certificate counts once."""
    if new.duty not in DUTIES:
        raise Refused("unknown_duty", duty=new.duty)
    if not new.person or new.person == by:
        raise Refused("own_qualification", person=new.person)
    if new.valid_from_ms >= new.valid_until_ms:
        raise Refused("term_ends_before_it_begins", certificate=new.certificate)
    same = sa.select(_qualification.c.number).where(
        _qualification.c.person == new.person, _qualification.c.duty == new.duty,
        _qualification.c.certificate == new.certificate,
    )  # fmt: skip
    if desk.connection.execute(same).first() is not None:
        raise Refused("qualification_known", person=new.person, certificate=new.certificate)
    row = {
        "person": new.person, "duty": new.duty, "certificate": new.certificate, "valid_from_ms": new.valid_from_ms,
        "valid_until_ms": new.valid_until_ms, "entered_by": by, "entered_ms": desk.at_ms,
    }  # fmt: skip
    done = desk.connection.execute(sa.insert(_qualification), row)
    desk.book("PersonQualified", new.person, duty=new.duty, certificate=new.certificate, by=by)
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def revoke(desk: Desk, number: int, *, reason: str, by: str) -> None:
    """Take a qualification back; it stays on record. Raises Refused if there is none, or it was taken back before."""
    row = desk.connection.execute(sa.select(_qualification).where(_qualification.c.number == number)).first()
    if row is None or row.revoked_ms:
        raise Refused("unknown_qualification", number=number)
    values = {"revoked_by": by, "revoked_ms": max(1, desk.at_ms), "reason": reason}
    desk.connection.execute(sa.update(_qualification).where(_qualification.c.number == number).values(**values))
    desk.book("QualificationRevoked", row.person, duty=row.duty, certificate=row.certificate, reason=reason, by=by)


def put_on_duty(desk: Desk, staff: Staff, *, bench: str = "", by: str) -> None:
    """Say who tests and who checks at a bench, or, without one, at all benches without people of their own.

    Raises Refused with what is wrong with the two.
    """
    if (fault := fault_of_staff(bench, staff, held(desk.session), desk.at_ms)) is not None:
        raise Refused(fault.code, **fault.params)
    row = {"bench": bench, "tester": staff.tester, "checker": staff.checker, "set_by": by, "set_ms": desk.at_ms}
    upsert(desk.session, RosterRow, [row])
    desk.book("PutOnDuty", bench, tester=staff.tester, checker=staff.checker, by=by)


def on_duty(session: Session, bench: str) -> Staff | None:
    """Return who is on duty at a bench."""
    row = session.connection().execute(_duty_of, {"wanted": bench}).first()
    return Staff(row.tester, row.checker) if row is not None else None


def staff_for(session: Session, bench: str, *, at_ms: int) -> Staff | Reason:
    """Return the two people for a run on a bench, or why it must not begin."""
    staff = on_duty(session, bench)
    named = () if staff is None else (staff.tester, staff.checker)
    fault = fault_of_staff(bench, staff, held(session, *named), at_ms)
    if fault is not None or staff is None:
        return fault or Reason("nobody_on_duty", {"bench": bench})
    return staff


def held(session: Session, *people: str) -> list[Qualification]:
    """Return the qualifications that were not revoked, of some people or of all."""
    query = sa.select(_qualification).where(sa.text("revoked_ms = 0")).order_by(_qualification.c.number)
    if people:
        query = query.where(_qualification.c.person.in_(people))
    rows: list[Any] = list(session.connection().execute(query))
    return [Qualification(r.person, r.duty, r.certificate, r.valid_from_ms, r.valid_until_ms) for r in rows]


def seed_demo(session: Session, *, at_ms: int = 0) -> None:
    """Enter two qualified people and put them on duty at every bench, where a site has nobody yet."""
    desk = Desk(session, at_ms)
    if on_duty(session, "") is not None:
        return
    term = (at_ms - DAY_MS, at_ms + 5 * 365 * DAY_MS)
    qualify(desk, Qualification("Li Wei", "tester", "DEMO-T-001", *term), by="demo")
    qualify(desk, Qualification("Wang Fang", "checker", "DEMO-C-001", *term), by="demo")
    put_on_duty(desk, Staff("Li Wei", "Wang Fang"), by="demo")
    desk.close()
