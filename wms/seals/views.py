"""What anybody may read of seals: ranges, rolls, magazines, and single seals by number or meter."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.rows import chunks, table
from wms.seals import service
from wms.seals.rules import Span, parse
from wms.seals.tables import SealRangeRow, SealRollRow, SealRow

_range, _roll, _seal = table(SealRangeRow), table(SealRollRow), table(SealRow)
LOOKUP = 1_000


class SealView(BaseModel):
    """One seal: where it came from, and what became of it. `state` is "loaded" or "received" while it is unused."""

    seal: str
    state: str
    roll: int = 0
    cell: str = ""
    bar_code: str = ""
    position: str = ""
    at_ms: int = 0
    void_ms: int = 0
    reason: str = ""
    by: str = ""


class RangeView(BaseModel):
    """Seals that were received, and how many of them are still in the store."""

    number: int
    first: str
    last: str
    count: int
    stored: int
    received_by: str
    received_ms: int


class MagazineView(BaseModel):
    """What is in the magazine of a cell, and how long it lasts."""

    cell: str
    left: int
    per_h: float
    hours_left: float | None
    warn_h: float
    is_short: bool


def seals_of(session: Session, *, bar_code: str = "", seal: str = "") -> list[SealView]:
    """Return the seals that are or were on a meter, or the one with a number."""
    query = sa.select(_seal).where(_seal.c.bar_code == bar_code if bar_code else _seal.c.seal == seal)
    rows = session.connection().execute(query.order_by(_seal.c.at_ms, _seal.c.seal)).mappings()
    found = [SealView.model_validate(dict(row)) for row in rows]
    return found or ([] if bar_code else _unused(session, seal))


def used_on(session: Session, bar_codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the seals that are on some meters now."""
    found: dict[str, list[str]] = {}
    for codes in chunks(bar_codes, LOOKUP):
        query = sa.select(_seal.c.bar_code, _seal.c.seal).where(_seal.c.bar_code.in_(codes), _seal.c.state == "used")
        for code, seal in session.connection().execute(query.order_by(_seal.c.seal)):
            found.setdefault(code, []).append(seal)
    return found


def ranges(session: Session, *, after: int = 0, limit: int = 200) -> list[RangeView]:
    """Return ranges by number."""
    query = sa.select(_range).where(_range.c.number > after).order_by(_range.c.number).limit(limit)
    found: list[RangeView] = []
    for row in session.connection().execute(query):
        span = Span(row.prefix, row.digits, row.first, row.last)
        found.append(
            RangeView(
                number=row.number, first=span.text(span.first), last=span.text(span.last), count=span.count,
                stored=row.last - row.next_number + 1, received_by=row.received_by, received_ms=row.received_ms,
            )
        )  # fmt: skip
    return found


def magazines(session: Session, *, at_ms: int) -> list[MagazineView]:
    """Return the magazine of each cell that was ever loaded."""
    cells = session.connection().execute(sa.select(_roll.c.cell).distinct().order_by(_roll.c.cell)).scalars().all()
    told = (service.remaining(session, cell, at_ms=at_ms) for cell in cells)
    return [
        MagazineView(
            cell=one.cell, left=one.left, per_h=round(one.per_h, 2), warn_h=one.warn_h, is_short=one.is_short,
            hours_left=None if one.hours_left is None else round(one.hours_left, 2),
        )
        for one in told
    ]  # fmt: skip


def account(session: Session) -> dict[str, int]:
    """Return how many seals were received, are stored and loaded, and became used, damaged and void."""
    connection = session.connection()
    received, stored = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(_range.c.last - _range.c.first + 1), 0),
            sa.func.coalesce(sa.func.sum(_range.c.last - _range.c.next_number + 1), 0),
        )
    ).one()
    counted = sa.select(_seal.c.state, sa.func.count()).group_by(_seal.c.state)
    ends = {"used": 0, "damaged": 0, "void": 0} | {state: n for state, n in connection.execute(counted)}
    loaded = int(received) - int(stored) - sum(ends.values())
    return {"received": int(received), "stored": int(stored), "loaded": loaded, **ends}


def _unused(session: Session, seal: str) -> list[SealView]:
    parts = parse(seal)
    if parts is None:
        return []
    prefix, digits, number = parts
    mine = sa.select(_range).where(
        _range.c.prefix == prefix, _range.c.digits == digits, _range.c.first <= number, _range.c.last >= number
    )
    row = session.connection().execute(mine).first()
    if row is None:
        return []
    rolls = sa.select(_roll).where(_roll.c.of_range == row.number, _roll.c.first <= number, _roll.c.last >= number)
    roll = session.connection().execute(rolls).first()
    if roll is None:
        return [SealView(seal=seal, state="received", at_ms=row.received_ms)]
    return [SealView(seal=seal, state="loaded", roll=roll.number, cell=roll.cell, at_ms=roll.loaded_ms)]
