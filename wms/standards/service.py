"""Reference standards entered, certified, checked and withdrawn; a check that fails recalls what was judged with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.reasons import Reason
from wms.rows import table
from wms.standards import recall
from wms.standards.rules import DAY_MS, Certificate, Check, Standing, fault_of_standard, last_good_ms
from wms.standards.tables import InterimCheckRow, StandardCertificateRow, StandardRow

_standard, _certificate, _check = table(StandardRow), table(StandardCertificateRow), table(InterimCheckRow)
MOST_PERCENT = 10
"""A standard that is further off is no standard."""


@dataclass(frozen=True, slots=True)
class NewStandard:
    """A reference standard as it is entered; `check_days` is the longest time between two interim checks."""

    code: str
    model: str
    accuracy_class: str
    bench: str = ""
    check_days: int = 180


@dataclass(frozen=True, slots=True)
class Finding:
    """What an interim check found: the standard's error and its limit, in percent."""

    error_percent: str
    limit_percent: str
    remark: str = ""


def enter(desk: Desk, new: NewStandard, *, by: str) -> None:
    """Enter a reference standard; raises Refused if its code is known, or the bench has one already."""
    if _row(desk.session, new.code) is not None:
        raise Refused("standard_known", standard=new.code)
    _free_bench(desk, new.bench)
    row = {
        "code": new.code, "model": new.model, "accuracy_class": new.accuracy_class, "bench": new.bench,
        "check_days": new.check_days, "state": "in_use", "entered_by": by, "entered_ms": desk.at_ms,
    }  # fmt: skip
    desk.connection.execute(sa.insert(_standard), row)
    desk.book("StandardEntered", new.code, bench=new.bench, by=by)


def certify(desk: Desk, code: str, new: Certificate, *, by: str) -> None:
    """Enter a certificate of a standard; from its first day on the corrections are those it states."""
    _held(desk.session, code)
    if new.valid_from_ms >= new.valid_until_ms:
        raise Refused("term_ends_before_it_begins", certificate=new.certificate)
    for name, value in (("", new.correction_percent), *new.corrections.items()):
        _percent(value, name or "correction_percent")
    if any(one.certificate == new.certificate for one in standing(desk.session, code).certificates):
        raise Refused("certificate_known", standard=code, certificate=new.certificate)
    row = {
        "standard": code, "certificate": new.certificate, "issued_by": new.issued_by,
        "valid_from_ms": new.valid_from_ms, "valid_until_ms": new.valid_until_ms,
        "correction_percent": new.correction_percent, "corrections": json.dumps(dict(new.corrections), sort_keys=True),
        "entered_by": by, "entered_ms": desk.at_ms,
    }  # fmt: skip
    desk.connection.execute(sa.insert(_certificate), row)
    desk.book("StandardCertified", code, certificate=new.certificate, until_ms=new.valid_until_ms, by=by)


def check(desk: Desk, code: str, found: Finding, *, by: str) -> int:
    """Book an interim check; return the number of the recall that a failed one causes, 0 for one that is passed."""
    _held(desk.session, code)
    passed = abs(_percent(found.error_percent, "error_percent")) <= _percent(found.limit_percent, "limit_percent")
    good_ms = last_good_ms(standing(desk.session, code), desk.at_ms)
    row = {
        "standard": code, "passed": passed, "error_percent": found.error_percent,
        "limit_percent": found.limit_percent, "remark": found.remark, "checked_by": by, "checked_ms": desk.at_ms,
    }  # fmt: skip
    done = desk.connection.execute(sa.insert(_check), row)
    desk.book("StandardChecked", code, passed=passed, error=found.error_percent, limit=found.limit_percent, by=by)
    if passed:
        return 0
    return recall.begin(desk, code, check=int(done.inserted_primary_key[0]), since_ms=good_ms)  # type: ignore[index]


