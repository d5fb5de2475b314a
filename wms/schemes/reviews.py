"""Reviews: submitted, withdrawn, approved or rejected, each decided once and never by who wrote it.

Four kinds go through the same door: blocks, cases, schemes, and test reports by their own names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.rows import table
from wms.schemes import contributions, library
from wms.schemes.access_rules import DUTIES, may_decide, may_keep
from wms.schemes.drafts import Ref, editable
from wms.schemes.duties import Work, work_of
from wms.schemes.findings import Unsound
from wms.schemes.library import Held
from wms.schemes.resolve import inspect
from wms.schemes.tables import ReviewRow, VersionRow

_review, _version = table(ReviewRow), table(VersionRow)
LONGEST_NAME = 64
LONGEST_REASON = 500


def submit(work: Work, ref: Ref) -> int:
    """Hand a draft in for review, as its keeper; return the number of the review.

    It is reviewed with the newest approved versions of what it builds on. Raises Unsound if a rule is broken, and
    Refused while contributions are open.
    """
    draft = editable(work, ref)
    if not may_keep(work.person, draft.standing):
        raise Refused("kept_by_another", kind=ref.kind, name=ref.code, keeper=draft.standing.keeper)
    if offered := contributions.of_draft(work, draft):
        raise Refused("contributions_open", name=ref.code, editors=", ".join(one.editor for one in offered))
    pins = library.pins_of(work.session, ref.kind, draft.content)
    findings = inspect(ref.code, draft.content, library.parts(work.session, ref.kind, draft.content, pins))
    if findings:
        raise Unsound("scheme_unsound", findings, scheme=ref.code)
    _set_version(work, draft, {"state": "submitted", "pins": json.dumps(pins, sort_keys=True)})
    title = draft.content.en or draft.content.zh
    return _enter(work, (ref.kind, ref.code), {"title": title, "of_version": draft.number, "authors": draft.authors})


def submit_report(
    session: Session, *, report: str, title: str, authors: Iterable[str], by: str, at_ms: int
) -> int:  # fmt: skip
    """Hand a test report in for review; return the number of the review.

    `authors` are those whose work it is (testers, checkers): none of them may decide. Raises Refused for a report
    that is in review or approved already.
    """
    work = work_of(session, by=by, at_ms=at_ms)
    if not 0 < len(report) <= LONGEST_NAME:
        raise Refused("not_a_report", report=report[:LONGEST_NAME])
    if (state := report_state(session, report)) in ("submitted", "approved"):
        raise Refused("report_in_review", report=report, state=state)
    named = {"title": title[:200], "of_version": None, "authors": authors}
    return _enter(work, ("report", report), named)


def report_state(session: Session, report: str) -> str:
    """Return how the newest review of a report stands; "" if it was never submitted."""
    query = sa.select(_review.c.state).where(_review.c.kind == "report", _review.c.subject == report)
    return str(session.connection().execute(query.order_by(_review.c.number.desc()).limit(1)).scalar() or "")


def approve(work: Work, number: int) -> None:
    """Approve what was submitted: from now on it never changes. Raises Refused for one's own and without a duty."""
    _decide(work, number, "approved", "")


def reject(work: Work, number: int, *, reason: str) -> None:
    """Send what was submitted back, with the reason; its keeper may change and submit it again."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Refused("reason_needed", longest=LONGEST_REASON)
    _decide(work, number, "rejected", reason.strip())


def withdraw(work: Work, number: int) -> None:
    """Take one's submission back before it is decided; it is a draft again."""
    review = _pending(work, number)
    if review["submitted_by"] != work.person.name:
        raise Refused("not_your_review", review=number, who=review["submitted_by"])
    _close(work, review, {"state": "withdrawn"}, "draft")
    work.book("ReviewWithdrawn", _subject(review), review=number)


def _decide(work: Work, number: int, state: str, reason: str) -> None:
    review = _pending(work, number)
    refusal = may_decide(work.person, {*json.loads(review["authors"]), review["submitted_by"]})
    if refusal is not None:
        raise Refused(refusal.code, **refusal.params)
    duty = next(duty for duty in DUTIES if duty in work.person.duties)
    _close(work, review, {"state": state, "duty": duty, "reason": reason}, state)
    work.book("ReviewDecided", _subject(review), review=number, state=state, duty=duty)


def _pending(work: Work, number: int) -> Any:
    query = sa.select(_review).where(_review.c.number == number).with_for_update()
    review = work.connection.execute(query).mappings().first()
    if review is None:
        raise Refused("unknown_review", review=number)
    if review["state"] != "submitted":
        raise Refused("review_decided", review=number, state=review["state"])
    return review


def _close(work: Work, review: Any, change: dict[str, Any], state: str) -> None:
    """Decide a review that is still pending, and let its version follow."""
    decided = {**change, "decided_by": work.person.name, "decided_ms": work.at_ms}
    mine = (_review.c.number == review["number"], _review.c.state == "submitted")
    if work.connection.execute(sa.update(_review).where(*mine).values(**decided)).rowcount != 1:
        raise Refused("review_decided", review=review["number"], state="")
    if review["of_version"] is not None:
        followed = sa.update(_version).where(_version.c.number == review["of_version"])
        work.connection.execute(followed.values(state=state))


def _enter(work: Work, subject: tuple[str, str], what: dict[str, Any]) -> int:
    row = {
        **what, "kind": subject[0], "subject": subject[1], "authors": json.dumps(sorted(set(what["authors"]))),
        "submitted_by": work.person.name, "submitted_ms": work.at_ms, "state": "submitted", "decided_by": "",
        "duty": "", "reason": "", "decided_ms": 0,
    }  # fmt: skip
    number = int(work.connection.execute(sa.insert(_review), row).inserted_primary_key[0])  # type: ignore[index]
    work.book("ReviewSubmitted", _subject(row), review=number)
    return number


def _set_version(work: Work, draft: Held, change: dict[str, Any]) -> None:
    mine = (_version.c.number == draft.number, _version.c.revision == draft.revision)
    if work.connection.execute(sa.update(_version).where(*mine).values(**change)).rowcount != 1:
        raise Refused("changed_meanwhile", kind=draft.kind, name=draft.code, revision=draft.revision)


def _subject(review: Any) -> str:
    return f"{review['kind']}.{review['subject']}"
