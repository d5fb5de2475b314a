"""What became of a letter that was sent: taken, refused, to be sent again, or nobody was there.

Each call works in the caller's transaction and may be repeated: what is booked already stays so.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import gates, outbox, splitting
from wms.marketing.outbox import Letter, row_of
from wms.marketing.rules import Answer, back_off_ms, is_given_up, shortened
from wms.marketing.tables import LetterRow, ReceiverRow
from wms.rows import table

_letter, _receiver = table(LetterRow), table(ReceiverRow)
OPEN = ("waiting", "sent")


def sent(session: Session, *numbers: int) -> None:
    """Book that letters go out now: if nothing more is heard of them they are sent again, under the same keys."""
    mine = sa.update(_letter).where(_letter.c.number.in_(numbers), _letter.c.state.in_(OPEN))
    session.connection().execute(mine.values(state="sent", attempts=_letter.c.attempts + 1))


def answered(desk: Desk, number: int, answer: Answer) -> str:
    """Book what the receiver has said to a letter and return the state that it is in now.

    A late answer to a letter that is done, mended or dropped changes nothing.
    """
    row = row_of(desk.session, number)
    if row.state not in OPEN:
        return str(row.state)
    retry_ms = _heard(desk, row.receiver, answer)
    match answer.meaning:
        case "done":
            return _end(desk, row, "done", answer.words)
        case "refused" | "taken_but" if few := splitting.refused_only(desk.session, row, answer.bars):
            splitting.split(desk, row, few, words=answer.words, taken=answer.meaning == "taken_but")
            return "mended"
        case "refused" | "taken_but":
            why = "letter_meters_refused" if answer.bars else "letter_refused"
            return _end(desk, row, "dead", answer.words, reason=why)
        case "later" if is_given_up(row.attempts):
            return _end(desk, row, "dead", answer.words, reason="letter_tried_too_often")
        case "later":
            due_ms = desk.at_ms + back_off_ms(row.attempts, row.key)
            return _again(desk, row, answer, attempts=row.attempts, due_ms=due_ms)
        case _:  # nobody has looked at the letter: that is not its fault
            return _again(desk, row, answer, attempts=max(0, row.attempts - 1), due_ms=retry_ms)


def fetched(desk: Desk, receiver: str, *, up_to: int) -> int:
    """Book that a receiver who fetches its letters has all up to a number; return how many are news.

    Raises Refused for a receiver that is unknown or sent to, and for a number that no letter to it has yet.
    """
    row = desk.connection.execute(sa.select(_receiver).where(_receiver.c.name == receiver)).first()
    if row is None or row.url:
        raise Refused("unknown_receiver", receiver=receiver)
    last = sa.select(sa.func.coalesce(sa.func.max(_letter.c.number), 0)).where(_letter.c.receiver == receiver)
    if up_to > int(desk.connection.execute(last).scalar_one()):
        raise Refused("unknown_letter", letter=up_to)
    mine = sa.update(_letter).where(_letter.c.receiver == receiver, _letter.c.number <= up_to)
    mine = mine.where(_letter.c.state.in_(OPEN)).values(state="done", done_ms=max(1, desk.at_ms))
    news = desk.connection.execute(mine).rowcount
    if news:
        gates.taken(desk, receiver)
    return news


def test(desk: Desk, receiver: str, *, by: str) -> int:
    """Write a letter that only asks whether somebody is there, and return its number; raises Refused.

    It goes at once, whatever the receiver's back-off says, and in a line of its own.
    """
    row = desk.connection.execute(sa.select(_receiver).where(_receiver.c.name == receiver)).first()
    if row is None or not row.enabled:
        raise Refused("unknown_receiver", receiver=receiver)
    last = sa.select(sa.func.coalesce(sa.func.max(_letter.c.number), 0))
    key = f"test:{int(desk.connection.execute(last).scalar_one()) + 1}"
    known = sa.update(_receiver).where(_receiver.c.name == receiver)
    desk.connection.execute(known.values(retry_ms=desk.at_ms))
    body = {"by": by, "at_ms": desk.at_ms}
    return outbox.post(desk, receiver=receiver, kind="test", key=key, body=body, task="test")


def due(session: Session, receiver: str, *, at_ms: int, limit: int) -> list[Letter]:
    """Return the letters to be sent now: up to `limit`, or one alone to find out whether a receiver is back.

    None for a receiver that is not written to, or that fetches its letters itself.
    """
    row = session.connection().execute(sa.select(_receiver).where(_receiver.c.name == receiver)).first()
    if row is None or not row.enabled or not row.url or row.retry_ms > at_ms:
        return []
    if row.online:
        return outbox.next_due(session, receiver, at_ms=at_ms, limit=limit)
    return outbox.next_due(session, receiver, at_ms=at_ms, limit=1, knocking=True)


def _end(desk: Desk, row: Any, state: str, words: str, *, reason: str = "") -> str:
    values = {"state": state, "done_ms": max(1, desk.at_ms), "answer": shortened(words), "reason": reason}
    desk.connection.execute(sa.update(_letter).where(_letter.c.number == row.number).values(**values))
    if state == "done" and row.kind == gates.BOX_PACKED:
        gates.taken(desk, row.receiver)
    if state == "dead":
        desk.book(
            "LetterDead", str(row.number), receiver=row.receiver, letter=row.kind, key=row.key, task=row.task,
            reason=reason, words=shortened(words), attempts=row.attempts,
        )  # fmt: skip
    return state


def _again(desk: Desk, row: Any, answer: Answer, *, attempts: int, due_ms: int) -> str:
    reason = "letter_receiver_away" if answer.meaning == "away" else "letter_answered_wrongly"
    values = {"state": "waiting", "due_ms": due_ms, "attempts": attempts, "answer": shortened(answer.words)}
    desk.connection.execute(sa.update(_letter).where(_letter.c.number == row.number).values(**values, reason=reason))
    return "waiting"


def _heard(desk: Desk, receiver: str, answer: Answer) -> int:
    """Remember whether a receiver answers at all, and return when it is tried again if it does not.

    While it does not, one letter alone is tried, ever more rarely, whatever the single letters would wait.
    """
    row = desk.connection.execute(sa.select(_receiver).where(_receiver.c.name == receiver).with_for_update()).one()
    there = answer.meaning != "away"
    if not there and not row.online and row.retry_ms > desk.at_ms:
        return int(row.retry_ms)  # of the same round: eight letters without an answer are one silence
    values: dict[str, Any] = {"online": there, "since_ms": row.since_ms if row.online == there else desk.at_ms}
    if there:
        values |= {"last_ok_ms": desk.at_ms, "failures": 0, "retry_ms": 0}
    else:
        failures = row.failures + 1
        retry_ms = desk.at_ms + back_off_ms(failures, receiver)
        values |= {"failures": failures, "retry_ms": retry_ms, "last_error": shortened(answer.words)}
    desk.connection.execute(sa.update(_receiver).where(_receiver.c.name == receiver).values(**values))
    if row.online != there:
        desk.book("ReceiverBack" if there else "ReceiverAway", receiver, words=shortened(answer.words))
    return int(values["retry_ms"])
