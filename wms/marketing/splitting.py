"""Letters that are replaced: split because some meters were refused, mended, sent again or given up by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.journal import canonical
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import gates, outbox
from wms.marketing.rules import shortened
from wms.marketing.tables import LetterRow, ReceiverRow
from wms.rows import table

_letter, _receiver = table(LetterRow), table(ReceiverRow)
LONGEST_CODE = 64
ROWS = ("meters", "seals")
"""Lists in a body whose rows are of one meter each, by its `bar_code`."""
REFUSED = ("letter_refused", "letter_meters_refused")
_STANDS_FOR = re.compile(r"(\.(pass|part|mend)\d+)+$")
CODES = ("bars",)
"""Lists in a body that hold bar codes alone."""


def first_key(key: str) -> str:
    """Return the key of the letter that stood first where one with this key stands.

    >>> first_key("box_packed:81.part7"), first_key("box_packed:81")
    ('box_packed:81', 'box_packed:81')
    """
    return _STANDS_FOR.sub("", key)


def refused_only(session: Session, row: Any, bars: Sequence[str]) -> list[str]:
    """Return the refused meters of a letter if there are others in it that may pass, else none."""
    mine = outbox.bars_of(session, row.number)
    few = [code for code in dict.fromkeys(bars) if code in set(mine)]
    return few if 0 < len(few) < len(mine) and _is_divisible(json.loads(row.body)) else []


def split(desk: Desk, row: Any, refused: Collection[str], *, words: str, taken: bool = False) -> tuple[int, int]:
    """Let the rest of a letter pass and keep the refused meters as a dead one; return both numbers.

    The rest takes the place in the line that the whole had; if the receiver has taken it already (`taken`) it is done.
    Both have keys of their own: what a receiver has refused under a key it may remember.
    """
    bars, body = outbox.bars_of(desk.session, row.number), json.loads(row.body)
    good = _stand_in(desk, row, part(body, refused, keep=False), [b for b in bars if b not in refused], mark="pass")
    bad = _stand_in(desk, row, part(body, refused, keep=True), [b for b in bars if b in refused], mark="part")
    why = {"state": "dead", "reason": "letter_meters_refused", "answer": shortened(words)}
    _set(desk, bad, **why, done_ms=max(1, desk.at_ms))
    if taken:
        _set(desk, good, state="done", answer=shortened(words), done_ms=max(1, desk.at_ms))
    _set(desk, row.number, state="mended", done_ms=max(1, desk.at_ms), answer=shortened(words))
    desk.book("LetterSplit", str(row.number), rest=good, refused=bad, meters=len(refused), words=shortened(words))
    return good, bad


def mend(desk: Desk, number: int, body: Mapping[str, Any], *, by: str, anyway: bool = False) -> int:
    """Write what a dead letter should have said and return the letter that stands for it; audited.

    Raises Refused for a letter that is not dead, for a body that cannot be said, if it would say the same, and for one
    that was never refused: its receiver may have taken it, and would take the mended one as well. `anyway` says that
    somebody has made sure.
    """
    row = _dead(desk, number)
    if row.reason not in REFUSED and not anyway:
        raise Refused("letter_may_be_taken", letter=number, receiver=row.receiver)
    if canonical(body) == row.body:
        raise Refused("letter_unchanged", letter=number)
    named = _must_be_readable(body, number)
    left_out = [code for code in outbox.bars_of(desk.session, number) if code not in named]
    new = _stand_in(desk, row, body, sorted(named), mark="mend")
    _set(desk, number, state="mended")
    desk.book("LetterMended", str(number), letter=new, by=by, left_out=left_out)
    return new


def resend(desk: Desk, number: int, *, by: str) -> None:
    """Send a dead letter again as it is, under its own key; raises Refused for one that is not dead.

    A receiver who fetches its letters may be past its number: it gets the same letter, by the same key, at the end.
    """
    row = _dead(desk, number)
    again = {"state": "waiting", "attempts": 0, "due_ms": desk.at_ms, "done_ms": 0, "reason": ""}
    url = desk.connection.execute(sa.select(_receiver.c.url).where(_receiver.c.name == row.receiver)).scalar_one()
    if url:
        _set(desk, number, **again)
    else:
        _set(desk, number, state="mended", key=f"{row.key} {number}")
        _stand_in(desk, row, json.loads(row.body), outbox.bars_of(desk.session, number), key=row.key)
    desk.book("LetterResent", str(number), by=by)


def drop(desk: Desk, number: int, *, reason: str, by: str) -> None:
    """Give a dead letter up, so that what ends its task may go; raises Refused for one that is not dead."""
    row = _dead(desk, number)
    _set(desk, number, state="dropped")
    gates.taken(desk, row.receiver)
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


def _codes_in(body: Mapping[str, Any]) -> list[Any]:
    """Return the meters that a body names, as they stand there; raises TypeError or AttributeError for odd lists."""
    rows = [one.get("bar_code", "") for name in ROWS for one in body.get(name, ())]
    plain = [code for name in CODES for code in body.get(name, ())]
    return rows + plain + ([body["bar_code"]] if "bar_code" in body else [])


def _is_divisible(body: Mapping[str, Any]) -> bool:
    return any(name in body for name in (*ROWS, *CODES))


def _must_be_readable(body: Mapping[str, Any], number: int) -> set[str]:
    """Return the meters that a body names; raises Refused for one that no profile could read, or no wire carry."""
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        codes = _codes_in(body)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("letter_unreadable", letter=number) from error
    named = [code for code in codes if isinstance(code, str) and 0 < len(code) <= LONGEST_CODE and code.isprintable()]
    if len(named) < len(codes):
        raise Refused("letter_unreadable", letter=number)
    return set(named)


def _stand_in(
    desk: Desk, row: Any, body: Mapping[str, Any], bars: Sequence[str], *, mark: str = "", key: str = ""
) -> int:
    """Write a letter in the place of another; its key tells which was the first there, and which was the last.

    A letter that is split a hundred times has no longer key than one that was split once.
    """
    key = key or f"{first_key(row.key)}.{mark}{row.number}"
    values = {name: getattr(row, name) for name in ("receiver", "kind", "task", "subject", "turn")}
    values |= {"key": key, "body": canonical(body), "due_ms": desk.at_ms}
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
