"""What anybody may read of returns: what was announced, what was found, and the claims that are open."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.marketing.return_tables import ClaimRow, ReturnBoxRow, ReturnMeterRow, ReturnRow
from wms.rows import table

_note, _box, _meter, _claim = table(ReturnRow), table(ReturnBoxRow), table(ReturnMeterRow), table(ClaimRow)


class ReturnedBox(BaseModel):
    """A box as it was scanned; `why` says why it was not qualified at once."""

    box: str
    pallet: str
    opened: bool
    outcome: str
    why: str
    scanned_by: str
    scanned_ms: int


class ClaimView(BaseModel):
    """A difference to what the district has listed."""

    number: int
    note: int
    bar_code: str
    finding: str
    box: str
    raised_ms: int
    settled_by: str
    settled_ms: int
    answer: str


class ReturnView(BaseModel):
    """A return: meters listed and found, its boxes and its claims."""

    number: int
    key: str
    district: str
    kind: str
    state: str
    empties: int
    empties_found: int
    created_ms: int
    closed_ms: int
    closed_by: str
    listed: int
    found: int
    boxes: list[ReturnedBox] = []
    claims: list[ClaimView] = []


def returns(session: Session, *, after: int = 0, limit: int = 100) -> list[ReturnView]:
    """Return notes by number, from behind `after`, without boxes and claims."""
    query = sa.select(_note).where(_note.c.number > after).order_by(_note.c.number).limit(limit)
    rows = session.connection().execute(query).mappings().all()
    listed, found = _counts(session, [row["number"] for row in rows])
    return [_view(row, listed, found) for row in rows]


def note(session: Session, number: int) -> ReturnView | None:
    """Return one note with its boxes and claims, or None."""
    seen = returns(session, after=number - 1, limit=1)
    if not seen or seen[0].number != number:
        return None
    boxes = sa.select(_box).where(_box.c.note == number).order_by(_box.c.scanned_ms, _box.c.box)
    rows = session.connection().execute(boxes).mappings()
    known = [ReturnedBox.model_validate(dict(row)) for row in rows]
    return seen[0].model_copy(update={"boxes": known, "claims": claims(session, note_=number)})


def claims(session: Session, *, note_: int = 0, open_only: bool = False, limit: int = 1_000) -> list[ClaimView]:
    """Return claims by number (of one note)."""
    query = sa.select(_claim).order_by(_claim.c.number).limit(limit)
    query = query.where(_claim.c.note == note_) if note_ else query
    query = query.where(sa.text("settled_ms = 0")) if open_only else query
    return [ClaimView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def _counts(session: Session, numbers: list[int]) -> tuple[Counter[int], Counter[int]]:
    listed, found = Counter[int](), Counter[int]()
    of_list, of_scan = (sa.func.sum(sa.case((said != "", 1), else_=0)) for said in (_meter.c.listed, _meter.c.found))
    query = sa.select(_meter.c.note, of_list, of_scan).where(_meter.c.note.in_(numbers)).group_by(_meter.c.note)
    for number, announced, scanned in session.connection().execute(query):
        listed[number], found[number] = int(announced), int(scanned)
    return listed, found


def _view(row: Any, listed: Counter[int], found: Counter[int]) -> ReturnView:
    return ReturnView.model_validate(dict(row) | {"listed": listed[row["number"]], "found": found[row["number"]]})
