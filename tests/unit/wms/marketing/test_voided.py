"""What is void is told under the task that it was told of, once, and before whatever takes its place."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.marketing.audit import heard
from simulation.marketing.platform import Platform
from tests.contract.link_site import task_of
from tests.contract.platform_letters import BOOK, SITE
from tests.lab import LATER_MS, finish, staff
from tests.unit.wms.marketing.test_stream import ALL, CODES, happen, meters, packed, task
from wcs.journal import Fact
from wms.desk import Desk
from wms.marketing import receivers, stream, views
from wms.marketing.platform.messages import calls_for
from wms.results import papers
from wms.rows import table
from wms.seals import ledger
from wms.seals.rules import Span
from wms.seals.tables import SealRow
from wms.stock.tables import AssetRow

_asset, _seal = table(AssetRow), table(SealRow)
SEALS = [f"F{n:07}" for n in range(1, 7)]


@pytest.fixture
def told(session: Session) -> Session:
    """A site that has told of six meters of task T1: results, seals, box."""
    receivers.seed(session, ALL, at_ms=0)
    staff(session)
    task(session)
    meters(session)
    finish(session, "r1", CODES)
    desk = Desk(session, LATER_MS)
    ledger.receive_range(desk, Span("F", 7, 1, 99), by="li")
    ledger.load(desk, cell="SE1", count=99, by="li")
    ledger.sealed(desk, "SE1", [ledger.Sealed(code, seal, "1") for code, seal in zip(CODES, SEALS, strict=True)])
    desk.close()
    happen(session, Fact("RunFinished", "r1", {"lot": 1}), box("B1"))
    stream.consume(session, LATER_MS)
    return session


def box(name: str) -> Fact:
    said = packed(name, CODES).payload
    return Fact("BoxPacked", name, {**said, "meters": [[c, 1, s] for c, s in zip(CODES, SEALS, strict=True)]})


def void(session: Session, codes: list[str], *, reason: str = "task_cancelled", at_ms: int = LATER_MS + 9) -> None:
    desk = Desk(session, at_ms)
    papers.void(desk, codes, reason=reason, by="li")
    ledger.void_of(desk, codes, reason=reason, by="li")
    desk.close()
    happen(session)  # the WMS has read them
    stream.consume(session, at_ms)


def told_to(session: Session, receiver: str, kind: str) -> list[dict[str, object]]:
    return [
        {**views.letter(session, one.number).body, "task": one.task}
        for one in views.letters(session, receiver=receiver, kind=kind)
    ]


def hear(session: Session) -> Platform:
    """Return a platform that has heard every letter, each as its messages."""
    platform = Platform(":memory:")
    for n in (1, 2):
        platform.issue(task_of(n, 6))
    for one in views.letters(session, receiver="platform", limit=1_000):
        body = views.letter(session, one.number).body
        for n, call in enumerate(calls_for(one.kind, body, SITE, BOOK)):
            assert (
                platform.hear(call.message, f"{one.number}.{n}", json.loads(json.dumps(call.body)))["resultFlag"] == "1"
            )
    return platform


def test_all_that_is_void_at_once_is_two_letters_under_its_task(told: Session) -> None:
    void(told, CODES)
    for receiver in ("platform", "own"):
        (seals,), (labels,) = told_to(told, receiver, "seal_voided"), told_to(told, receiver, "paper_voided")
        assert seals["task"] == labels["task"] == "T1"
        assert [row["seal"] for row in seals["seals"]] == SEALS  # type: ignore[index, union-attr]
        assert [row["bar_code"] for row in labels["meters"]] == CODES  # type: ignore[index, union-attr]
    assert stream.consume(told, LATER_MS + 10) == 0
    platform = hear(told)
    assert heard(platform.records, "T1").sealed == {c: f"void {s}" for c, s in zip(CODES, SEALS, strict=True)}
    said = platform.records.rows("SELECT value FROM word WHERE what = 'certified' ORDER BY number")
    numbers = [papers.paper_number(n) for n in range(1, 7)]
    assert [value for (value,) in said] == [*numbers, *(f"void {number}" for number in numbers)]


def test_a_seal_without_a_meter_is_no_news_to_a_platform(told: Session) -> None:
    desk = Desk(told, LATER_MS + 5)
    ledger.void(desk, "F0000050", reason="lost", by="li")
    desk.close()
    happen(told)
    stream.consume(told, LATER_MS + 5)
    assert told_to(told, "platform", "seal_voided") == []
    (said,) = told_to(told, "own", "seal_voided")
    assert (said["task"], said["seals"][0]["seal"]) == ("", "F0000050")  # type: ignore[index]


def test_a_seal_that_was_void_before_its_box_was_packed_is_told_as_void_once(session: Session) -> None:
    receivers.seed(session, ALL, at_ms=0)
    task(session, state="cancelling")
    meters(session)
    desk = Desk(session, LATER_MS - 5)
    ledger.receive_range(desk, Span("F", 7, 1, 99), by="li")
    ledger.load(desk, cell="SE1", count=99, by="li")
    ledger.sealed(desk, "SE1", [ledger.Sealed(CODES[0], SEALS[0], "1")])
    ledger.void_of(desk, [CODES[0]], reason="task_cancelled", by="li")
    desk.close()
    happen(session, box("B1"))
    stream.consume(session, LATER_MS)
    assert told_to(session, "platform", "seal_voided") == []
    platform = hear(session)
    sealed = heard(platform.records, "T1").sealed
    assert sealed[CODES[0]] == f"void {SEALS[0]}" and sealed[CODES[1]] == SEALS[1]
    assert platform.records.rows("SELECT count(*) FROM word WHERE what = 'voided'") == [(1,)]


def test_a_new_verdict_of_another_task_voids_under_the_old_one_before_it_is_told(told: Session) -> None:
    told.connection().execute(sa.text("UPDATE verification_task SET state = 'finished' WHERE key = 'T1'"))
    task(told, "T2")
    finish(told, "r2", CODES, at_ms=LATER_MS + 50)
    happen(told, Fact("RunFinished", "r2", {"lot": 1}), at_ms=LATER_MS + 50)
    stream.consume(told, LATER_MS + 50)
    kinds = [(one.kind, one.task) for one in views.letters(told, receiver="platform")]
    assert kinds[-4:] == [
        ("paper_voided", "T1"), ("seal_voided", "T1"), ("test_result", "T2"), ("conclusion", "T2"),
    ] or kinds[-4:] == [
        ("seal_voided", "T1"), ("paper_voided", "T1"), ("test_result", "T2"), ("conclusion", "T2"),
    ]  # fmt: skip


def test_a_notice_of_result_is_no_label_and_needs_no_call(told: Session) -> None:
    finish(told, "r3", [CODES[0]], bad=[CODES[0]], attempt=2, at_ms=LATER_MS + 60)
    happen(told, Fact("RunFinished", "r3", {"lot": 1}), at_ms=LATER_MS + 60)
    stream.consume(told, LATER_MS + 60)
    void(told, [CODES[0]], reason="recalled", at_ms=LATER_MS + 70)
    said = told_to(told, "platform", "paper_voided")[-1]
    assert [row["kind"] for row in said["meters"]] == ["notice"]  # type: ignore[index, union-attr]
    assert calls_for("paper_voided", said, SITE, BOOK) == []
