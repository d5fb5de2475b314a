"""Certificates and notices of result: issued with the verdict, void with the next verification, never deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.results.paper_tables import PaperRow
from wms.results.rules import paper_number, paper_serial, valid_years
from wms.rows import table
from wms.seals import ledger

_paper = table(PaperRow)


@dataclass(frozen=True, slots=True)
class Judged:
    """A meter with its final verdict, and the number of the test that gave it."""

    bar_code: str
    test: int
    verdict: str


def issue(desk: Desk, judged: Sequence[Judged], *, accuracy_class: str) -> None:
    """Issue a certificate for each meter that has passed, and a notice of result for each that has failed."""
    years = valid_years(accuracy_class)
    rows = [
        {
            "kind": "certificate" if one.verdict == "pass" else "notice", "bar_code": one.bar_code, "test": one.test,
            "issued_ms": desk.at_ms, "valid_years": years if one.verdict == "pass" else 0, "state": "valid",
        }
        for one in judged
    ]  # fmt: skip
    if rows:
        desk.connection.execute(sa.insert(_paper), rows)


def void(desk: Desk, bar_codes: Collection[str], *, reason: str, by: str) -> list[str]:
    """Make the valid papers of meters void; return the meters that had one. The numbers stay searchable."""
    mine = sa.select(_paper.c.serial, _paper.c.bar_code, _paper.c.kind).where(
        _paper.c.bar_code.in_(bar_codes), sa.text("state = 'valid'")
    )
    rows = desk.connection.execute(mine.order_by(_paper.c.serial)).all()
    if not rows:
        return []
    gone = sa.update(_paper).where(_paper.c.serial.in_([row.serial for row in rows]))
    values = {"state": "void", "void_reason": reason, "void_by": by, "void_ms": max(1, desk.at_ms)}
    desk.connection.execute(gone.values(**values))
    for row in rows:
        desk.book("PaperVoided", row.bar_code, number=paper_number(row.serial), kind=row.kind, reason=reason, by=by)
    return [row.bar_code for row in rows]


def withdraw(desk: Desk, number: str, *, reason: str, by: str) -> str:
    """Make one paper void by hand, and the seals of its meter with it; return the meter.

    Raises Refused for a number that is unknown or void already.
    """
    serial = paper_serial(number)
    row = desk.connection.execute(sa.select(_paper).where(_paper.c.serial == serial)).first()
    if row is None:
        raise Refused("unknown_paper", number=number)
    if row.state != "valid":
        raise Refused("paper_is_void", number=number)
    void(desk, [row.bar_code], reason=reason, by=by)
    ledger.void_of(desk, [row.bar_code], reason=reason, by=by)
    return str(row.bar_code)
