"""Whatever five people do with a small library: nobody decides about their own work, and no formal run sheet holds
anything that was not approved as it stands there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.orm import Session

from tests.schemes import READS, case, powered, scheme
from wcs.store import create_tables, make_engine
from wms import migration
from wms.errors import Refused
from wms.schemes import inbox, library, service
from wms.schemes.access_rules import may_see
from wms.schemes.content import Content, Kind, text_of
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work, grant, work_of
from wms.schemes.findings import Unsound
from wms.schemes.resolve import Parts, expand

PEOPLE = ("li", "wang", "zhao", "head", "lead")
BLOCK, CASE, SCHEME = Ref("block", "b"), Ref("case", "c"), Ref("scheme", "s")
people = st.sampled_from(PEOPLE)
things = st.sampled_from((BLOCK, CASE, SCHEME))
words = st.lists(st.sampled_from(READS), min_size=1, max_size=3)
Kept = dict[tuple[Kind, int], str]


def content(ref: Ref, names: list[str]) -> Content:
    """Return a sound content: the scheme builds on the case, the case on the block."""
    if ref == SCHEME:
        return scheme("c", en=" ".join(names))
    return case(*names, use="b") if ref == CASE else powered(*names)


class Reviews(RuleBasedStateMachine):
    """Five people, two of them reviewers, and one block, case and scheme."""

    @initialize(ready=st.integers(0, 3))
    def begin(self, ready: int) -> None:
        """Start with two reviewers, and with the first `ready` things written by `li` and approved by `head`."""
        migration.import_tables()
        engine = make_engine("sqlite://")
        create_tables(engine)
        self.session = Session(engine)
        grant(work_of(self.session, by="chief", at_ms=1), "head", "administrative_head")
        grant(work_of(self.session, by="chief", at_ms=1), "lead", "product_lead")
        self.wrote: dict[tuple[str, int], set[str]] = {}
        self.approved: dict[tuple[str, int], str] = {}
        self.session.commit()
        for ref in (BLOCK, CASE, SCHEME)[:ready]:
            self.somebody_creates("li", ref, ["model"], "public")
            self.somebody_submits("li", ref)
            self.somebody_decides("head", True, 0)

    def work(self, name: str) -> Work:
        """Return somebody's work."""
        return work_of(self.session, by=name, at_ms=1_000)

    def attempt(self, deed: Callable[[], object]) -> bool:
        """Try something; a refusal leaves nothing behind."""
        try:
            deed()
        except Refused:
            self.session.rollback()
            return False
        self.session.commit()
        return True

    def note(self, ref: Ref, *names: str) -> None:
        """Remember who has written in the newest version."""
        newest = library.newest(self.session, ref.kind, ref.code)
        assert newest is not None
        self.wrote.setdefault((ref.kind, newest.version), set()).update(names)

    @rule(who=people, ref=things, names=words, visibility=st.sampled_from(("public", "private")))
    def somebody_creates(self, who: str, ref: Ref, names: list[str], visibility: str) -> None:
        """Somebody begins something."""
        if self.attempt(lambda: service.create(self.work(who), ref, content(ref, names), visibility=visibility)):
            self.note(ref, who)

    @rule(who=people, ref=things)
    def somebody_revises(self, who: str, ref: Ref) -> None:
        """Somebody begins the next version."""
        if self.attempt(lambda: service.revise(self.work(who), ref)):
            self.note(ref, who)

    @rule(who=people, ref=things, names=words)
    def somebody_edits(self, who: str, ref: Ref, names: list[str]) -> None:
        """Somebody writes a draft anew: only its keeper can, and only a draft."""
        before = library.newest(self.session, ref.kind, ref.code)
        revision = before.revision if before else 0
        if self.attempt(lambda: service.edit(self.work(who), ref, content(ref, names), revision=revision)):
            assert before is not None and before.state in ("draft", "rejected")
            assert before.standing.owner == who
            self.note(ref, who)

    @rule(who=people, lead=people, ref=things, names=words, side=st.sampled_from(("draft", "theirs")))
    def somebody_contributes(self, who: str, lead: str, ref: Ref, names: list[str], side: str) -> None:
        """Somebody offers a change, and somebody merges it, by choices where they must."""
        numbers: list[int] = []
        if not self.attempt(lambda: numbers.append(service.contribute(self.work(who), ref, content(ref, names)))):
            return
        choices: dict[str, str] = {}
        try:
            service.merge(self.work(lead), numbers[0])
        except Unsound as refused:
            choices = {one.place: side for one in refused.findings if one.code == "merge_conflict"}
            self.session.rollback()
        except Refused:
            self.session.rollback()
        else:
            self.session.commit()
            self.note(ref, who, lead)
            return
        if self.attempt(lambda: service.merge(self.work(lead), numbers[0], choices=choices)):  # type: ignore[arg-type]
            self.note(ref, who, lead)
        else:
            self.attempt(lambda: service.drop(self.work(who), numbers[0]))

    @rule(who=people, ref=things)
    def somebody_submits(self, who: str, ref: Ref) -> None:
        """Somebody hands a draft in."""
        if self.attempt(lambda: service.submit(self.work(who), ref)):
            self.note(ref, who)

    @rule(who=people, other=people, ref=things, names=words)
    def the_next_version_goes_through(self, who: str, other: str, ref: Ref, names: list[str]) -> None:
        """Somebody writes the next version and hands it in, and somebody decides."""
        self.somebody_revises(who, ref)
        self.somebody_edits(who, ref, names)
        self.somebody_submits(who, ref)
        self.somebody_decides(other, True, 0)

    @rule(who=people, ref=things)
    def somebody_discards(self, who: str, ref: Ref) -> None:
        """Somebody gives a draft up."""
        gone = library.newest(self.session, ref.kind, ref.code)
        if self.attempt(lambda: service.discard(self.work(who), ref)):
            assert gone is not None and gone.state != "approved"
            self.wrote.pop((ref.kind, gone.version), None)

    @rule(who=people, yes=st.booleans(), last=st.integers(0, 3))
    def somebody_decides(self, who: str, yes: bool, last: int) -> None:
        """Somebody approves or rejects: a reviewer who has not written in it, and nobody else."""
        pending = inbox.reviews(self.session, self.work("head").person)
        if not pending:
            return
        review = pending[last % len(pending)]
        work = self.work(who)
        done = self.attempt(
            lambda: (
                service.approve(work, review.number) if yes else service.reject(work, review.number, reason="not so")
            )
        )
        authors = self.wrote[review.kind, review.version]
        assert done == (who in ("head", "lead") and who not in authors)
        if done and yes:
            held = library.at(self.session, review.kind, review.subject, review.version)
            assert held is not None
            self.approved[review.kind, review.version] = text_of(held.content)

    @rule(who=people)
    def somebody_withdraws(self, who: str) -> None:
        """Somebody takes a submission back: only who handed it in."""
        for review in inbox.reviews(self.session, self.work("head").person)[:1]:
            number = review.number
            assert self.attempt(partial(service.withdraw, self.work(who), number)) == (review.submitted_by == who)

    @rule(who=people)
    def somebody_tries(self, who: str) -> None:
        """A trial is of what its person may see, and never formal."""
        newest = library.newest(self.session, "scheme", "s")
        sheets = []
        if self.attempt(lambda: sheets.append(service.compile_sheet(self.session, "s", trial=True, by=who))):
            assert newest is not None and not sheets[0].formal
            tried = library.at(self.session, "scheme", "s", sheets[0].version)
            assert tried is not None and may_see(self.work(who).person, tried.standing)

    @invariant()
    def what_was_approved_stands(self) -> None:
        """No approved version has changed by a letter."""
        for (kind, version), text in self.approved.items():
            held = library.at(self.session, kind, {"block": "b", "case": "c", "scheme": "s"}[kind], version)
            assert held is not None and held.state == "approved" and text_of(held.content) == text

    @invariant()
    def a_formal_sheet_holds_only_what_was_approved(self) -> None:
        """The formal sheet is put together from approved versions alone, those that were reviewed together."""
        try:
            sheet = service.compile_sheet(self.session, "s")
        except Refused:
            self.session.rollback()
            assert not any(kind == "scheme" for kind, _ in self.approved)
            return
        scheme_held = library.at(self.session, "scheme", "s", sheet.version)
        assert sheet.formal and ("scheme", sheet.version) in self.approved and scheme_held is not None
        case_held = library.at(self.session, "case", "c", scheme_held.pins["c"])
        assert case_held is not None and ("case", case_held.version) in self.approved
        block_held = library.at(self.session, "block", "b", case_held.pins["b"])
        assert block_held is not None and ("block", block_held.version) in self.approved
        assert expand("c", case_held.content, Parts({"b": block_held.content}).blocks) == sheet.cases[0]  # type: ignore[arg-type, dict-item]


Reviews.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestReviews = Reviews.TestCase
