"""Reference standards with certificates, checks and recalls; and the people who test and check."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.routes.clerking import QUALITY, READER, STRICT, AsQuality, AtMs, Name, Text, Why
from api.routes.common import After, Ctx, Db, Page, Serial
from api.routes.once import OnceRoute
from wms.people import service as people
from wms.people import views as roster_views
from wms.people.rules import Qualification, Staff
from wms.people.views import QualificationView, RosterView
from wms.standards import recall, service, views
from wms.standards.rules import Certificate
from wms.standards.service import Finding, NewStandard
from wms.standards.views import CheckView, RecalledMeterView, RecallView, StandardView

router = APIRouter(tags=["standards"], route_class=OnceRoute)
Code = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
BenchName = Annotated[str, Field(max_length=40)]
Percent = Annotated[str, Field(pattern=r"^[+-]?[0-9]{1,2}(\.[0-9]{1,6})?$")]


class Entered(BaseModel):
    """A reference standard, and the bench it stands at."""

    model_config = STRICT
    model: Name
    accuracy_class: Annotated[str, Field(min_length=1, max_length=10)]
    bench: BenchName = ""
    check_days: Annotated[int, Field(ge=1, le=3650)] = 180


class Certified(BaseModel):
    """A certificate: its term (plant time in ms), and the standard's own errors in percent, in all and by point."""

    model_config = STRICT
    certificate: Name
    issued_by: Annotated[str, Field(min_length=1, max_length=100)]
    valid_from_ms: AtMs
    valid_until_ms: AtMs
    correction_percent: Percent = "0"
    corrections: Annotated[dict[Annotated[str, Field(max_length=40)], Percent], Field(max_length=200)] = {}


class Checked(BaseModel):
    """What an interim check found, in percent."""

    model_config = STRICT
    error_percent: Percent
    limit_percent: Percent
    remark: Annotated[str, Field(max_length=500)] = ""


class Moved(BaseModel):
    """The bench that a standard is put to; "" for the shelf."""

    model_config = STRICT
    bench: BenchName


class Qualified(BaseModel):
    """A certificate of a person for a duty; its term in plant time, ms."""

    model_config = STRICT
    person: Name
    duty: Literal["tester", "checker"]
    certificate: Name
    valid_from_ms: AtMs
    valid_until_ms: AtMs


class OnDuty(BaseModel):
    """Who tests and who checks."""

    model_config = STRICT
    tester: Name
    checker: Name
    bench: BenchName = ""


@router.get("/standards", dependencies=[READER])
def list_standards(db: Db, context: Ctx, limit: Page = 200) -> list[StandardView]:
    """Return reference standards, and what keeps them from formal runs."""
    return views.standards(db, at_ms=context.now_ms(), limit=limit)


@router.post("/standards/{code}", status_code=201, dependencies=[QUALITY])
def enter(code: Code, body: Entered, clerk: AsQuality) -> list[StandardView]:
    """Enter a reference standard."""
    service.enter(clerk.desk, NewStandard(code, **body.model_dump()), by=clerk.name)
    clerk.done()
    return _shown(clerk, code)


@router.post("/standards/{code}/certificates", status_code=201, dependencies=[QUALITY])
def certify(code: Code, body: Certified, clerk: AsQuality) -> list[StandardView]:
    """Enter a certificate of a standard with its correction values."""
    service.certify(clerk.desk, code, Certificate(**body.model_dump()), by=clerk.name)
    clerk.done()
    return _shown(clerk, code)


@router.get("/standards/{code}/checks", dependencies=[READER])
def list_checks(code: Code, db: Db, limit: Page = 200) -> list[CheckView]:
    """Return the interim checks of a standard, the newest first."""
    return views.checks(db, code, limit=limit)


