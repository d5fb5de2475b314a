"""The review inbox: blocks, cases, schemes and test reports; decided by those who hold a reviewing duty."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.routes.common import After, Page, Serial
from api.routes.once import OnceRoute
from api.routes.schemes import STRICT
from api.routes.working import ADMIN, READER, REVIEWER, Granting, Reading, Reviewing
from wms.schemes import inbox, service
from wms.schemes.inbox import ReviewDetail, ReviewView

router = APIRouter(tags=["reviews"], route_class=OnceRoute)
Duty = Literal["administrative_head", "product_lead"]


class Rejection(BaseModel):
    """Why something is sent back."""

    model_config = STRICT
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class DutyHeld(BaseModel):
    """A reviewing duty of a person."""

    person: str
    duty: str


@router.get("/reviews", dependencies=[READER])
def list_reviews(work: Reading, pending: bool = True, after: After = 0, limit: Page = 200) -> list[ReviewView]:
    """Return the inbox: a reviewer's holds every review, anybody else's those of their own work."""
    return inbox.reviews(work.session, work.person, pending=pending, after=after, limit=limit)


@router.get("/reviews/{number}", dependencies=[READER])
def show_review(number: Serial, work: Reading) -> ReviewDetail:
    """Return a review with the content submitted and the one approved before it."""
    return inbox.review(work.session, work.person, number)


@router.post("/reviews/{number}/approve", dependencies=[REVIEWER])
def approve(number: Serial, work: Reviewing) -> ReviewView:
    """Approve what was submitted; never one's own, and only with a reviewing duty."""
    service.approve(work, number)
    work.session.commit()
    return inbox.review(work.session, work.person, number).review


@router.post("/reviews/{number}/reject", dependencies=[REVIEWER])
def reject(number: Serial, body: Rejection, work: Reviewing) -> ReviewView:
    """Send what was submitted back, with the reason."""
    service.reject(work, number, reason=body.reason)
    work.session.commit()
    return inbox.review(work.session, work.person, number).review


@router.post("/reviews/{number}/withdraw", dependencies=[REVIEWER])
def withdraw(number: Serial, work: Reviewing) -> ReviewView:
    """Take one's own submission back before it is decided."""
    service.withdraw(work, number)
    work.session.commit()
    return inbox.review(work.session, work.person, number).review


@router.get("/duties", dependencies=[READER])
def list_duties(work: Reading) -> list[DutyHeld]:
    """Return who holds a reviewing duty."""
    return [DutyHeld(person=person, duty=duty) for person, duty in service.held_duties(work.session)]


@router.put("/duties/{person}/{duty}", dependencies=[ADMIN])
def grant(person: str, duty: Duty, work: Granting) -> list[DutyHeld]:
    """Give a person a reviewing duty; nobody gives one to themselves."""
    service.grant(work, person, duty)
    work.session.commit()
    return list_duties(work)


@router.delete("/duties/{person}/{duty}", dependencies=[ADMIN])
def revoke(person: str, duty: Duty, work: Granting) -> list[DutyHeld]:
    """Take a reviewing duty from a person."""
    service.revoke(work, person, duty)
    work.session.commit()
    return list_duties(work)
