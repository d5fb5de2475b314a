"""Errors compared with each other: unbalanced, repeated, up and down, across positions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from wcs.metrology.edition import ByClass
from wcs.metrology.errors import RuleError
from wcs.metrology.judgement import Judgement, passes, shortened
from wcs.metrology.meter import Meter, current_a
from wcs.metrology.rounding import EXACT, round_half_even, rounded_value

_LEAST_REPEATS = 3
_REFERENCE = ("Ib", "In", "10Itr")


def unbalanced_difference(meter: Meter, *, balanced: Decimal, unbalanced: Decimal) -> Judgement:
    """Judge the error with one phase loaded less the error with balanced load, both in percent at Ib or In, cosφ 1.

    Rounded half-even to a tenth of the class. Source: JJG 596-2012; the newer editions have no such item.
    """
    if meter.phase == "1p2w":
        raise RuleError("phase", "a single-phase meter has no unbalanced load")
    limits = meter.book.unbalanced_difference
    if limits is None:
        raise RuleError("item", f"{meter.rules} has no limit for the difference of unbalanced and balanced load")
    difference, spacing = EXACT.subtract(unbalanced, balanced), meter.kind.spacing
    limit = _limit(meter, limits)
    good = abs(rounded_value(difference, spacing)) <= limit
    clauses = meter.book.clauses
    return Judgement(
        passes(good=good), limit, shortened(difference), round_half_even(difference, spacing), "%",
        f"{clauses['unbalanced_difference']}; {clauses['rounding']}",
    )  # fmt: skip


def variation(meter: Meter, *, first: Decimal, second: Decimal) -> Judgement:
    """Judge two means of one load, five minutes apart, in percent, unrounded (误差变差): no clause rounds them."""
    return _apart(first - second, _limit(meter, meter.book.spreads.variation), meter.book.clauses["variation"])


def rising_falling(meter: Meter, *, rising: Decimal, falling: Decimal) -> Judgement:
    """Judge the errors at one load, reached from below and from above, in percent (负载电流升降变差)."""
    limits = meter.book.spreads.rising_falling
    return _apart(rising - falling, _limit(meter, limits), meter.book.clauses["rising_falling"])


def consistency(meter: Meter, *, symbol: str, error: Decimal, mean: Decimal) -> Judgement:
    """Judge a meter's error against the mean of all positions of its batch, in percent (误差一致性).

    `symbol` is the current of the point: Ib, In or 10Itr have a limit of their own.
    """
    spreads = meter.book.spreads
    current_a(meter, symbol)  # names a current that is none
    limits = spreads.consistency_at_reference if symbol in _REFERENCE else spreads.consistency_elsewhere
    return _apart(error - mean, _limit(meter, limits), meter.book.clauses["consistency"])


def repeatability(meter: Meter, *, limit: Decimal, readings: Sequence[Decimal]) -> Judgement:
    """Judge the largest less the smallest of at least three readings, in percent, against a limit of the scheme."""
    if len(readings) < _LEAST_REPEATS:
        raise RuleError("readings_percent", f"repeatability needs at least {_LEAST_REPEATS} readings")
    return _apart(max(readings) - min(readings), limit, f"Repeatability (测量重复性), class {meter.accuracy_class}")


def _limit(meter: Meter, limits: ByClass) -> Decimal:
    found = limits.get(meter.accuracy_class)
    if found is None:
        raise RuleError("accuracy_class", f"{meter.rules} has no such limit for class {meter.accuracy_class}")
    return found


def _apart(difference: Decimal, limit: Decimal, clause: str) -> Judgement:
    value = shortened(difference)
    return Judgement(passes(good=abs(difference) <= limit), limit, value, f"{value:f}", "%", clause)
