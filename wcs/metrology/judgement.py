"""What a rule answers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from wcs.metrology.rounding import EXACT

Verdict = Literal["pass", "fail", "more_readings"]
_DECIMALS = 9
_KEPT = Decimal(1).scaleb(-_DECIMALS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of one rule, with what led to it. Figures in `unit`, shortened after the verdict was found."""

    verdict: Verdict
    limit: Decimal | None
    value: Decimal | None
    """What was judged before rounding, e.g. the mean; None where nothing was measured."""
    rounded: str
    """As it is written into a record: by the rule's spacing, with the sign of the value where it rounds to zero."""
    unit: str
    clause: str
    more: int = 0
    """How many more readings the rule asks for."""


def shortened(value: Decimal) -> Decimal:
    """Return a figure with at most nine decimals: a third of something must not fill a record.

    >>> shortened(Decimal(1) / 3), shortened(Decimal("0.665"))
    (Decimal('0.333333333'), Decimal('0.665'))
    """
    exponent = value.as_tuple().exponent
    return EXACT.quantize(value, _KEPT) if isinstance(exponent, int) and exponent < -_DECIMALS else value


def passes(*, good: bool) -> Literal["pass", "fail"]:
    """Return the verdict for a condition."""
    return "pass" if good else "fail"
