"""What anybody may read of reference standards: certificates, checks, whether they are good, and recalls."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.rows import table
from wms.standards.rules import Certificate, fault_of_standard, last_good_ms
from wms.standards.service import standing
from wms.standards.tables import InterimCheckRow, RecalledMeterRow, RecallRow, StandardRow

_standard, _check = table(StandardRow), table(InterimCheckRow)
_recall, _recalled = table(RecallRow), table(RecalledMeterRow)


class CertificateView(BaseModel):
    """A certificate of a standard, with its corrections in percent."""

    certificate: str
    issued_by: str
    valid_from_ms: int
    valid_until_ms: int
    correction_percent: str
    corrections: dict[str, str]


class StandardView(BaseModel):
    """A reference standard; `fault` says why no formal run may begin with it, "" if one may."""

    code: str
    model: str
    accuracy_class: str
    bench: str
    check_days: int
    state: str
    certificates: list[CertificateView]
    last_good_ms: int
    fault: str


class CheckView(BaseModel):
    """An interim check."""

    number: int
    passed: bool
    error_percent: str
    limit_percent: str
    remark: str
    checked_by: str
    checked_ms: int


class RecallView(BaseModel):
    """What a standard that failed its check has recalled; `found` counts the meters by where they were."""

    number: int
    standard: str
    since_ms: int
    until_ms: int
    meters: int
    found: dict[str, int]
    still_locked: int
    closed_by: str
    closed_ms: int
    reason: str


class RecalledMeterView(BaseModel):
    """A meter of a recall."""

    bar_code: str
    found: str
    box: str
    freed_ms: int


def standards(session: Session, *, at_ms: int, limit: int = 200) -> list[StandardView]:
    """Return reference standards by code, those out of use too."""
    rows = session.connection().execute(sa.select(_standard).order_by(_standard.c.code).limit(limit)).mappings()
    return [_view(session, row, at_ms) for row in rows]


def checks(session: Session, code: str, *, limit: int = 200) -> list[CheckView]:
    """Return the interim checks of a standard, the newest first."""
    query = sa.select(_check).where(_check.c.standard == code).order_by(_check.c.number.desc()).limit(limit)
    return [CheckView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def recalls(session: Session, *, limit: int = 200) -> list[RecallView]:
    """Return recalls, the newest first."""
    query = sa.select(_recall).order_by(_recall.c.number.desc()).limit(limit)
    return [_recall_view(session, row) for row in session.connection().execute(query).mappings()]


def recalled(session: Session, number: int, *, after: str = "", limit: int = 1000) -> list[RecalledMeterView]:
    """Return the meters of a recall by bar code; raises Refused if there is no such recall."""
    if session.connection().execute(sa.select(_recall.c.number).where(_recall.c.number == number)).first() is None:
        raise Refused("unknown_recall", recall=number)
    query = sa.select(_recalled).where(_recalled.c.recall == number, _recalled.c.bar_code > after)
    rows = session.connection().execute(query.order_by(_recalled.c.bar_code).limit(limit)).mappings()
    return [RecalledMeterView.model_validate(dict(row)) for row in rows]


def certificate_at(session: Session, code: str, at_ms: int) -> Certificate | None:
    """Return the certificate that a standard had at a time."""
    return standing(session, code).certificate(at_ms) if code else None


def _view(session: Session, row: Any, at_ms: int) -> StandardView:
    held = standing(session, row["code"])
    fault = fault_of_standard(row["bench"], held, at_ms)
    certificates = [
        CertificateView(
            certificate=one.certificate, issued_by=one.issued_by, valid_from_ms=one.valid_from_ms,
            valid_until_ms=one.valid_until_ms, correction_percent=one.correction_percent,
            corrections=dict(one.corrections),
        )
        for one in held.certificates
    ]  # fmt: skip
    said = {name: row[name] for name in ("code", "model", "accuracy_class", "bench", "check_days", "state")}
    return StandardView(
        **said,
        certificates=certificates,
        last_good_ms=last_good_ms(held, at_ms),
        fault="" if fault is None else fault.code,
    )


def _recall_view(session: Session, row: Any) -> RecallView:
    counted = sa.select(_recalled.c.found, sa.func.count()).where(_recalled.c.recall == row["number"])
    found = {place: n for place, n in session.connection().execute(counted.group_by(_recalled.c.found))}
    still = sa.select(sa.func.count()).where(_recalled.c.recall == row["number"], sa.text("freed_ms = 0"))
    locked = int(session.connection().execute(still).scalar_one())
    return RecallView.model_validate(dict(row) | {"found": found, "still_locked": locked})
