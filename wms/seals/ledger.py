"""What happens to seals: received, loaded, used, damaged, void. Every step is in the journal, no number lives twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.reasons import Reason
from wms.rows import table
from wms.seals.rules import Span, fault_of_range, parse
from wms.seals.tables import SealRangeRow, SealRollRow, SealRow

_range, _roll, _seal = table(SealRangeRow), table(SealRollRow), table(SealRow)
_p = sa.bindparam
_at = (
    sa.select(_roll.c.number, _roll.c.cell)
    .join(_range, _range.c.number == _roll.c.of_range)
    .where(_range.c.prefix == _p("prefix_is"), _range.c.digits == _p("digits_are"))
    .where(_roll.c.first <= _p("number_is"), _roll.c.last >= _p("number_is"))
)
_taken = sa.update(_roll).where(_roll.c.number == _p("roll_is")).values(taken=_roll.c.taken + _p("more"))


@dataclass(frozen=True, slots=True)
class Roll:
    """Seals loaded into a cell: the first one as printed, and how many follow it, itself included."""

    number: int
    cell: str
    first: str
    count: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A meter with its seal; `position` is where on a bench it was verified."""

    bar_code: str
    seal: str
    position: str


def receive_range(desk: Desk, span: Span, *, by: str) -> int:
    """Enter seals that were received; return the number of the range. Raises Refused if one of them is known."""
    if (fault := fault_of_range(span)) is not None:
        raise Refused(fault.code, **fault.params)
    same = sa.select(_range).where(_range.c.prefix == span.prefix, _range.c.digits == span.digits)
    for row in desk.connection.execute(same.with_for_update()):
        other = _span(row)
        if span.meets(other):
            raise Refused("seal_range_overlaps", first=other.text(other.first), last=other.text(other.last))
    row = {
        "prefix": span.prefix, "digits": span.digits, "first": span.first, "last": span.last,
        "next_number": span.first, "received_by": by, "received_ms": desk.at_ms,
    }  # fmt: skip
    done = desk.connection.execute(sa.insert(_range), row)
    desk.book("SealsReceived", span.text(span.first), last=span.text(span.last), count=span.count, by=by)
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def load(desk: Desk, *, cell: str, count: int, of_range: int = 0, by: str) -> list[Roll]:
    """Take `count` seals out of the store (of one range, else the oldest first) and into the magazine of a cell.

    Raises Refused if there are not so many; nothing is loaded then.
    """
    if count < 1:
        raise Refused("nothing_to_load", cell=cell)
    query = sa.select(_range).where(_range.c.next_number <= _range.c.last).order_by(_range.c.number).with_for_update()
    rows = desk.connection.execute(query if not of_range else query.where(_range.c.number == of_range)).all()
    stored = sum(row.last - row.next_number + 1 for row in rows)
    if stored < count:
        raise Refused("too_few_seals", wanted=count, stored=stored)
    rolls: list[Roll] = []
    for row in rows:
        take = min(count, row.last - row.next_number + 1)
        if take:
            rolls.append(_load(desk, row, take, cell=cell, by=by))
            count -= take
    return rolls


def sealed(desk: Desk, cell: str, meters: Iterable[Sealed]) -> list[Reason]:
    """Book the seals that a cell has put on meters; return what is wrong, which is asked of a person as well.

    What is booked already is passed over. A seal that cannot be true is not booked.
    """
    wanted = [one for one in meters if one.seal]
    known = {row.seal: row for row in _rows(desk, [one.seal for one in wanted])}
    wrong: list[tuple[Sealed, str]] = []
    new: dict[str, tuple[Sealed, int]] = {}
    for one in wanted:
        if (row := known.get(one.seal)) is not None or one.seal in new:
            if row is None or row.state != "used" or row.bar_code != one.bar_code:
                wrong.append((one, "seal_twice"))
        elif (roll := _roll_of(desk, one.seal)) is None:
            wrong.append((one, "seal_not_loaded"))
        else:
            new[one.seal] = (one, roll)
    _enter(desk, [
        {"seal": one.seal, "roll": roll, "cell": cell, "state": "used", "bar_code": one.bar_code,
         "position": one.position}
        for one, roll in new.values()
    ])  # fmt: skip
    reasons = [Reason(code, {"seal": one.seal, "meter": one.bar_code, "cell": cell}) for one, code in wrong]
    for reason in reasons:
        desk.clarify(f"seal:{reason.params['seal']}", reason)
    return reasons


