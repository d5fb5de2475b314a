"""Facts become letters: once, in their order, to those who want them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.lab import LATER_MS, finish, meter, staff
from wcs import journal
from wcs.journal import Fact
from wms import consumer
from wms.desk import Desk
from wms.marketing import outbox, receivers, reconcile, sending, stream, views
from wms.marketing.gates import may_pack, offer
from wms.marketing.receivers import Receiver
from wms.marketing.rules import done
from wms.marketing.tables import DestinationRow, LetterRow, TaskRow
from wms.results import papers
from wms.rows import table
from wms.stock.tables import AssetRow, LotRow, ModelRow

CODES = [meter(n) for n in range(1, 7)]
ALL = [Receiver("bus", "cim", "http://x"), Receiver("own", "own", "http://x"),
       Receiver("platform", "platform", "http://x", gates=True)]  # fmt: skip
_letter, _lot, _asset = table(LetterRow), table(LotRow), table(AssetRow)


def task(session: Session, key: str = "T1", **of: object) -> None:
    row = {"key": key, "lot": "LOT-1", "state": "running", "created_ms": 1, "sender": "platform"} | of
    session.add(TaskRow(**row))
    session.flush()


def meters(session: Session, codes: list[str] = CODES) -> None:
    """Enter meters of LOT-1 that stand loose on a line."""
    connection = session.connection()
    lot = connection.execute(sa.insert(_lot), {"code": "LOT-1"}).inserted_primary_key[0]
    model = connection.execute(sa.select(table(ModelRow).c.code)).scalars().first()
    row = {"lot": lot, "model": model, "state": "on_line", "made_on": "", "verdict": 0, "seal": "", "verified_ms": 0}
    connection.execute(sa.insert(_asset), [row | {"bar_code": code, "box": None} for code in codes])


def happen(session: Session, *facts: Fact, at_ms: int = LATER_MS) -> None:
    """Book facts that the WMS has read already."""
    journal.append(session, at_ms, facts)
    last = session.connection().execute(sa.text("SELECT max(id) FROM fact")).scalar_one()
    journal.cursor_set(session, consumer.NAME, last)


def kinds(session: Session, receiver: str) -> list[str]:
    return [one.kind for one in views.letters(session, receiver=receiver)]


def packed(box: str, codes: list[str], verdict: int = 1) -> Fact:
    said = {"line": "VL1", "box": box, "pallet": "P1", "pile": 1, "verdict": verdict}
    return Fact("BoxPacked", box, said | {"meters": [[code, verdict, f"S{code[-6:]}"] for code in codes]})


def test_results_go_up_sub_items_first_then_what_is_final_and_once(session: Session) -> None:
    receivers.seed(session, ALL, at_ms=0)
    staff(session)
    task(session)
    finish(session, "r1", CODES, bad=[CODES[1]])
    happen(session, Fact("RunFinished", "r1", {"lot": 1}))
    assert stream.consume(session, LATER_MS) > 0
    assert stream.consume(session, LATER_MS) == 0
    assert kinds(session, "platform") == ["test_result", "conclusion"] == kinds(session, "bus")
    first, second = (views.letter(session, one.number) for one in views.letters(session, receiver="platform"))
    assert first.task == "T1" and first.bars == CODES
    (item,) = first.body["meters"][1]["items"]
    assert (item["item"], item["verdict"], item["points"][0]["value"]) == ("intrinsic_error", "fail", "3.1")
    assert CODES[1] not in second.bars  # it has failed once, and is tested again elsewhere
    assert second.body["meters"][0]["certificate"] == papers.paper_number(1)
    finish(session, "r2", [CODES[1]], bad=[CODES[1]], attempt=2, at_ms=LATER_MS + 1)
    happen(session, Fact("RunFinished", "r2", {"lot": 1}))
    stream.consume(session, LATER_MS + 1)
    last = views.letter(session, views.letters(session, receiver="platform")[-1].number)
    assert (last.kind, last.bars, last.body["meters"][0]["verdict"]) == ("conclusion", [CODES[1]], "fail")


def test_late_results_go_up_marked(session: Session) -> None:
    receivers.seed(session, ALL, at_ms=0)
    staff(session)
    task(session, state="cancelled", ended_ms=5)
    finish(session, "r1", CODES)
    happen(session, Fact("RunFinished", "r1", {"lot": 1}))
    stream.consume(session, LATER_MS)
    letters = [views.letter(session, one.number) for one in views.letters(session, receiver="platform")]
    assert [(one.kind, one.body["late"], one.body["of"]) for one in letters] == [
        ("late_result", True, "test_result"), ("late_result", True, "conclusion"),
    ]  # fmt: skip


def test_a_site_without_receivers_writes_nothing_and_has_no_gate(session: Session) -> None:
    task(session)
    meters(session)
    happen(session, packed("B1", CODES))
    assert stream.consume(session, LATER_MS) > 0
    assert views.letters(session) == []
    assert may_pack(Desk(session, 1), "LOT-1", 1) is None
    receivers.seed(session, [Receiver("own", "own")], at_ms=9)
    happen(session, packed("B2", CODES))
    stream.consume(session, LATER_MS)
    assert {one.subject for one in views.letters(session)} == {"B2"}


def test_a_packed_box_takes_the_oldest_code_and_the_gate_shuts_behind_the_last(session: Session) -> None:
    receivers.seed(session, ALL, at_ms=0)
    task(session)
    meters(session)
    desk = Desk(session, 1)
    assert offer(desk, "T1", 1, ["D1", "D2", "D1"]) == 2
    assert offer(desk, "T1", 1, ["D2"]) == 0
    assert may_pack(desk, "LOT-1", 1) is None
    happen(session, packed("B1", CODES[:3]), packed("B2", CODES[3:5]), packed("B3", CODES[5:], verdict=2))
    stream.consume(session, LATER_MS)
    shown = views.letters(session, receiver="platform", kind="box_packed")
    bodies = [views.letter(session, one.number).body for one in shown]
    assert [(one["box"], one["code"], one["verdict"]) for one in bodies] == [
        ("B1", "D1", "pass"), ("B2", "D2", "pass"), ("B3", "", "fail"),
    ]  # fmt: skip
    why = may_pack(desk, "LOT-1", 1)
    assert why is not None and why.code == "no_destination_code"
    assert may_pack(desk, "LOT-1", 2) is None
    used = session.connection().execute(sa.select(table(DestinationRow).c.box).order_by(sa.text("number")))
    assert list(used.scalars()) == ["B1", "B2"]
    assert kinds(session, "platform") == ["conclusion", "seals_used", "box_packed"] * 3


def test_the_last_word_of_a_task_comes_last_and_only_the_platform_that_asked_hears_it(session: Session) -> None:
    receivers.seed(session, [*ALL, Receiver("other", "platform", "http://y")], at_ms=0)
    task(session, order=7)
    meters(session)
    counts = {"passed": 6, "failed": 0, "unverified": 0, "missing": 0}
    happen(session, packed("B1", CODES), Fact("LotCompleted", "LOT-1", {"order": 7, "line": "VL1", **counts}))
    stream.consume(session, LATER_MS)
    assert kinds(session, "platform")[-1] == "task_finished" and kinds(session, "other") == []
    order: list[str] = []
    while found := sending.due(session, "platform", at_ms=LATER_MS + 1, limit=8):
        order += [one.kind for one in found]
        for one in found:
            sending.answered(Desk(session, LATER_MS + 1), one.number, done())
    assert order == kinds(session, "platform")


def test_both_sides_are_compared_by_bar_code(session: Session) -> None:
    receivers.seed(session, ALL, at_ms=0)
    task(session)
    meters(session)
    happen(session, packed("B1", CODES))
    stream.consume(session, LATER_MS)
    seal = "S" + sa.func.substr(_asset.c.bar_code, 17)
    booked = {"verdict": 1, "verified_ms": LATER_MS, "seal": seal}
    session.connection().execute(sa.update(_asset).values(**booked))
    before = reconcile.account(session, "T1", "platform")
    assert before.open == 3 and before.theirs["concluded"] == 0 and len(before.differences) == 12
    for one in views.letters(session, receiver="platform"):
        sending.answered(Desk(session, LATER_MS), one.number, done())
    after = reconcile.account(session, "T1", "platform")
    assert {one.what for one in after.differences} == {"packed"}  # the books have them loose: nobody has booked the box
    theirs = reconcile.Side(concluded=dict.fromkeys(CODES, "pass") | {CODES[2]: "fail"})
    found = reconcile.account(session, "T1", "platform", theirs=theirs).differences
    assert [one for one in found if one.what == "concluded"] == [
        reconcile.Difference(CODES[2], "concluded", "pass", "fail")
    ]
    assert outbox.receivers(session) == {"bus": "cim", "own": "own", "platform": "platform"}
