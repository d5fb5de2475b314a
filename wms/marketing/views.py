"""What anybody may read of the link: receivers with their queues, letters and why they wait, what came in."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.marketing.rules import LAST_WORDS
from wms.marketing.tables import OPEN_LETTER, LetterBarRow, LetterRow, ReceivedRow, ReceiverRow
from wms.rows import table

_letter, _bar, _receiver = table(LetterRow), table(LetterBarRow), table(ReceiverRow)
_received = table(ReceivedRow)
OPEN = ("waiting", "sent")
_p = sa.bindparam
_in_line = sa.select(_letter.c.number).where(
    _letter.c.receiver == _p("of_receiver"), _letter.c.task == _p("of_task"), sa.text(OPEN_LETTER)
)
_ahead = (
    _in_line.where(sa.tuple_(_letter.c.turn, _letter.c.number) < sa.tuple_(_p("turn_is"), _p("number_is")))
    .order_by(_letter.c.turn, _letter.c.number)
    .limit(1)
)
_dead = (
    sa.select(_letter.c.number)
    .where(_letter.c.receiver == _p("of_receiver"), _letter.c.task == _p("of_task"), sa.text("state = 'dead'"))
    .order_by(_letter.c.number)
    .limit(1)
)


class WhyView(BaseModel):
    """Why a letter waits or is dead: a code with its values, the text is `reason.<code>`."""

    code: str
    params: dict[str, Any]


class ReceiverView(BaseModel):
    """A receiver with its queue. `oldest_ms` is when the oldest waiting letter was written, 0 for none."""

    name: str
    profile: str
    url: str
    enabled: bool
    gates: bool
    online: bool
    since_ms: int
    last_ok_ms: int
    last_error: str
    retry_ms: int
    waiting: int
    dead: int
    done: int
    oldest_ms: int


class LetterView(BaseModel):
    """A letter in one line; `why` tells what it waits for, or why it is dead."""

    number: int
    receiver: str
    kind: str
    key: str
    task: str
    subject: str
    state: str
    attempts: int
    due_ms: int
    created_ms: int
    done_ms: int
    answer: str
    stands_for: int
    why: WhyView | None


class LetterBody(LetterView):
    """A letter with what it says and of which meters."""

    body: dict[str, Any]
    bars: list[str]


class ReceivedView(BaseModel):
    """A message that came in, and what was answered."""

    number: int
    sender: str
    kind: str
    key: str
    task: str
    body: dict[str, Any]
    answer: dict[str, Any]
    at_ms: int


def receivers(session: Session) -> list[ReceiverView]:
    """Return everybody who is or was written to, by name."""
    count: dict[str, dict[str, int]] = {}
    grouped = sa.select(_letter.c.state, _letter.c.receiver, sa.func.count()).group_by(
        _letter.c.state, _letter.c.receiver
    )
    for state, name, n in session.connection().execute(grouped):
        count.setdefault(name, {})[state] = n
    first = sa.select(sa.func.min(_letter.c.number)).where(_letter.c.state.in_(OPEN))
    first = first.group_by(_letter.c.state, _letter.c.receiver).scalar_subquery()
    waiting = sa.select(_letter.c.receiver, sa.func.min(_letter.c.created_ms)).where(_letter.c.number.in_(first))
    oldest = {name: ms for name, ms in session.connection().execute(waiting.group_by(_letter.c.receiver))}
    return [
        ReceiverView.model_validate(dict(row) | _queue(count.get(row["name"], {}), oldest.get(row["name"], 0)))
        for row in session.connection().execute(sa.select(_receiver).order_by(_receiver.c.name)).mappings()
    ]


def letters(
    session: Session, *, receiver: str = "", task: str = "", bar_code: str = "", state: str = "", kind: str = "",
    after: int = 0, limit: int = 200, newest: bool = False,
) -> list[LetterView]:  # fmt: skip
    """Return letters by what is asked for; `newest` gives the last ones first, else those behind a number."""
    # NOTE: most letters are done; those in any other state are found by their index, not by walking past the done ones
    number = _letter.c.number + 0 if state and state != "done" else _letter.c.number
    found = sa.select(_letter.c.number).where(number > after)
    wanted = {"receiver": receiver, "task": task, "state": state, "kind": kind}
    for column, value in wanted.items():
        found = found.where(_letter.c[column] == value) if value else found
    if bar_code:
        found = found.where(_letter.c.number.in_(sa.select(_bar.c.letter).where(_bar.c.bar_code == bar_code)))
    found = found.order_by(number.desc() if newest else number).limit(limit)
    query = sa.select(_letter).where(_letter.c.number.in_(found))
    query = query.order_by(_letter.c.number.desc() if newest else _letter.c.number)
    return [_view(session, row) for row in session.connection().execute(query)]


def letter(session: Session, number: int) -> LetterBody:
    """Return a letter with its body; raises Refused for an unknown one."""
    row = session.connection().execute(sa.select(_letter).where(_letter.c.number == number)).first()
    if row is None:
        raise Refused("unknown_letter", letter=number)
    bars = session.connection().execute(sa.select(_bar.c.bar_code).where(_bar.c.letter == number))
    rest = {"body": json.loads(row.body or "{}"), "bars": sorted(bars.scalars())}
    return LetterBody.model_validate(_view(session, row).model_dump() | rest)


def received(
    session: Session, *, sender: str = "", task: str = "", after: int = 0, limit: int = 200, newest: bool = False
) -> list[ReceivedView]:  # fmt: skip
    """Return messages that came in."""
    query = sa.select(_received).where(_received.c.number > after).limit(limit)
    for column, value in {"sender": sender, "task": task}.items():
        query = query.where(_received.c[column] == value) if value else query
    query = query.order_by(_received.c.number.desc() if newest else _received.c.number)
    rows = session.connection().execute(query).mappings()
    return [
        ReceivedView.model_validate(
            dict(row) | {"body": json.loads(row["body"]), "answer": json.loads(row["answer"])}
        )
        for row in rows
    ]  # fmt: skip


def why(session: Session, row: Any) -> WhyView | None:
    """Return what a letter waits for, or why it is dead; None for one that is over."""
    said = {"receiver": row.receiver, "words": row.answer, "attempts": row.attempts}
    if row.state == "dead":
        return WhyView(code=row.reason, params=said)
    if row.state not in OPEN:
        return None
    to = session.connection().execute(sa.select(_receiver).where(_receiver.c.name == row.receiver)).one()
    place = {"of_receiver": row.receiver, "of_task": row.task}
    behind = {**place, "turn_is": row.turn, "number_is": row.number}
    if not to.enabled:
        return WhyView(code="letter_receiver_off", params=said)
    if not to.url:
        return WhyView(code="letter_to_be_fetched", params=said)
    if (ahead := session.connection().execute(_ahead, behind).scalar()) is not None:
        return WhyView(code="letter_behind", params={"letter": ahead})
    if row.kind in LAST_WORDS and (dead := session.connection().execute(_dead, place).scalar()) is not None:
        return WhyView(code="letter_behind_dead", params={"letter": dead})
    if not to.online:
        return WhyView(code="letter_receiver_away", params=said | {"words": to.last_error})
    if row.state == "sent":
        return WhyView(code="letter_on_the_wire", params=said)
    return WhyView(code=row.reason or "letter_new", params=said)


def _view(session: Session, row: Any) -> LetterView:
    names = LetterView.model_fields.keys() - {"why"}
    return LetterView.model_validate({name: getattr(row, name) for name in names} | {"why": why(session, row)})


def _queue(count: dict[str, int], oldest_ms: int) -> dict[str, int]:
    waiting = count.get("waiting", 0) + count.get("sent", 0)
    return {"waiting": waiting, "dead": count.get("dead", 0), "done": count.get("done", 0), "oldest_ms": oldest_ms}
