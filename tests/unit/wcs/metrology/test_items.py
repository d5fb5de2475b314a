"""Rounding, currents, and the items with one limit or two values to compare."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.wcs.metrology.meters import GBT, JJG, d, itr, jjg
from wcs.metrology import (
    Judgement,
    Meter,
    RuleError,
    clock,
    consistency,
    constant,
    current_a,
    daily_timing,
    demand,
    register,
    repeatability,
    rising_falling,
    round_half_even,
    switching,
    unbalanced_difference,
    variation,
    withstand,
)


@pytest.mark.parametrize(
    ("value", "spacing", "text"),
    [
        ("0.25", "0.1", "0.2"), ("0.35", "0.1", "0.4"), ("-0.05", "0.1", "-0.0"), ("1.049", "0.1", "1.0"),
        ("1.050", "0.1", "1.0"), ("1.051", "0.1", "1.1"), ("0.5", "0.2", "0.4"), ("0.7", "0.2", "0.8"),
        ("2.1", "0.2", "2.0"), ("2.11", "0.2", "2.2"), ("0.525", "0.05", "0.50"), ("0.04", "0.1", "+0.0"),
        ("-0.35", "0.1", "-0.4"), ("0", "0.1", "+0.0"), ("0.031", "0.02", "0.04"), ("0.03", "0.02", "0.04"),
        ("0.05", "0.02", "0.04"), ("0.005", "0.01", "+0.00"),
    ],
)  # fmt: skip
def test_rounding(value: str, spacing: str, text: str) -> None:
    assert round_half_even(d(value), d(spacing)) == text


@pytest.mark.parametrize(
    ("meter", "symbol", "amperes"),
    [
        (jjg("1"), "Ib", "5"), (jjg("1"), "In", "5"), (jjg("1"), "Imax", "60"), (jjg("1"), "0.5Imax", "30"),
        (jjg("1"), "0.1Ib", "0.5"), (jjg("1"), "Ist", "0.02"), (jjg("2"), "Ist", "0.025"), (jjg("1"), "0", "0"),
        (jjg("1"), "Itr", "0.5"), (jjg("1"), "Imin", "0.2"), (jjg("2"), "Imin", "0.25"),
        (jjg("0.5S", "ct"), "In", "1.5"), (jjg("0.5S", "ct"), "Ist", "0.0015"), (jjg("1", "ct"), "Ist", "0.003"),
        (jjg("2", "ct"), "Ist", "0.0045"), (jjg("1", "ct"), "Itr", "0.075"), (jjg("1", "ct"), "Imin", "0.015"),
        (itr("A"), "Itr", "0.5"), (itr("A"), "10Itr", "5"), (itr("A"), "Ib", "5"), (itr("A"), "Imin", "0.25"),
        (itr("A"), "Ist", "0.025"), (itr("B"), "Ist", "0.02"), (itr("E"), "Ist", "0.01"),
        (itr("C", connection="ct"), "Ist", "0.0015"), (itr("C", connection="ct"), "In", "1.5"),
        (Meter(GBT, "A", "1p2w", "direct", "5(60)"), "Imin", "0.25"),
        (Meter(GBT, "B", "1p2w", "direct", "5(60)"), "Imin", "0.2"),
        (Meter(GBT, "B", "3p4w", "ct", "1.5(6)"), "Itr", "0.075"),
        (Meter(JJG, "1", "3p4w", "ct", "0.3(1.2)"), "Imax", "1.2"),
        (Meter(GBT, "B", "1p2w", "direct", "0.25-0.5(60)A"), "Imax", "60"),
        (Meter(JJG, "1", "3p4w", "ct", "3×1.5(6)A"), "Ib", "1.5"),
        (Meter(JJG, "1", "3p4w", "ct", "3x1.5 (6) A"), "Imax", "6"),
        (Meter(JJG, "1", "1p2w", "direct", "5（60）A"), "Imax", "60"),
    ],
)  # fmt: skip
def test_currents(meter: Meter, symbol: str, amperes: str) -> None:
    assert current_a(meter, symbol) == d(amperes)


def test_daily_timing_rounds_the_mean_to_a_hundredth() -> None:
    assert daily_timing(jjg("1"), readings_s_d=[d("0.505")] * 5).verdict == "pass"
    found = daily_timing(jjg("1"), readings_s_d=[d("0.4"), d("0.5"), d("0.6"), d("0.5"), d("0.528")])
    assert (found.value, found.rounded, found.verdict) == (d("0.5056"), "0.51", "fail")
    assert daily_timing(itr("B"), readings_s_d=[d("-0.5")]).verdict == "pass"


@pytest.mark.parametrize(("accuracy_class", "limit"), [("0.2S", "0.4"), ("0.5S", "1.0"), ("1", "1.5"), ("2", "2.5")])
def test_difference_of_unbalanced_and_balanced_load(accuracy_class: str, limit: str) -> None:
    meter = jjg(accuracy_class, "ct", "3p4w")
    step = meter.kind.spacing
    found = unbalanced_difference(meter, balanced=d("-0.1"), unbalanced=d(limit) - d("0.1"))
    assert (found.limit, found.verdict) == (d(limit), "pass")
    over = unbalanced_difference(meter, balanced=d(limit) + step * Decimal("0.51"), unbalanced=d("0"))
    assert over.verdict == "fail"


@pytest.mark.parametrize(
    ("accuracy_class", "repeated", "reference", "elsewhere", "ramp"),
    [
        ("2", "0.2", "0.3", "0.4", "0.25"),
        ("0.5S", "0.1", "0.15", "0.2", "0.12"),
        ("0.2S", "0.04", "0.06", "0.08", "0.05"),
    ],
)
def test_spreads(accuracy_class: str, repeated: str, reference: str, elsewhere: str, ramp: str) -> None:
    meter, zero, over = jjg(accuracy_class, "ct"), d("0"), d("0.001")

    def verdicts(limit: str, judge: object) -> list[str]:
        assert callable(judge)
        found: list[Judgement] = [judge(d(limit)), judge(-d(limit)), judge(d(limit) + over)]
        return [one.verdict for one in found]

    good = ["pass", "pass", "fail"]
    assert verdicts(repeated, lambda x: variation(meter, first=x, second=zero)) == good
    assert verdicts(reference, lambda x: consistency(meter, symbol="In", error=x, mean=zero)) == good
    assert verdicts(elsewhere, lambda x: consistency(meter, symbol="0.1In", error=x, mean=zero)) == good
    assert verdicts(ramp, lambda x: rising_falling(meter, rising=x, falling=zero)) == good


def test_constant_by_pulses_and_by_register() -> None:
    meter = Meter(JJG, "2", "1p2w", "direct", "5(60)", d("220"), d("1200"))
    assert constant(meter, counted_pulses=1200, energy_kwh=d("1")).value == 0
    assert constant(meter, counted_pulses=1225, energy_kwh=d("1")).verdict == "pass"  # 2.083 % rounds to 2.0
    assert constant(meter, counted_pulses=1226, energy_kwh=d("1")).verdict == "fail"
    assert constant(meter, counted_pulses=1600, energy_kwh=d("1")).verdict == "fail"
    assert constant(meter, counted_pulses=11, energy_kwh=d("0.0099")).verdict == "pass"  # 11.88: not a whole pulse off
    assert constant(meter, counted_pulses=10, energy_kwh=d("0.0099")).verdict == "fail"
    assert register(meter, shown_kwh=d("1.02"), reference_kwh=d("1")).rounded == "2.0"
    assert register(meter, shown_kwh=d("0.97"), reference_kwh=d("1")).verdict == "fail"
    assert demand(itr("B"), shown_kw=d("1.0105"), reference_kw=d("1")).rounded == "1.0"


def test_plain_limits_take_their_ends_in() -> None:
    for limit, over in ((d("5"), d("5.001")), (d("300"), d("300.5"))):
        assert clock(limit_s=limit, difference_s=-limit).verdict == "pass"
        assert switching(limit_s=limit, difference_s=over).verdict == "fail"
        assert withstand(leakage_ma=limit, limit_ma=limit).verdict == "pass"
        assert withstand(leakage_ma=over, limit_ma=limit).verdict == "fail"
    assert repeatability(jjg("1"), limit=d("0.1"), readings=[d("0.1"), d("0.15"), d("0.2")]).verdict == "pass"
    assert repeatability(jjg("1"), limit=d("0.1"), readings=[d("0.1"), d("0.15"), d("0.21")]).verdict == "fail"


def test_editions_without_an_item_say_so() -> None:
    with pytest.raises(RuleError, match="item"):
        unbalanced_difference(itr("A", phase="3p4w"), balanced=d("0"), unbalanced=d("0"))
    with pytest.raises(RuleError, match="accuracy_class"):
        variation(itr("E"), first=d("0"), second=d("0"))
