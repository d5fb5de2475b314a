"""What becomes of letters when receivers, readers and people do what nobody has asked them to."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import outbox, receivers, sending, splitting, views
from wms.marketing.receivers import Receiver
from wms.marketing.rules import LAST_WORDS, MOST_ATTEMPTS, away, later, refused, taken_but

LONGEST_KEY_ON_A_WIRE = 200


def named(session: Session, *known: tuple[str, str]) -> Desk:
    receivers.seed(session, [Receiver(name, "own", url) for name, url in known], at_ms=0)
    return Desk(session, 1)


def post(desk: Desk, key: str, *bars: str, to: str = "far", kind: str = "box_packed", task: str = "T") -> int:
    return outbox.post(desk, receiver=to, kind=kind, key=key, body={"bars": list(bars)}, task=task, bars=bars)


def test_an_outage_kills_no_letter_and_the_last_word_waits_for_the_dead(session: Session) -> None:
    desk = named(session, ("far", "http://x"))
    first, last = post(desk, "a", "1"), post(desk, "b", kind=min(LAST_WORDS))
    at_ms = 1
    for _ in range(3 * MOST_ATTEMPTS):
        at_ms += 800_000
        assert [one.number for one in sending.due(session, "far", at_ms=at_ms, limit=8)] == [first]
        sending.sent(session, first)
        assert sending.answered(Desk(session, at_ms), first, away("nobody")) == "waiting"
    for _ in range(MOST_ATTEMPTS):
        at_ms += 800_000
        sending.sent(session, first)
        state = sending.answered(Desk(session, at_ms), first, later("HTTP 500"))
    assert state == "dead"
    with pytest.raises(Refused, match="letter_may_be_taken"):
        splitting.mend(Desk(session, at_ms), first, {"bars": []}, by="me")
    assert sending.due(session, "far", at_ms=at_ms + 800_000, limit=8) == []
    waits = views.letter(session, last).why
    assert waits is not None and (waits.code, waits.params) == ("letter_behind_dead", {"letter": first})
    splitting.drop(Desk(session, at_ms), first, reason="told by telephone", by="me")
    assert [one.number for one in sending.due(session, "far", at_ms=at_ms, limit=8)] == [last]


def test_a_receiver_that_refuses_each_meter_in_turn_hears_of_each_once_under_a_key_of_bearable_length(
    session: Session,
) -> None:
    desk, bars = named(session, ("far", "http://x")), [f"{n:022}" for n in range(60)]
    post(desk, "box_packed:1", *bars)
    post(desk, "box_packed:2", "after")
    for n, code in enumerate(bars):
        (head,) = sending.due(session, "far", at_ms=2, limit=8)
        assert head.body == {"bars": bars[n:]} and len(head.key) < LONGEST_KEY_ON_A_WIRE
        sending.sent(session, head.number)
        sending.answered(desk, head.number, refused("no", (code, code[:-1], "999")))
    (head,) = sending.due(session, "far", at_ms=2, limit=8)
    assert head.key == "box_packed:2"
    dead = views.letters(session, state="dead")
    assert sorted(outbox.bars_of(session, one.number) for one in dead) == [[code] for code in bars]
    assert len({one.key for one in dead}) == len(bars)


@pytest.mark.parametrize("bars", [("1", "2"), ("3",), ("11",), ()])
def test_a_letter_refused_for_all_or_for_none_of_its_meters_is_dead_as_a_whole(
    session: Session, bars: tuple[str, ...]
) -> None:
    desk = named(session, ("far", "http://x"))
    number = post(desk, "a", "1", "2")
    assert sending.answered(desk, number, refused("no", bars)) == "dead"
    assert outbox.bars_of(session, number) == ["1", "2"]
    splitting.resend(desk, number, by="me")  # and if it thinks better of it, the same letter goes
    assert [one.key for one in sending.due(session, "far", at_ms=2, limit=8)] == ["a"]


def test_what_was_taken_without_some_meters_is_not_told_again(session: Session) -> None:
    desk = named(session, ("far", "http://x"))
    number = post(desk, "a", "1", "2", "3")
    assert sending.answered(desk, number, taken_but("one unknown", ("2",))) == "mended"
    assert sending.due(session, "far", at_ms=10, limit=8) == []
    assert [(one.state, outbox.bars_of(session, one.number)) for one in views.letters(session)] == [
        ("mended", ["1", "2", "3"]), ("done", ["1", "3"]), ("dead", ["2"]),
    ]  # fmt: skip


def test_a_reader_passes_dead_letters_and_gets_those_that_are_sent_again_by_their_own_key(session: Session) -> None:
    desk = named(session, ("far", "http://x"))
    dead = [post(desk, f"d{n}", f"{n}") for n in range(3)]
    for number in dead:
        sending.answered(desk, number, refused("no"))
    last = post(desk, "z", "9")
    named(session, ("far", ""))
    assert [one.key for one in outbox.to_be_fetched(session, "far", after=0, limit=2)] == ["z"]
    with pytest.raises(Refused, match="unknown_letter"):
        sending.fetched(desk, "far", up_to=last + 1)
    assert [sending.fetched(desk, "far", up_to=n) for n in (last, last, 1)] == [1, 0, 0]
    splitting.resend(desk, dead[0], by="me")
    (again,) = outbox.to_be_fetched(session, "far", after=last, limit=9)
    assert (again.key, again.body) == ("d0", {"bars": ["0"]})
    assert views.letter(session, dead[0]).state == "mended"


@pytest.mark.parametrize(
    "body",
    [
        {"meters": 5}, {"meters": ["1"]}, {"bars": [[]]}, {"bars": 7}, {"bars": ["1", ""]}, {"bars": ["1\x00"]},
        {"bars": ["1"], "x": float("nan")}, {"bars": ["1"], "x": "\ud800"}, {"bars": ["1" * 65]},
        {"meters": [{"bar_code": None, "verdict": "pass"}] * 2, "bars": [None]},
    ],
)  # fmt: skip
def test_a_letter_is_not_mended_into_what_nobody_can_read(session: Session, body: dict[str, Any]) -> None:
    desk = named(session, ("far", "http://x"))
    number = post(desk, "a", "1")
    sending.answered(desk, number, refused("no"))
    with pytest.raises(Refused, match="letter_unreadable"):
        splitting.mend(desk, number, body, by="me")
    assert views.letter(session, number).state == "dead"


def test_who_mends_a_bar_code_finds_the_letter_by_the_new_one_and_the_journal_knows_the_old(session: Session) -> None:
    desk = named(session, ("far", "http://x"))
    number = post(desk, "a", "1", "2")
    sending.answered(desk, number, refused("no"))
    new = splitting.mend(desk, number, {"bars": ["1", "3"]}, by="me")
    desk.close()
    assert [one.number for one in views.letters(session, bar_code="3")] == [new]
    payload = sa.text("SELECT payload FROM fact WHERE kind = 'LetterMended'")
    assert '"left_out":["2"]' in str(session.connection().execute(payload).scalar())


def test_a_receiver_that_has_moved_is_tried_at_once(session: Session) -> None:
    desk = named(session, ("far", "http://x"))
    number = post(desk, "a", "1")
    sending.sent(session, number)
    sending.answered(desk, number, away("nobody"))
    named(session, ("far", "http://x"))
    assert sending.due(session, "far", at_ms=2, limit=8) == []
    named(session, ("far", "http://y"))
    assert [one.number for one in outbox.next_due(session, "far", at_ms=10**6)] == [number]
    assert views.receivers(session)[0].retry_ms == 0


def test_who_is_not_named_any_more_keeps_its_letters_and_gets_them_when_it_is_back(session: Session) -> None:
    desk = named(session, ("far", "http://x"), ("near", "http://x"))
    number = post(desk, "a", "1")
    named(session, ("near", "http://x"))
    assert sending.due(session, "far", at_ms=10**9, limit=8) == []
    waits = views.letter(session, number).why
    assert waits is not None and waits.code == "letter_receiver_off"
    with pytest.raises(Refused, match="unknown_receiver"):
        sending.test(desk, "far", by="me")
    named(session, ("far", "http://x"), ("near", "http://x"))
    assert [one.number for one in sending.due(session, "far", at_ms=10**9, limit=8)] == [number]
