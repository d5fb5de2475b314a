"""Letters that are replaced: split because some meters were refused, mended, sent again or given up by a person."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.journal import canonical
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import outbox
from wms.marketing.rules import shortened
from wms.marketing.tables import LetterRow
from wms.rows import table

_letter = table(LetterRow)
ROWS = ("meters", "seals")
"""Lists in a body whose rows are of one meter each, by its `bar_code`."""
REFUSED = ("letter_refused", "letter_meters_refused")
CODES = ("bars",)
"""Lists in a body that hold bar codes alone."""


def refused_only(session: Session, row: Any, bars: Sequence[str]) -> list[str]:
    """Return the refused meters of a letter if there are others in it that may pass, else none."""
    mine = outbox.bars_of(session, row.number)
    few = [code for code in dict.fromkeys(bars) if code in set(mine)]
    return few if 0 < len(few) < len(mine) and _is_divisible(json.loads(row.body)) else []


def split(desk: Desk, row: Any, refused: Collection[str], *, words: str) -> tuple[int, int]:
    """Let the rest of a letter pass and keep the refused meters as a dead one; return both numbers.

    The rest takes the place in the line that the whole had. Both have keys of their own: what a receiver has refused
    under a key it may remember.
    """
    bars, body = outbox.bars_of(desk.session, row.number), json.loads(row.body)
    good = _stand_in(desk, row, part(body, refused, keep=False), [b for b in bars if b not in refused], mark="pass")
    bad = _stand_in(desk, row, part(body, refused, keep=True), [b for b in bars if b in refused], mark="part")
    why = {"state": "dead", "reason": "letter_meters_refused", "answer": shortened(words)}
    _set(desk, bad, **why, done_ms=max(1, desk.at_ms))
    _set(desk, row.number, state="mended", done_ms=max(1, desk.at_ms), answer=shortened(words))
    desk.book("LetterSplit", str(row.number), rest=good, refused=bad, meters=len(refused), words=shortened(words))
    return good, bad


def mend(desk: Desk, number: int, body: Mapping[str, Any], *, by: str, anyway: bool = False) -> int:
    """Write what a dead letter should have said and return the letter that stands for it; audited.

    Raises Refused for a letter that is not dead, if it would say the same, and for one that was never refused: its
    receiver may have taken it, and would take the mended one as well. `anyway` says that somebody has made sure.
    """
    row = _dead(desk, number)
    if row.reason not in REFUSED and not anyway:
        raise Refused("letter_may_be_taken", letter=number, receiver=row.receiver)
    if canonical(body) == row.body:
        raise Refused("letter_unchanged", letter=number)
    bars = [code for code in outbox.bars_of(desk.session, number) if code in named_in(body)]
    new = _stand_in(desk, row, body, bars, mark="mend")
    _set(desk, number, state="mended")
    desk.book("LetterMended", str(number), letter=new, by=by)
    return new


def resend(desk: Desk, number: int, *, by: str) -> None:
    """Send a dead letter again as it is, under its own key; raises Refused for one that is not dead."""
    _dead(desk, number)
    again = {"state": "waiting", "attempts": 0, "due_ms": desk.at_ms, "done_ms": 0, "reason": ""}
    _set(desk, number, **again)
    desk.book("LetterResent", str(number), by=by)


def drop(desk: Desk, number: int, *, reason: str, by: str) -> None:
    """Give a dead letter up, so that what ends its task may go; raises Refused for one that is not dead."""
    row = _dead(desk, number)
    _set(desk, number, state="dropped")
    desk.book("LetterDropped", str(number), task=row.task, reason=reason, by=by)


def part(body: Mapping[str, Any], codes: Collection[str], *, keep: bool) -> dict[str, Any]:
    """Return a body with the rows of `codes` alone, or with all others.

    >>> part({"meters": [{"bar_code": "1"}, {"bar_code": "2"}], "bars": ["1", "2"]}, {"2"}, keep=False)
    {'meters': [{'bar_code': '1'}], 'bars': ['1']}
    """
    found = dict(body)
    for name in ROWS:
        if name in found:
            found[name] = [one for one in found[name] if (one["bar_code"] in codes) == keep]
    for name in CODES:
        if name in found:
            found[name] = [code for code in found[name] if (code in codes) == keep]
    return found


def named_in(body: Mapping[str, Any]) -> set[str]:
    """Return the meters that a body names."""
    rows = {str(one.get("bar_code", "")) for name in ROWS for one in body.get(name, ())}
    plain = {str(code) for name in CODES for code in body.get(name, ())}
    single = {str(body["bar_code"])} if "bar_code" in body else set[str]()
    return rows | plain | single


def _is_divisible(body: Mapping[str, Any]) -> bool:
    return any(name in body for name in (*ROWS, *CODES))


def _stand_in(desk: Desk, row: Any, body: Mapping[str, Any], bars: Sequence[str], *, mark: str) -> int:
    """Write a letter in the place of another; its key tells which, and the how-many-eth it is."""
    older = sa.select(sa.func.count()).select_from(_letter).where(_letter.c.stands_for == row.number)
    nth = int(desk.connection.execute(older).scalar() or 0) + 1
    values = {name: getattr(row, name) for name in ("receiver", "kind", "task", "subject", "turn")}
    values |= {"key": f"{row.key}.{mark}{nth}", "body": canonical(body), "due_ms": desk.at_ms}
    number = outbox.insert(desk, values | {"stands_for": row.number}, bars)
    if number is None:
        raise Refused("key_with_other_body", key=values["key"], sender=row.receiver)
    return number


def _dead(desk: Desk, number: int) -> Any:
    row = outbox.row_of(desk.session, number)
    if row.state != "dead":
        raise Refused("letter_is", letter=number, state=row.state)
    return row


def _set(desk: Desk, number: int, **values: Any) -> None:
    desk.connection.execute(sa.update(_letter).where(_letter.c.number == number).values(**values))
