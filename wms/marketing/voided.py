"""Letters about what is void: seals and papers, told under the task that they were told of first, many in one letter.

What is taken back at once, a task with thousands of meters, is one letter for each batch that the consumer reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from wcs.journal import Booked
from wms.desk import Desk
from wms.marketing import outbox
from wms.marketing.tables import LetterBarRow, LetterRow
from wms.rows import chunks, table

_letter, _bar = table(LetterRow), table(LetterBarRow)
SEAL, PAPER = "SealVoided", "PaperVoided"
KINDS = frozenset({SEAL, PAPER})
AT_ONCE = 500
Row = dict[str, Any]


def tell(desk: Desk, facts: Sequence[Booked]) -> None:
    """Tell that seals and papers are void, in the order of the facts as far as they are of one sort and task."""
    _post(desk, "seal_voided", "seals", _seals(desk, [one for one in facts if one.kind == SEAL]))
    _post(desk, "paper_voided", "meters", _papers(desk, [one for one in facts if one.kind == PAPER]))


def _post(desk: Desk, kind: str, rows_as: str, told: Iterable[tuple[str, int, Row]]) -> None:
    """Write a letter for each task; its key is made of the first fact that it tells, which is in no other one."""
    tasks: dict[str, tuple[int, list[Row]]] = {}
    for task, fact, row in told:
        tasks.setdefault(task, (fact, []))[1].append(row)
    for task, (first, rows) in tasks.items():
        bars = [str(row["bar_code"]) for row in rows if row["bar_code"]]
        body = {"task": task, rows_as: rows, "at_ms": rows[0]["at_ms"]}
        subject = str(rows[0].get("seal") or rows[0]["bar_code"])
        outbox.post_all(desk, kind=kind, key=f"{kind}:{first}", body=body, task=task, subject=subject, bars=bars)


def _seals(desk: Desk, facts: Sequence[Booked]) -> list[tuple[str, int, Row]]:
    """Return the seals with the task that they were told of; one that was never told of a meter belongs to none."""
    known: dict[str, tuple[str, Row]] = {}
    for letter in _letters(desk, ["seals_used"], [str(fact.payload["meter"]) for fact in facts]):
        known |= {str(row["seal"]): (letter.task, row) for row in json.loads(letter.body)["seals"]}
    found: list[tuple[str, int, Row]] = []
    for fact in facts:
        task, told = known.get(fact.subject, ("", {}))
        row = {"bar_code": str(fact.payload["meter"]), "seal": fact.subject, "reason": str(fact.payload["reason"])}
        row |= {"sealed_ms": told.get("at_ms", fact.at_ms), "at_ms": fact.at_ms, "void": True}
        found.append((task, fact.id, row | {"known": bool(told.get("void"))}))
    return found


def _papers(desk: Desk, facts: Sequence[Booked]) -> list[tuple[str, int, Row]]:
    """Return the papers with the task whose results were told last: a new verdict is told after its old papers."""
    known: dict[str, tuple[str, str]] = {}
    for letter in _letters(desk, ["conclusion", "late_result"], [fact.subject for fact in facts]):
        known[letter.bar_code] = (letter.task, letter.kind)
    found: list[tuple[str, int, Row]] = []
    for fact in facts:
        task, kind = known.get(fact.subject, ("", ""))
        row = {"bar_code": fact.subject, **{name: str(fact.payload[name]) for name in ("number", "kind", "reason")}}
        found.append((task, fact.id, row | {"at_ms": fact.at_ms, "known": kind == "late_result"}))
    return found


def _letters(desk: Desk, kinds: Sequence[str], bars: Sequence[str]) -> list[Any]:
    """Return the letters of some kinds that spoke of meters, each with the meter, the newest last."""
    body = _letter.c.body if "seals_used" in kinds else sa.literal("").label("body")  # results are long
    columns = (_letter.c.number, _letter.c.task, _letter.c.kind, body, _bar.c.bar_code)
    query = sa.select(*columns).join(_bar, _bar.c.letter == _letter.c.number).where(_letter.c.kind.in_(kinds))
    found: list[Any] = []
    for part in chunks(sorted({code for code in bars if code}), AT_ONCE):
        found += desk.connection.execute(query.where(_bar.c.bar_code.in_(part)))
    return sorted(found, key=lambda row: row.number)
