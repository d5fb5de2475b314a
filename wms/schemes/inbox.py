"""The review inbox: what waits for a decision, and what a reviewer must read for it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.rows import table
from wms.schemes import library
from wms.schemes.access_rules import Person, may_decide, may_see
from wms.schemes.content import plain
from wms.schemes.library import Held
from wms.schemes.tables import ReviewRow, VersionRow
from wms.schemes.views import remarks_of

_review, _version = table(ReviewRow), table(VersionRow)


class ReviewView(BaseModel):
    """A review; `mine_to_decide` says whether who asks may approve or reject it."""

    number: int
    kind: str
    subject: str
    title: str
    version: int
    authors: list[str]
    submitted_by: str
    submitted_ms: int
    state: str
    decided_by: str
    duty: str
    reason: str
    decided_ms: int
    mine_to_decide: bool


class ReviewDetail(BaseModel):
    """A review with what it is about: the content submitted, and the one approved before it."""

    review: ReviewView
    content: dict[str, Any]
    before: dict[str, Any]
    remarks: list[dict[str, Any]]


def reviews(
    session: Session, person: Person, *, pending: bool = True, after: int = 0, limit: int = 200
) -> list[ReviewView]:
    """Return the inbox, the oldest first: a reviewer's holds every review, anybody else's those of their own work.

    All that there were, if not only the `pending` ones.
    """
    query = _reviews().where(_review.c.number > after).order_by(_review.c.number).limit(limit)
    if not person.reviews:
        named = _review.c.authors.contains(json.dumps(person.name), autoescape=True)
        query = query.where(sa.or_(named, _review.c.submitted_by == person.name))
    if pending:
        query = query.where(_review.c.state == "submitted")
    return [_review_view(row, person) for row in session.connection().execute(query).mappings()]


def review(session: Session, person: Person, number: int) -> ReviewDetail:
    """Return a review with what it is about; raises Refused for an unknown one, and for what one may not see."""
    row = session.connection().execute(_reviews().where(_review.c.number == number)).mappings().first()
    found = None if row is None or row["of_version"] is None else library.by_number(session, row["of_version"])
    if row is None or not _may_read(row, found, person):
        raise Refused("unknown_review", review=number)
    seen = _review_view(row, person)
    if found is None:
        return ReviewDetail(review=seen, content={}, before={}, remarks=[])
    before = _before(session, found)
    return ReviewDetail(
        review=seen, content=plain(found.content), before={} if before is None else plain(before.content),
        remarks=[remark.plain() for remark in remarks_of(session, found, person)],
    )  # fmt: skip


def _may_read(row: Any, found: Held | None, person: Person) -> bool:
    if person.reviews or person.name in (row["submitted_by"], *json.loads(row["authors"])):
        return True
    return found is not None and may_see(person, found.standing)


def _reviews() -> Any:
    counted = _version.c.version.label("version")
    return sa.select(_review, counted).outerjoin(_version, _version.c.number == _review.c.of_version)


def _review_view(row: Any, person: Person) -> ReviewView:
    authors = json.loads(row["authors"])
    pending = row["state"] == "submitted"
    mine = pending and may_decide(person, {*authors, row["submitted_by"]}) is None
    told = {name: row[name] for name in ReviewView.model_fields if name in row}
    return ReviewView(**told | {"authors": authors, "version": row["version"] or 0, "mine_to_decide": mine})


def _before(session: Session, found: Held) -> Held | None:
    """Return the newest approved version before one."""
    for number in range(found.version - 1, 0, -1):
        one = library.at(session, found.kind, found.code, number)
        if one is not None and one.state == "approved":
            return one
    return None
