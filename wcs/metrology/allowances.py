"""Items with one plain limit: daily timing, clock, tariff switching, withstand voltage."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from wcs.metrology.edition import Edition, edition
from wcs.metrology.errors import RuleError
from wcs.metrology.judgement import Judgement, passes, shortened
from wcs.metrology.meter import Meter
from wcs.metrology.rounding import mean_of, round_half_even, rounded_value


def daily_timing(meter: Meter, *, readings_s_d: Sequence[Decimal]) -> Judgement:
    """Judge the mean daily timing error in s/d, rounded half-even to 0.01 s/d (日计时误差)."""
    return _timing(meter.book, readings_s_d)


def daily_timing_by(rules: str, *, readings_s_d: Sequence[Decimal]) -> Judgement:
    """Judge the daily timing error by an edition alone: it is the same for every class."""
    return _timing(edition(rules), readings_s_d)


def clock(*, limit_s: Decimal, difference_s: Decimal) -> Judgement:
    """Judge the clock of a meter against the time standard; the limit is the scheme's (时钟示值误差)."""
    return _within(difference_s, limit_s, unit="s", clause="Clock (时钟示值误差), limit of the scheme")


def switching(*, limit_s: Decimal, difference_s: Decimal) -> Judgement:
    """Judge the time of a tariff switch against its table; the limit is the scheme's (时段投切误差)."""
    return _within(difference_s, limit_s, unit="s", clause="Tariff switching (时段投切), limit of the scheme")


def withstand(*, leakage_ma: Decimal, limit_ma: Decimal) -> Judgement:
    """Judge the leakage current under the test voltage; the limit is the station's (交流电压试验)."""
    if leakage_ma < 0:
        raise RuleError("leakage_ma", "cannot be below 0")
    return _within(leakage_ma, limit_ma, unit="mA", clause="Withstand voltage (交流电压试验), limit of the scheme")


def _timing(book: Edition, readings_s_d: Sequence[Decimal]) -> Judgement:
    if not readings_s_d:
        raise RuleError("readings_s_d", "at least one reading is needed")
    rule, mean = book.daily_timing, mean_of(readings_s_d)
    good = abs(rounded_value(mean, rule.spacing_s_d)) <= rule.limit_s_d
    rounded = round_half_even(mean, rule.spacing_s_d)
    clause = f"{book.clauses['daily_timing']}; half-even on {rule.spacing_s_d} s/d"
    return Judgement(passes(good=good), rule.limit_s_d, shortened(mean), rounded, "s/d", clause)


def _within(value: Decimal, limit: Decimal, *, unit: str, clause: str) -> Judgement:
    shown = shortened(value)
    return Judgement(passes(good=abs(value) <= limit), limit, shown, f"{shown:f}", unit, clause)
