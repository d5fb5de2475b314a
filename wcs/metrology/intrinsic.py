"""Intrinsic error and standard deviation: readings at one load against the limit of that load."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from wcs.metrology.errors import RuleError
from wcs.metrology.judgement import Judgement, Verdict, passes, shortened
from wcs.metrology.loads import Load, limit_at, row_at
from wcs.metrology.meter import Meter
from wcs.metrology.rounding import EXACT, mean_of, round_half_even, rounded_value

_PAIR = 2
_LEAST_SAMPLES = 5


def limit_for(meter: Meter, *, current_a: Decimal, power_factor: str = "1", balanced: bool = True) -> Decimal:
    """Return the limit of the intrinsic error in percent; raises RuleError where the edition has none.

    >>> limit_for(Meter("JJG596-2012", "1", "1p2w", "direct", "5(60)"), current_a=Decimal("0.5"), power_factor="0.5L")
    Decimal('1.5')
    """
    return limit_at(meter, "intrinsic", Load(current_a, power_factor, balanced))


def intrinsic_error(
    meter: Meter, *, current_a: Decimal, power_factor: str, balanced: bool, readings: Sequence[Decimal]
) -> Judgement:
    """Judge the mean of at least two readings, in percent (基本误差).

    The mean is rounded half-even to a tenth of the class, and the rounded value decides. Where one of exactly two
    readings lies from 0.8 to 1.2 limits, both ends included, two more are asked for; with more the mean decides.
    Source: JJG 596-2012, intrinsic error and handling of results; the newer editions by their own limits.
    """
    limit = limit_for(meter, current_a=current_a, power_factor=power_factor, balanced=balanced)
    if len(readings) < _PAIR:
        raise RuleError("readings_percent", "the error is the mean of at least two readings")
    zone, mean = meter.book.doubtful, mean_of(readings)
    with localcontext(EXACT):
        low, high = zone.from_ * limit, zone.to * limit
        asks = len(readings) == _PAIR and any(low <= abs(one) <= high for one in readings)
    spacing = meter.kind.spacing
    good = abs(rounded_value(mean, spacing)) <= limit
    verdict: Verdict = "more_readings" if asks else passes(good=good)
    clauses, kind = meter.book.clauses, _kind(meter, Load(current_a, power_factor, balanced))
    return Judgement(
        verdict, shortened(limit), shortened(mean), round_half_even(mean, spacing), "%",
        f"{clauses['intrinsic_error']}{kind}; {clauses['rounding']}", zone.more if asks else 0,
    )  # fmt: skip


def _kind(meter: Meter, load: Load) -> str:
    """Return what kind of point a load is, as the clause says it."""
    kind = "" if meter.phase == "1p2w" else f", {'balanced' if load.balanced else 'unbalanced'} load"
    return kind + (", on request (按用户要求)" if row_at(meter, "intrinsic", load).on_request else "")


def standard_deviation(
    meter: Meter, *, current_a: Decimal, power_factor: str, readings: Sequence[Decimal], balanced: bool = True
) -> Judgement:
    """Judge the standard deviation of at least five readings, in percent (标准偏差).

    s = sqrt(sum((x - mean)^2) / (n - 1)), rounded half-even to a fiftieth of the class.
    """
    limit = limit_at(meter, "deviation", Load(current_a, power_factor, balanced))
    if len(readings) < _LEAST_SAMPLES:
        raise RuleError("readings_percent", f"the standard deviation needs at least {_LEAST_SAMPLES} readings")
    with localcontext(EXACT, prec=4 * EXACT.prec):
        # NOTE: n(sum of squares) - (square of sum) has no rounding, so that equal readings give exactly zero.
        number, total = len(readings), sum(readings, Decimal(0))
        squares = sum((one * one for one in readings), Decimal(0))
        deviation = ((number * squares - total * total) / (number * (number - 1))).sqrt()
    spacing = meter.kind.deviation_spacing
    good = rounded_value(deviation, spacing) <= limit
    return Judgement(
        passes(good=good), limit, shortened(deviation), round_half_even(deviation, spacing).removeprefix("+"), "%",
        meter.book.clauses["deviation"],
    )  # fmt: skip