def damaged(desk: Desk, seal: str, *, cell: str) -> bool:
    """Book a seal that broke or could not be read; return whether that is news. It is never used.

    Raises Refused for a seal that is on no roll, or off it for another reason.
    """
    if (row := _row(desk, seal)) is not None:
        if row.state == "damaged":
            return False
        raise Refused("seal_is", seal=seal, state=row.state)
    if (roll := _roll_of(desk, seal)) is None:
        raise Refused("seal_not_loaded", seal=seal, cell=cell)
    _enter(desk, [{"seal": seal, "roll": roll, "cell": cell, "state": "damaged", "bar_code": "", "position": ""}])
    desk.book("SealDamaged", seal, cell=cell)
    return True


def void(desk: Desk, seal: str, *, reason: str, by: str) -> None:
    """Make a seal void, on a meter or still on its roll. Raises Refused for one that is off its roll otherwise."""
    row = _row(desk, seal)
    if row is None:
        if (roll := _roll_of(desk, seal)) is None:
            raise Refused("seal_not_loaded", seal=seal, cell="")
        cell = desk.connection.execute(sa.select(_roll.c.cell).where(_roll.c.number == roll)).scalar_one()
        at = {"void_ms": max(1, desk.at_ms), "reason": reason, "by": by}
        _enter(
            desk, [{"seal": seal, "roll": roll, "cell": cell, "state": "void", "bar_code": "", "position": "", **at}]
        )
        desk.book("SealVoided", seal, meter="", reason=reason, by=by)
    elif row.state == "used":
        _void(desk, [row], reason=reason, by=by)
    else:
        raise Refused("seal_is", seal=seal, state=row.state)


def void_of(desk: Desk, bar_codes: Collection[str], *, reason: str, by: str) -> list[str]:
    """Make the seals of some meters void; return them."""
    mine = sa.select(_seal).where(_seal.c.bar_code.in_(bar_codes), _seal.c.state == "used").order_by(_seal.c.seal)
    rows = desk.connection.execute(mine).all()
    _void(desk, rows, reason=reason, by=by)
    return [row.seal for row in rows]


def _load(desk: Desk, row: Any, count: int, *, cell: str, by: str) -> Roll:
    first, span = row.next_number, _span(row)
    taken = sa.update(_range).where(_range.c.number == row.number, _range.c.next_number == first)
    if desk.connection.execute(taken.values(next_number=first + count)).rowcount != 1:
        raise Refused("too_few_seals", wanted=count, stored=0)
    new = {
        "of_range": row.number, "cell": cell, "first": first, "last": first + count - 1, "loaded_by": by,
        "loaded_ms": desk.at_ms,
    }  # fmt: skip
    number = int(desk.connection.execute(sa.insert(_roll), new).inserted_primary_key[0])  # type: ignore[index]
    desk.book("SealsLoaded", cell, roll=number, first=span.text(first), count=count, by=by)
    return Roll(number, cell, span.text(first), count)


def _enter(desk: Desk, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    stamp = {"at_ms": desk.at_ms, "void_ms": 0, "reason": "", "by": ""}
    desk.connection.execute(sa.insert(_seal), [stamp | row for row in rows])
    count = Counter(row["roll"] for row in rows)
    desk.connection.execute(_taken, [{"roll_is": roll, "more": n} for roll, n in sorted(count.items())])


def _void(desk: Desk, rows: Sequence[Any], *, reason: str, by: str) -> None:
    if rows:
        gone = sa.update(_seal).where(_seal.c.seal.in_([row.seal for row in rows]))
        values = {"state": "void", "void_ms": max(1, desk.at_ms), "reason": reason, "by": by}
        desk.connection.execute(gone.values(**values))
    for row in rows:
        desk.book("SealVoided", row.seal, meter=row.bar_code, reason=reason, by=by)


def _roll_of(desk: Desk, seal: str) -> int | None:
    """Return the roll that a seal was loaded with."""
    parts = parse(seal)
    if parts is None:
        return None
    wanted = {"prefix_is": parts[0], "digits_are": parts[1], "number_is": parts[2]}
    row = desk.connection.execute(_at, wanted).first()
    return int(row.number) if row is not None else None


def _row(desk: Desk, seal: str) -> Any:
    return next(iter(_rows(desk, [seal])), None)


def _rows(desk: Desk, seals: Sequence[str]) -> Sequence[Any]:
    return desk.connection.execute(sa.select(_seal).where(_seal.c.seal.in_(seals))).all()


def _span(row: Any) -> Span:
    return Span(row.prefix, row.digits, row.first, row.last)
