"""Reviews: decided once, by a reviewing duty, never about one's own; reports go through the same door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.schemes import case, scheme, something
from wcs import journal
from wms.errors import Refused
from wms.schemes import inbox, service, views
from wms.schemes.content import KINDS
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work

People = Callable[[str], Work]
CASE = Ref("case", "hello")


def submitted(person: People, by: str = "li") -> int:
    service.create(person(by), CASE, case())
    return service.submit(person(by), CASE)


def report(library: Session, *authors: str, name: str = "R-1", by: str = "li") -> int:
    return service.submit_report(library, report=name, title="Lot 7", authors=authors, by=by, at_ms=60_000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("reviewer", "duty"), [("head", "administrative_head"), ("lead", "product_lead")])
def test_both_duties_approve_every_kind(library: Session, person: People, kind: str, reviewer: str, duty: str) -> None:
    ref = Ref(kind, "mine")  # type: ignore[arg-type]
    service.create(person("li"), ref, something(kind))
    number = service.submit(person("li"), ref)
    service.approve(person(reviewer), number)
    done = inbox.review(library, person(reviewer).person, number).review
    assert (done.state, done.decided_by, done.duty, done.decided_ms) == ("approved", reviewer, duty, 60_000)
    assert views.version(person("li"), ref).state == "approved"


def test_nobody_without_a_duty_decides(person: People) -> None:
    number = submitted(person)
    for who in ("wang", "chief", "li"):
        with pytest.raises(Refused, match="not_a_reviewer"):
            service.approve(person(who), number)
        with pytest.raises(Refused, match="not_a_reviewer"):
            service.reject(person(who), number, reason="no")


def test_nobody_decides_about_their_own_work(person: People) -> None:
    own = submitted(person, by="head")
    with pytest.raises(Refused, match="own_work"):
        service.approve(person("head"), own)
    with pytest.raises(Refused, match="own_work"):
        service.reject(person("head"), own, reason="no")
    service.approve(person("lead"), own)


def test_who_contributed_to_a_draft_does_not_decide_about_it(person: People) -> None:
    service.create(person("li"), CASE, case(), visibility="public")
    service.merge(person("li"), service.contribute(person("head"), CASE, case("model", "clock")))
    number = service.submit(person("li"), CASE)
    with pytest.raises(Refused, match="own_work"):
        service.approve(person("head"), number)
    service.approve(person("lead"), number)


def test_a_review_is_decided_once(person: People) -> None:
    number = submitted(person)
    service.approve(person("head"), number)
    for attempt in (
        lambda: service.approve(person("lead"), number),
        lambda: service.reject(person("lead"), number, reason="no"),
        lambda: service.withdraw(person("li"), number),
    ):
        with pytest.raises(Refused, match="review_decided"):
            attempt()
    with pytest.raises(Refused, match="unknown_review"):
        service.approve(person("head"), 999)


def test_what_is_rejected_says_why_and_can_be_changed_and_submitted_again(library: Session, person: People) -> None:
    number = submitted(person)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Refused, match="reason_needed"):
            service.reject(person("head"), number, reason=reason)
    service.reject(person("head"), number, reason="reads too little")
    version = views.version(person("li"), CASE)
    assert (version.state, version.mine) == ("rejected", True)
    service.edit(person("li"), CASE, case("model", "clock"), revision=version.revision)
    again = service.submit(person("li"), CASE)
    service.approve(person("head"), again)
    history = inbox.reviews(library, person("head").person, pending=False)
    assert [(one.number, one.state, one.reason) for one in history] == [
        (number, "rejected", "reads too little"), (again, "approved", ""),
    ]  # fmt: skip
    assert {one.version for one in history} == {1}


def test_a_submission_is_withdrawn_by_who_submitted_it(person: People) -> None:
    number = submitted(person)
    with pytest.raises(Refused, match="not_your_review"):
        service.withdraw(person("wang"), number)
    service.withdraw(person("li"), number)
    assert views.version(person("li"), CASE).state == "draft"
    assert service.submit(person("li"), CASE) != number


def test_a_report_is_reviewed_but_not_by_its_testers(library: Session, person: People) -> None:
    number = report(library, "head", "zhao")
    assert service.report_state(library, "R-1") == "submitted"
    with pytest.raises(Refused, match="own_work"):
        service.approve(person("head"), number)
    with pytest.raises(Refused, match="report_in_review"):
        report(library)
    service.reject(person("lead"), number, reason="environment missing")
    assert service.report_state(library, "R-1") == "rejected"
    service.approve(person("lead"), report(library, "zhao"))
    assert service.report_state(library, "R-1") == "approved"
    with pytest.raises(Refused, match="report_in_review"):
        report(library)
    assert service.report_state(library, "R-2") == ""
    with pytest.raises(Refused, match="not_a_report"):
        report(library, name="")


def test_the_inbox_holds_everything_for_a_reviewer_and_ones_own_for_others(library: Session, person: People) -> None:
    submitted(person)
    report(library, "wang", by="zhao")
    assert [one.kind for one in inbox.reviews(library, person("head").person)] == ["case", "report"]
    assert [one.mine_to_decide for one in inbox.reviews(library, person("head").person)] == [True, True]
    for who, count in (("li", 1), ("wang", 1), ("zhao", 1), ("stranger", 0), ("%", 0)):
        told = inbox.reviews(library, person(who).person)
        assert len(told) == count and not any(one.mine_to_decide for one in told)
    with pytest.raises(Refused, match="unknown_review"):
        inbox.review(library, person("stranger").person, 1)
    assert len(inbox.reviews(library, person("head").person, after=1)) == 1


def test_a_reviewer_reads_what_changed_since_the_last_approval(library: Session, person: People) -> None:
    service.approve(person("head"), submitted(person))
    draft = service.revise(person("li"), CASE)
    service.edit(person("li"), CASE, case("model", "clock"), revision=draft.revision)
    detail = inbox.review(library, person("lead").person, service.submit(person("li"), CASE))
    assert detail.review.version == 2
    assert len(detail.content["steps"]) == len(detail.before["steps"]) + 1
    told = inbox.review(library, person("lead").person, report(library, "zhao"))
    assert (told.content, told.before) == ({}, {})


def test_a_demonstration_tells_its_reviewer_what_it_leaves_out(library: Session, person: People) -> None:
    ref = Ref("scheme", "show")
    service.create(person("li"), ref, scheme())
    detail = inbox.review(library, person("lead").person, service.submit(person("li"), ref))
    assert [one["code"] for one in detail.remarks] == ["demo_is_exempt"]


def test_duties_are_given_by_others_and_taken_again(library: Session, person: People) -> None:
    with pytest.raises(Refused, match="own_duty"):
        service.grant(person("wang"), "wang", "product_lead")
    with pytest.raises(Refused, match="unknown_duty"):
        service.grant(person("wang"), "zhao", "king")
    service.grant(person("chief"), "lead", "product_lead")
    service.revoke(person("chief"), "lead", "product_lead")
    service.revoke(person("chief"), "lead", "product_lead")
    assert service.held_duties(library) == [("head", "administrative_head")]
    with pytest.raises(Refused, match="not_a_reviewer"):
        service.approve(person("lead"), submitted(person))


def test_the_journal_tells_who_decided_what(library: Session, person: People) -> None:
    number = submitted(person)
    service.approve(person("head"), number)
    facts = [(fact.kind, fact.subject, fact.payload.get("by")) for fact in journal.read(library, 0)]
    assert facts[-2:] == [("ReviewSubmitted", "case.hello", "li"), ("ReviewDecided", "case.hello", "head")]
