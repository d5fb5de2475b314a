"""Numbers of seals, their lives, and how long a magazine lasts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wms.reasons import Reason

HOUR_MS = 3_600_000
WARN_H = 4.0
SHORTEST_MS = 1_800_000
"""A use rate is not told from less time than this."""
MOST_AT_ONCE = 10_000_000
MOST_DIGITS = 12
LONGEST = 20
"""Characters that a sealing cell takes as a number."""
ENDS = ("used", "damaged", "void")
LIFE: Mapping[tuple[str, str], str] = {
    ("received", "load"): "loaded",
    ("loaded", "use"): "used",
    ("loaded", "damage"): "damaged",
    ("loaded", "void"): "void",
    ("used", "void"): "void",
}
"""The life of a seal; what the table does not have is refused, so that none is used twice."""
_NUMBER = re.compile(r"([A-Za-z0-9-]*[A-Za-z-])?([0-9]{1,12})")
_PREFIX = re.compile(r"([A-Za-z0-9-]*[A-Za-z-])?")


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive seals: prefix, width of the number, first and last."""

    prefix: str
    digits: int
    first: int
    last: int

    @property
    def count(self) -> int:
        """How many there are."""
        return self.last - self.first + 1

    def text(self, number: int) -> str:
        """Return a number as it is printed.

        >>> Span("BJ", 8, 1, 99).text(42)
        'BJ00000042'
        """
        return f"{self.prefix}{number:0{self.digits}d}"

    def meets(self, other: Span) -> bool:
        """Return whether a number would be printed in both.

        >>> Span("A", 3, 1, 9).meets(Span("A", 3, 9, 20)), Span("A", 3, 1, 9).meets(Span("A", 4, 1, 9))
        (True, False)
        """
        same = (self.prefix, self.digits) == (other.prefix, other.digits)
        return same and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left in the magazine of a cell; `hours_left` is None while nothing is used up."""

    cell: str
    left: int
    per_h: float
    hours_left: float | None
    warn_h: float

    @property
    def is_short(self) -> bool:
        """Whether somebody must bring seals."""
        return self.left == 0 or (self.hours_left is not None and self.hours_left < self.warn_h)


def parse(seal: str) -> tuple[str, int, int] | None:
    """Return prefix, width and number of a printed seal; None for what is none.

    >>> parse("BJ00000042"), parse("00000042"), parse("BJ")
    (('BJ', 8, 42), ('', 8, 42), None)
    """
    match = _NUMBER.fullmatch(seal)
    if match is None or len(seal) > LONGEST:
        return None
    return match.group(1) or "", len(match.group(2)), int(match.group(2))


def fault_of_range(span: Span) -> Reason | None:
    """Return what is wrong with a range that is to be received, or None.

    >>> fault_of_range(Span("BJ", 8, 1, 100)) is None, fault_of_range(Span("BJ1", 8, 1, 100)).code
    (True, 'seal_prefix_wrong')
    """
    if _PREFIX.fullmatch(span.prefix) is None or not 1 <= span.digits <= MOST_DIGITS:
        return Reason("seal_prefix_wrong", {"prefix": span.prefix[:LONGEST], "digits": span.digits})
    if len(span.prefix) + span.digits > LONGEST:
        return Reason("seal_too_long", {"longest": LONGEST})
    if not 0 <= span.first <= span.last < 10**span.digits:
        return Reason("seal_range_wrong", {"first": span.first, "last": span.last})
    if span.count > MOST_AT_ONCE:
        return Reason("seal_range_too_large", {"most": MOST_AT_ONCE})
    return None


def remaining(cell: str, left: int, *, used: int, over_ms: int, warn_h: float) -> Remaining:
    """Return how long a magazine lasts at the use rate of `used` seals in `over_ms`.

    >>> remaining("SE1", 300, used=100, over_ms=3_600_000, warn_h=4.0)
    Remaining(cell='SE1', left=300, per_h=100.0, hours_left=3.0, warn_h=4.0)
    """
    per_h = used * HOUR_MS / max(over_ms, SHORTEST_MS)
    return Remaining(cell, left, per_h, left / per_h if used else None, warn_h)
