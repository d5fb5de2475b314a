"""Starting and creep: the times of the published vectors, and what counts as a pulse in time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.wcs.metrology.meters import GBT, JJG, OIML, QGDW, d
from wcs.metrology import (
    Meter,
    RuleError,
    creep,
    creep_time_s,
    pulse_interval_s,
    starting,
    starting_limit_s,
    starting_time_s,
)


def plate(*plain: Any) -> Meter:
    return Meter(*plain[:5], d(plain[5]), d(plain[6]))


CLASS_2 = plate(JJG, "2", "1p2w", "direct", "5(60)", "220", "1200")
CLASS_B = plate(GBT, "B", "1p2w", "direct", "0.25-0.5(60)", "220", "1200")
VECTORS = [
    (CLASS_2, "10.909", "30.303"),
    (plate(JJG, "1", "1p2w", "direct", "5(60)", "220", "1200"), "13.636", "37.879"),
    (plate(JJG, "1", "3p4w", "direct", "10(100)", "220", "400"), "6.818", "22.727"),
    (plate(JJG, "0.5S", "3p4w", "ct", "1.5(6)", "220", "6400"), "11.364", "23.674"),
    (plate(JJG, "0.2S", "3p3w", "ct", "1.5(6)", "100", "20000"), "13.856", "43.301"),
]


@pytest.mark.parametrize(("meter", "starting_min", "creep_min"), VECTORS)
def test_times_of_jjg596_in_minutes(meter: Meter, starting_min: str, creep_min: str) -> None:
    assert round(starting_limit_s(meter) / 60, 3) == d(starting_min)
    assert round(creep_time_s(meter) / 60, 3) == d(creep_min)
    assert starting_time_s(meter) == starting_limit_s(meter)


@pytest.mark.parametrize(
    ("meter", "interval_s", "creep_min"),
    [
        (CLASS_B, "681.8", "55.10"),
        (plate(GBT, "A", "1p2w", "direct", "0.25-0.5(60)", "220", "1200"), "545.5", "33.06"),
        (plate(QGDW, "A", "1p2w", "direct", "0.25-0.5(60)", "220", "1200"), "545.5", "55.10"),
        (plate(OIML, "A", "3p4w", "ct", "0.015-0.075(6)", "220", "6400"), "189.4", "34.44"),
    ],
)
def test_times_of_the_newer_editions(meter: Meter, interval_s: str, creep_min: str) -> None:
    interval = pulse_interval_s(meter)
    assert round(interval, 1) == d(interval_s)
    assert round(starting_limit_s(meter) / interval, 9) == d("1.5")
    assert round(starting_time_s(meter) / interval, 9) == 3
    assert round(creep_time_s(meter) / 60, 2) == d(creep_min)


# Here t_Q is 1.2 x 60 x 1000 / (1000 x 200 x 0.025) min = 14.4 min = 864 s to the digit, τ 1500 s.
ROUND = plate(JJG, "2", "1p2w", "direct", "5(60)", "200", "1000")
ROUND_ITR = plate(GBT, "A", "1p2w", "direct", "0.25-0.5(60)", "200", "480")


@pytest.mark.parametrize(("first", "verdict"), [("0", "pass"), ("864", "pass"), ("864.000001", "fail"), (None, "fail")])
def test_one_pulse_within_the_limit_starts_a_meter_by_jjg596(first: str | None, verdict: str) -> None:
    found = starting(ROUND, first_pulse_s=None if first is None else d(first))
    assert (found.verdict, found.limit, found.unit) == (verdict, 864, "s")


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("2249.999", "4499.999", "pass"),
        ("2250", "3000", "fail"),  # less than 1.5 τ, so not 1.5 τ itself
        ("1000", "3250", "pass"),  # but the second may take 1.5 τ
        ("1000", "3250.001", "fail"),
        ("1000", None, "fail"),
        (None, None, "fail"),
    ],
)
def test_two_pulses_start_a_meter_by_the_newer_editions(first: str | None, second: str | None, verdict: str) -> None:
    times = [None if one is None else d(one) for one in (first, second)]
    assert starting(ROUND_ITR, first_pulse_s=times[0], second_pulse_s=times[1]).verdict == verdict
    assert pulse_interval_s(ROUND_ITR) == 1500


def test_pulses_come_in_order() -> None:
    with pytest.raises(RuleError, match="second_pulse_s"):
        starting(ROUND_ITR, first_pulse_s=d("10"), second_pulse_s=d("9"))


@pytest.mark.parametrize(
    ("pulses", "most", "verdict"),
    [(0, None, "pass"), (1, None, "pass"), (2, None, "fail"), (1, 0, "fail"), (0, 0, "pass")],
)
def test_creep(pulses: int, most: int | None, verdict: str) -> None:
    found = creep(CLASS_2, pulses=pulses, observed_s=creep_time_s(CLASS_2), most_pulses=most)
    assert found.verdict == verdict


def test_creep_watched_too_shortly_says_nothing_but_of_a_meter_that_creeps() -> None:
    short = creep_time_s(CLASS_2) - Decimal("0.001")
    with pytest.raises(RuleError, match="observed_s"):
        creep(CLASS_2, pulses=1, observed_s=short)
    assert creep(CLASS_2, pulses=2, observed_s=short).verdict == "fail"


@pytest.mark.parametrize("field", ["rated_voltage_v", "constant_imp_kwh"])
def test_times_need_voltage_and_constant(field: str) -> None:
    voltage, constant = (None, d("1200")) if field == "rated_voltage_v" else (d("220"), None)
    with pytest.raises(RuleError) as caught:
        starting_limit_s(Meter(JJG, "2", "1p2w", "direct", "5(60)", voltage, constant))
    assert caught.value.field == field
