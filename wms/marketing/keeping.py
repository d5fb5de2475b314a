"""Long letters that are over, put away: measured points of results are nearly all that a log of letters weighs.

Nothing that is still to be taken, or that is dead, is ever touched, and no letter is deleted: its row, its key and its
meters stay, so that the log finds it and the same news never becomes another letter. Only its text goes into a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.marketing.tables import LetterRow
from wms.rows import table

_letter = table(LetterRow)
DAY_MS = 86_400_000
LONG = ("test_result",)
"""Kinds that nobody reads again: what a task was told is compared by its conclusions, boxes and seals."""
OVER = ("done", "mended", "dropped")
PUT_AWAY = ""
NAMES = ("number", "receiver", "kind", "key", "task", "subject", "state", "created_ms", "done_ms", "answer", "body")


def to_put_away(session: Session, *, before_ms: int, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return long letters behind a number that have been over since before a plant time, each as its row says."""
    query = sa.select(*(_letter.c[name] for name in NAMES)).where(_letter.c.kind.in_(LONG), _letter.c.number > after)
    query = query.where(_letter.c.state.in_(OVER), _letter.c.done_ms < before_ms, _letter.c.body != PUT_AWAY)
    rows = session.connection().execute(query.order_by(_letter.c.number).limit(limit))
    return [dict(row) for row in rows.mappings()]


def put_away(desk: Desk, numbers: Sequence[int]) -> int:
    """Take the text of letters out of the log and return how many that were; the caller has written it elsewhere."""
    mine = sa.update(_letter).where(_letter.c.number.in_(numbers), _letter.c.state.in_(OVER), _letter.c.kind.in_(LONG))
    count = desk.connection.execute(mine.values(body=PUT_AWAY)).rowcount
    if count:
        desk.book("LettersPutAway", str(min(numbers)), letters=count, last=max(numbers))
    return count