@router.post("/standards/{code}/checks", status_code=201, dependencies=[QUALITY])
def check(code: Code, body: Checked, clerk: AsQuality) -> list[RecallView]:
    """Book an interim check; one that fails recalls every meter judged since the standard was last good."""
    number = service.check(clerk.desk, code, Finding(**body.model_dump()), by=clerk.name)
    clerk.done()
    return [one for one in views.recalls(clerk.desk.session) if one.number == number]


@router.put("/standards/{code}/bench", dependencies=[QUALITY])
def move(code: Code, body: Moved, clerk: AsQuality) -> list[StandardView]:
    """Put a standard to another bench, or on the shelf."""
    service.move(clerk.desk, code, bench=body.bench, by=clerk.name)
    clerk.done()
    return _shown(clerk, code)


@router.post("/standards/{code}/withdraw", dependencies=[QUALITY])
def withdraw(code: Code, body: Why, clerk: AsQuality) -> list[StandardView]:
    """Take a standard out of use."""
    service.withdraw(clerk.desk, code, reason=body.reason, by=clerk.name)
    clerk.done()
    return _shown(clerk, code)


@router.get("/recalls", dependencies=[READER])
def list_recalls(db: Db, limit: Page = 200) -> list[RecallView]:
    """Return recalls, the newest first."""
    return views.recalls(db, limit=limit)


@router.get("/recalls/{number}/meters", dependencies=[READER])
def list_recalled(number: Serial, db: Db, after: Text | None = None, limit: Page = 1000) -> list[RecalledMeterView]:
    """Return the meters of a recall, and where they were."""
    return views.recalled(db, number, after=after or "", limit=limit)


@router.post("/recalls/{number}/release", dependencies=[QUALITY])
def release(number: Serial, body: Why, clerk: AsQuality) -> list[RecallView]:
    """Free what a recall still locks, as the quality engineer who answers for it."""
    recall.release(clerk.desk, number, reason=body.reason, by=clerk.name)
    clerk.done()
    return [one for one in views.recalls(clerk.desk.session) if one.number == number]


@router.get("/qualifications", dependencies=[READER])
def list_qualifications(db: Db, context: Ctx, after: After = 0, limit: Page = 200) -> list[QualificationView]:
    """Return who may test and check."""
    return roster_views.qualifications(db, at_ms=context.now_ms(), after=after, limit=limit)


@router.post("/qualifications", status_code=201, dependencies=[QUALITY])
def qualify(body: Qualified, clerk: AsQuality) -> list[QualificationView]:
    """Enter a qualification; nobody enters their own."""
    number = people.qualify(clerk.desk, Qualification(**body.model_dump()), by=clerk.name)
    clerk.done()
    return roster_views.qualifications(clerk.desk.session, at_ms=clerk.desk.at_ms, after=number - 1, limit=1)


@router.post("/qualifications/{number}/revoke", dependencies=[QUALITY])
def revoke(number: Serial, body: Why, clerk: AsQuality) -> list[QualificationView]:
    """Take a qualification back."""
    people.revoke(clerk.desk, number, reason=body.reason, by=clerk.name)
    clerk.done()
    return roster_views.qualifications(clerk.desk.session, at_ms=clerk.desk.at_ms, after=number - 1, limit=1)


@router.get("/roster", dependencies=[READER])
def roster(db: Db) -> list[RosterView]:
    """Return who is on duty at which bench."""
    return roster_views.roster(db)


@router.put("/roster", dependencies=[QUALITY])
def put_on_duty(body: OnDuty, clerk: AsQuality) -> list[RosterView]:
    """Put a tester and a checker on duty at a bench, or at all that have none of their own."""
    people.put_on_duty(clerk.desk, Staff(body.tester, body.checker), bench=body.bench, by=clerk.name)
    clerk.done()
    return roster_views.roster(clerk.desk.session)


def _shown(clerk: AsQuality, code: str) -> list[StandardView]:
    return [one for one in views.standards(clerk.desk.session, at_ms=clerk.desk.at_ms) if one.code == code]