def move(desk: Desk, code: str, *, bench: str, by: str) -> None:
    """Put a standard to another bench; "" puts it on the shelf."""
    row = _held(desk.session, code)
    if row.bench != bench:
        _free_bench(desk, bench)
        desk.connection.execute(sa.update(_standard).where(_standard.c.code == code).values(bench=bench))
        desk.book("StandardMoved", code, bench=bench, by=by)


def withdraw(desk: Desk, code: str, *, reason: str, by: str) -> None:
    """Take a standard out of use; it stays on record."""
    _held(desk.session, code)
    desk.connection.execute(sa.update(_standard).where(_standard.c.code == code).values(state="withdrawn", bench=""))
    desk.book("StandardWithdrawn", code, reason=reason, by=by)


def standing(session: Session, code: str) -> Standing:
    """Return what the books have of a standard; raises Refused for one that is unknown."""
    row = _row(session, code)
    if row is None:
        raise Refused("unknown_standard", standard=code)
    mine = sa.select(_certificate).where(_certificate.c.standard == code).order_by(_certificate.c.valid_from_ms)
    certificates: list[Any] = list(session.connection().execute(mine))
    checked = sa.select(_check.c.checked_ms, _check.c.passed).where(_check.c.standard == code)
    return Standing(
        code, row.check_days,
        [
            Certificate(
                c.certificate, c.issued_by, c.valid_from_ms, c.valid_until_ms, c.correction_percent,
                json.loads(c.corrections),
            )
            for c in certificates
        ],
        [Check(ms, passed) for ms, passed in session.connection().execute(checked.order_by(_check.c.checked_ms))],
    )  # fmt: skip


def standard_of(session: Session, bench: str) -> Standing | None:
    """Return the standard in use at a bench."""
    query = sa.select(_standard.c.code).where(_standard.c.bench == bench, _standard.c.state == "in_use")
    code = session.connection().execute(query).scalar() if bench else None
    return standing(session, code) if code is not None else None


def standard_for(session: Session, bench: str, *, at_ms: int) -> Standing | Reason:
    """Return the standard for a formal run on a bench, or why it must not begin."""
    found = standard_of(session, bench)
    fault = fault_of_standard(bench, found, at_ms)
    if fault is not None or found is None:
        return fault or Reason("no_standard", {"bench": bench})
    return found


def seed_demo(session: Session, benches: list[str], *, at_ms: int = 0) -> None:
    """Give each bench that has none a certified reference standard, as a demo needs it."""
    desk = Desk(session, at_ms)
    for bench in benches:
        if standard_of(session, bench) is None:
            code = f"RS-{bench}"
            enter(desk, NewStandard(code, "RX-33", "0.05", bench), by="demo")
            term = (at_ms - DAY_MS, at_ms + 365 * DAY_MS)
            certify(desk, code, Certificate(f"DEMO-{bench}", "Demo metrology institute", *term), by="demo")
    desk.close()


def _row(session: Session, code: str) -> Any:
    return session.connection().execute(sa.select(_standard).where(_standard.c.code == code)).first()


def _held(session: Session, code: str) -> Any:
    row = _row(session, code)
    if row is None:
        raise Refused("unknown_standard", standard=code)
    if row.state != "in_use":
        raise Refused("standard_withdrawn", standard=code)
    return row


def _free_bench(desk: Desk, bench: str) -> None:
    query = sa.select(_standard.c.code).where(_standard.c.bench == bench, _standard.c.state == "in_use")
    other = desk.connection.execute(query).scalar() if bench else None
    if other is not None:
        raise Refused("bench_has_standard", bench=bench, standard=other)


def _percent(value: str, field: str) -> Decimal:
    """Return a percentage; raises Refused for what is none, or is too large for a standard."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Refused("not_a_percentage", field=field, value=value[:40]) from None
    if not number.is_finite() or abs(number) > MOST_PERCENT:
        raise Refused("not_a_percentage", field=field, value=value[:40])
    return number
