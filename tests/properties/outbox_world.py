"""The world around an outbox: what each receiver has taken, what our tables say, and what may go out now.

What may go out is worked out here row by row, by another way than the outbox's own statement.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from wms.marketing.outbox import Letter
from wms.marketing.rules import LAST_WORDS
from wms.marketing.tables import LetterBarRow, LetterRow, ReceiverRow
from wms.rows import table

_letter, _bar, _receiver = table(LetterRow), table(LetterBarRow), table(ReceiverRow)
OPEN = ("waiting", "sent")


@dataclass(slots=True)
class Far:
    """A receiver: `taken` by key, `order` of first arrival on a wire, `sick` meters it refuses, a reader's cursor."""

    taken: dict[str, Letter] = field(default_factory=dict[str, Letter])
    order: list[str] = field(default_factory=list[str])
    sick: set[str] = field(default_factory=set[str])
    cursor: int = 0

    def take(self, letter: Letter, *, without: tuple[str, ...] = (), pushed: bool = True) -> None:
        """Take a letter once by its key, as exactly once in effect demands of it."""
        if letter.key in self.taken:
            return
        bars = [code for code in letter.body["bars"] if code not in without]
        self.taken[letter.key] = replace(letter, body={"bars": bars})
        if pushed and not without:
            self.order.append(letter.key)

    def told(self) -> list[str]:
        """Return every meter that it was told of, as often as it was."""
        return [code for letter in self.taken.values() for code in letter.body["bars"]]


@dataclass(frozen=True, slots=True)
class Books:
    """All letters as the tables have them."""

    rows: Mapping[int, Any]
    bars: Mapping[int, list[str]]
    receivers: Mapping[str, Any]

    @classmethod
    def of(cls, engine: Engine) -> Books:
        """Return what the tables say now."""
        with Session(engine) as session:
            connection = session.connection()
            rows = {row.number: row for row in connection.execute(sa.select(_letter))}
            bars: dict[int, list[str]] = defaultdict(list)
            for number, code in connection.execute(sa.select(_bar.c.letter, _bar.c.bar_code)):
                bars[number].append(code)
            found = {row.name: row for row in connection.execute(sa.select(_receiver))}
        return cls(rows, bars, found)

    def may_go(self, name: str, at_ms: int) -> list[int]:
        """Return the letters to a receiver that may go out now, in their order; all of them, whatever the limit."""
        row = self.receivers[name]
        if not (row.enabled and row.url and row.retry_ms <= at_ms):
            return []
        lines: dict[str, list[Any]] = defaultdict(list)
        dead = {one.task for one in self.rows.values() if one.receiver == name and one.state == "dead"}
        for one in self.rows.values():
            if one.receiver == name and one.state in OPEN:
                lines[one.task].append(one)
        heads = [min(line, key=lambda one: (one.turn, one.number)) for line in lines.values()]
        free = [h for h in heads if h.due_ms <= at_ms and not (h.kind in LAST_WORDS and h.task in dead)]
        free.sort(key=lambda one: (one.turn, one.number))
        if not row.online:
            free = sorted(free, key=lambda one: (one.due_ms, one.turn, one.number))[:1]
        return [one.number for one in free]

    def first(self, number: int) -> int:
        """Return the letter that was written when the thing happened; what stands for it came later."""
        while self.rows[number].stands_for:
            number = self.rows[number].stands_for
        return number

    def by_key(self, name: str) -> dict[str, Any]:
        """Return the letters to a receiver by key."""
        return {row.key: row for row in self.rows.values() if row.receiver == name}

    def held(self, name: str) -> set[str]:
        """Return the meters that are in a letter to a receiver that is open or dead."""
        alive = (*OPEN, "dead")
        return {c for n, row in self.rows.items() if row.receiver == name and row.state in alive for c in self.bars[n]}

    def open_up_to(self, name: str, number: int) -> list[int]:
        """Return the letters to a receiver up to a number that are open."""
        return [n for n, row in self.rows.items() if row.receiver == name and n <= number and row.state in OPEN]

    def behind(self, name: str, cursor: int) -> list[int]:
        """Return the letters that a reader is still to get; none of those that it has passed may be open again."""
        assert not self.open_up_to(name, cursor)
        known = (*OPEN, "done")
        return sorted(n for n, row in self.rows.items() if row.receiver == name and n > cursor and row.state in known)

    def must_be_sound(self) -> None:
        """Hold what is true of every letter: a reason for the dead, the same meters in its text and its index."""
        for number, row in self.rows.items():
            assert sorted(json.loads(row.body)["bars"]) == sorted(self.bars[number])
            assert (row.done_ms == 0) == (row.state in OPEN)
            assert (row.state == "dead") <= bool(row.reason)
