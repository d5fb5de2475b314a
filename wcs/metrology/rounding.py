"""Rounding to a spacing (化整), as verdicts ask for it: in decimals, half to even."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
"""Far more digits than any reading has: a quotient that is no tie never becomes one."""


def rounded_value(value: Decimal, spacing: Decimal) -> Decimal:
    """Return the multiple of `spacing` next to `value`; halfway, the even multiple.

    Source: JJG 596-2012, handling of results (数据化整); spacing is a tenth of the class.
    """
    with localcontext(EXACT):
        multiple = (value / spacing).to_integral_value(ROUND_HALF_EVEN) * spacing
        return multiple.quantize(spacing)  # a zero has as many decimals as anything else


def round_half_even(value: Decimal, spacing: Decimal) -> str:
    """Return the rounded value as a record shows it; what rounds to zero keeps the sign of the value.

    >>> [round_half_even(Decimal(x), Decimal("0.1")) for x in ("0.25", "0.35", "-0.05", "0.02", "1.050", "1.051")]
    ['0.2', '0.4', '-0.0', '+0.0', '1.0', '1.1']
    """
    rounded = rounded_value(value, spacing)
    if not rounded:
        return f"{'-' if value < 0 else '+'}{abs(rounded):f}"
    return f"{rounded:f}"


def mean_of(readings: Sequence[Decimal]) -> Decimal:
    """Return the mean of at least one reading."""
    with localcontext(EXACT):
        return sum(readings, Decimal(0)) / len(readings)
