"""Constant, register and demand: what a meter counts and shows against what passed."""

from __future__ import annotations

from decimal import Decimal, localcontext

from wcs.metrology.errors import RuleError
from wcs.metrology.intrinsic import limit_for
from wcs.metrology.judgement import Judgement, passes, shortened
from wcs.metrology.meter import Meter, current_a
from wcs.metrology.rounding import EXACT, round_half_even, rounded_value

_HUNDRED = Decimal(100)


def constant(meter: Meter, *, counted_pulses: int, energy_kwh: Decimal) -> Judgement:
    """Judge the marked constant by the pulses counted over an energy: N = C·W (计读脉冲法).

    The deviation of N / C from W in percent must keep the limit of the intrinsic error at Imax and cosφ 1. A
    difference of less than one pulse is no finer than the count itself, and passes.
    """
    marked = meter.constant_imp_kwh
    if marked is None:
        raise RuleError("constant_imp_kwh", "is needed to judge the constant")
    if counted_pulses < 0:
        raise RuleError("counted_pulses", "cannot be below 0")
    _must_pass(energy_kwh, "energy_kwh")
    counted, expected = Decimal(counted_pulses), EXACT.multiply(marked, energy_kwh)
    exact = abs(EXACT.subtract(counted, expected)) < 1
    return _against(meter, counted, expected, limit=_base_limit(meter), clause="constant", good=exact)


def register(meter: Meter, *, shown_kwh: Decimal, reference_kwh: Decimal) -> Judgement:
    """Judge the energy that the register gained against the reference standard (走字, 标准表法).

    γ = (ΔW − W) / W·100 must keep the limit of the intrinsic error at Imax and cosφ 1.
    """
    _must_pass(reference_kwh, "reference_kwh")
    return _against(meter, shown_kwh, reference_kwh, limit=_base_limit(meter), clause="register")


def demand(meter: Meter, *, shown_kw: Decimal, reference_kw: Decimal) -> Judgement:
    """Judge a demand against the mean power of its period: within the class, in percent (需量示值误差)."""
    _must_pass(reference_kw, "reference_kw")
    return _against(meter, shown_kw, reference_kw, limit=meter.kind.demand, clause="demand")


def _base_limit(meter: Meter) -> Decimal:
    return limit_for(meter, current_a=current_a(meter, "Imax"))


def _must_pass(value: Decimal, field: str) -> None:
    if value <= 0:
        raise RuleError(field, "must be above 0")


def _against(
    meter: Meter, shown: Decimal, true: Decimal, *, limit: Decimal, clause: str, good: bool = False
) -> Judgement:
    spacing = meter.kind.spacing
    with localcontext(EXACT):
        deviation = (shown - true) / true * _HUNDRED
    good = good or abs(rounded_value(deviation, spacing)) <= limit
    rounded, text = round_half_even(deviation, spacing), meter.book.clauses[clause]
    return Judgement(passes(good=good), limit, shortened(deviation), rounded, "%", text)
