"""Which limit holds at a load: range of currents, power factor, balanced or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Literal

from wcs.metrology.edition import LoadRow
from wcs.metrology.errors import RuleError
from wcs.metrology.meter import Meter, current_a
from wcs.metrology.rounding import EXACT

_FACTOR = re.compile(r"(1(?:\.0{1,3})?|0?\.\d{1,3})([LC]?)", re.ASCII)
Table = Literal["intrinsic", "deviation"]


@dataclass(frozen=True, slots=True)
class Load:
    """A load: current in amperes, power factor as "1", "0.5L" or "0.8C", all phases alike or one alone."""

    current_a: Decimal
    power_factor: str
    balanced: bool = True


@dataclass(frozen=True, slots=True)
class Factor:
    """A power factor; `side` is "L", "C" or empty at 1."""

    value: Decimal
    side: str


def factor(text: str) -> Factor:
    """Return a power factor from its text; raises RuleError("power_factor").

    >>> factor("0.50L"), factor("1.0")
    (Factor(value=Decimal('0.5'), side='L'), Factor(value=Decimal('1'), side=''))
    """
    found = _FACTOR.fullmatch(text.strip())
    value = Decimal(0) if found is None else Decimal(found[1]).normalize()
    if found is None or value == 0 or (value == 1) != (found[2] == ""):
        raise RuleError("power_factor", f'"{text}" is not a power factor such as "1", "0.5L" or "0.8C"')
    return Factor(value, found[2])


def limit_at(meter: Meter, table: Table, load: Load) -> Decimal:
    """Return the limit in percent that a table of the edition has for a load; raises RuleError as row_at does."""
    row = row_at(meter, table, load)
    limit = row.limits[meter.accuracy_class]
    return limit if row.falling is None else _grown(limit, current_a(meter, row.falling), load.current_a)


@lru_cache(maxsize=16_384)
def row_at(meter: Meter, table: Table, load: Load) -> LoadRow:
    """Return the row that a table of the edition has for a load.

    Raises RuleError that names the first of balanced, power_factor, accuracy_class and current_a that has no row.
    """
    rows: Sequence[LoadRow] = meter.book.intrinsic if table == "intrinsic" else meter.book.deviation
    rows = _with_load(meter, rows, load)
    wanted = factor(load.power_factor)
    if not any(meter.accuracy_class in row.limits for row in rows):
        raise RuleError("accuracy_class", f"{meter.rules} has no such limit for class {meter.accuracy_class}")
    rows = [row for row in rows if meter.accuracy_class in row.limits and row.span(meter.connection) is not None]
    known = list(dict.fromkeys(pattern for row in rows for pattern in row.factors))
    rows = [row for row in rows if any(_covers(pattern, wanted) for pattern in row.factors)]
    if not rows:
        raise RuleError(
            "power_factor",
            f"{meter.rules} has no limit at {load.power_factor} for class {meter.accuracy_class}, "
            f"{'balanced' if load.balanced else 'unbalanced'} load, connection {meter.connection}; "
            f"known are {', '.join(known)}",
        )
    for row in rows:
        low, high, closed = _ends(meter, row)
        if low <= load.current_a < high or (closed and load.current_a == high):
            return row
    raise _outside(meter, rows, load)


def _grown(limit: Decimal, minimum_a: Decimal, told_a: Decimal) -> Decimal:
    with localcontext(EXACT):
        return limit * minimum_a / told_a


def _with_load(meter: Meter, rows: Sequence[LoadRow], load: Load) -> list[LoadRow]:
    if not load.balanced and meter.phase == "1p2w":
        raise RuleError("balanced", "a single-phase meter has no unbalanced load")
    wanted = "balanced" if load.balanced else "unbalanced"
    found = [row for row in rows if row.load == wanted]
    if not found:
        raise RuleError("balanced", f"{meter.rules} has no such limit for an {wanted} load")
    return found


def _outside(meter: Meter, rows: Sequence[LoadRow], load: Load) -> RuleError:
    ends = [_ends(meter, row) for row in rows]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    return RuleError(
        "current_a",
        f"{load.current_a:f} A is outside of {low.normalize():f} A to {high.normalize():f} A, for which {meter.rules} "
        f"has limits at {load.power_factor}",
    )


def _ends(meter: Meter, row: LoadRow) -> tuple[Decimal, Decimal, bool]:
    span = row.span(meter.connection)
    assert span is not None
    return current_a(meter, span[0]), current_a(meter, span[1]), span[1] == "Imax"


def _covers(pattern: str, wanted: Factor) -> bool:
    """Return whether a pattern of the data ("1", "0.5L", "0.5L-0.8C") covers a factor."""
    if "-" not in pattern:
        return factor(pattern) == wanted
    ends = [factor(end) for end in pattern.split("-")]
    return any(wanted.side == end.side and end.value <= wanted.value < 1 for end in ends)
