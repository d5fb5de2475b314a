"""The limits of intrinsic error and standard deviation, row by row, at both ends of every range."""

from __future__ import annotations

import pytest

from tests.unit.wcs.metrology.meters import GBT, OIML, QGDW, d, itr, jjg
from wcs.metrology import Meter, RuleError, intrinsic_error, limit_for, standard_deviation

# current as a share of Ib or In, power factor, balanced; limits of 0.2S, 0.5S, 1, 2; "-": no limit
DIRECT = [
    ("0.0499", "1", True, "- -"),
    ("0.05", "1", True, "1.5 2.5"),
    ("0.0999", "1", True, "1.5 2.5"),
    ("0.1", "1", True, "1.0 2.0"),
    ("12", "1", True, "1.0 2.0"),
    ("12.001", "1", True, "- -"),
    ("0.0999", "0.5L", True, "- -"),
    ("0.1", "0.5L", True, "1.5 2.5"),
    ("0.1999", "0.5L", True, "1.5 2.5"),
    ("0.2", "0.5L", True, "1.0 2.0"),
    ("12", "0.5L", True, "1.0 2.0"),
    ("0.1", "0.8C", True, "1.5 -"),
    ("0.2", "0.8C", True, "1.0 -"),
    ("0.1999", "0.25L", True, "- -"),
    ("0.2", "0.25L", True, "3.5 -"),
    ("0.2", "0.5C", True, "2.5 -"),
    ("0.0999", "1", False, "- -"),
    ("0.1", "1", False, "2.0 3.0"),
    ("0.1999", "0.5L", False, "- -"),
    ("0.2", "0.5L", False, "2.0 3.0"),
    ("1", "0.8C", False, "- -"),
    ("1", "0.8L", True, "- -"),
]
CT = [
    ("0.00999", "1", True, "- - - -"),
    ("0.01", "1", True, "0.4 1.0 - -"),
    ("0.02", "1", True, "0.4 1.0 1.5 2.5"),
    ("0.0499", "1", True, "0.4 1.0 1.5 2.5"),
    ("0.05", "1", True, "0.2 0.5 1.0 2.0"),
    ("4", "1", True, "0.2 0.5 1.0 2.0"),
    ("0.0199", "0.5L", True, "- - - -"),
    ("0.02", "0.5L", True, "0.5 1.0 - -"),
    ("0.05", "0.5L", True, "0.5 1.0 1.5 2.5"),
    ("0.0999", "0.5L", True, "0.5 1.0 1.5 2.5"),
    ("0.1", "0.5L", True, "0.3 0.6 1.0 2.0"),
    ("0.02", "0.8C", True, "0.5 1.0 - -"),
    ("0.05", "0.8C", True, "0.5 1.0 1.5 -"),
    ("0.1", "0.8C", True, "0.3 0.6 1.0 -"),
    ("0.1", "0.25L", True, "0.5 1.0 3.5 -"),
    ("0.1", "0.5C", True, "0.5 1.0 2.5 -"),
    ("0.05", "1", False, "0.3 0.6 2.0 3.0"),
    ("0.1", "0.5L", False, "0.4 1.0 2.0 3.0"),
    ("0.0499", "1", False, "- - - -"),
]
# amperes of a 0.25-0.5(60) meter, power factor; limits of A to E
ITR = [
    ("0.5", "1", "2.0 1.0 0.5 0.2 0.1"),
    ("60", "1", "2.0 1.0 0.5 0.2 0.1"),
    ("60.1", "1", "- - - - -"),
    ("0.5", "0.5L", "2.0 1.0 0.6 0.3 0.15"),
    ("60", "0.8C", "2.0 1.0 0.6 0.3 0.15"),
    ("5", "0.8L", "2.0 1.0 0.6 0.3 0.15"),
    ("0.4999", "1", "2.5 1.5 1.0 0.4 0.2"),
    ("0.25", "1", "2.5 1.5 1.0 0.4 0.2"),
    ("0.25", "0.8C", "2.5 1.5 1.0 0.5 0.25"),
    ("0.2", "1", "3.125 1.875 1.25 0.5 0.25"),
    ("0.025", "1", "25 15 10 4 2"),
    ("0.0249", "1", "- 15.060241 10.040161 4.0160643 2.0080321"),
    ("0.2", "0.5L", "- - - - -"),
    ("5", "0.25L", "- - - - -"),
    ("5", "0.5C", "- - - - -"),
]


def found_limit(meter: Meter, current: str, factor: str, *, balanced: bool = True, of: str = "1") -> str:
    try:
        limit = limit_for(meter, current_a=d(current) * d(of), power_factor=factor, balanced=balanced)
    except RuleError as error:
        assert error.field in ("current_a", "power_factor")
        return "-"
    return f"{limit.normalize():.8g}"


def shown(limits: str) -> list[str]:
    return [one if one == "-" else f"{d(one).normalize():.8g}" for one in limits.split()]


@pytest.mark.parametrize(("share", "factor", "balanced", "limits"), DIRECT)
def test_direct_connection_by_jjg596(share: str, factor: str, balanced: bool, limits: str) -> None:
    meters = [jjg(one, phase="3p4w") for one in ("1", "2")]
    assert [found_limit(one, share, factor, balanced=balanced, of="5") for one in meters] == shown(limits)


@pytest.mark.parametrize(("share", "factor", "balanced", "limits"), CT)
def test_transformer_connection_by_jjg596(share: str, factor: str, balanced: bool, limits: str) -> None:
    meters = [jjg(one, "ct", "3p3w") for one in ("0.2S", "0.5S", "1", "2")]
    assert [found_limit(one, share, factor, balanced=balanced, of="1.5") for one in meters] == shown(limits)


@pytest.mark.parametrize(("current", "factor", "limits"), ITR)
def test_classes_a_to_e(current: str, factor: str, limits: str) -> None:
    assert [found_limit(itr(one), current, factor) for one in "ABCDE"] == shown(limits)


@pytest.mark.parametrize(
    ("rules", "accuracy_class", "current", "factor", "limit"),
    [
        (QGDW, "A", "5", "1", "1.0"),
        (QGDW, "A", "0.3", "1", "1.5"),
        (QGDW, "A", "5", "0.5L", "1.0"),
        (QGDW, "A", "0.1", "1", "3.75"),
        (QGDW, "B", "5", "0.5L", "1.0"),
        (OIML, "A", "5", "0.5L", "2.5"),
        (OIML, "B", "5", "0.8C", "1.5"),
        (OIML, "C", "5", "0.5L", "0.6"),
        (OIML, "A", "0.3", "0.5L", "2.5"),
        (OIML, "B", "0.3", "0.5L", "1.8"),
        (OIML, "C", "0.3", "0.5L", "1.3"),
        (OIML, "D", "0.3", "0.5L", "0.5"),
        (OIML, "D", "5", "1", "0.2"),
    ],
)
def test_editions_that_differ(rules: str, accuracy_class: str, current: str, factor: str, limit: str) -> None:
    assert limit_for(itr(accuracy_class, rules), current_a=d(current), power_factor=factor) == d(limit)


@pytest.mark.parametrize(
    ("readings", "verdict", "rounded"),
    [
        ("0.61 0.72", "pass", "0.7"),
        ("1.31 1.42", "more_readings", "1.4"),
        ("1.2 0.1", "more_readings", "0.6"),  # 0.8 limits, and it belongs to the zone
        ("1.1999 0.1", "pass", "0.6"),
        ("-1.8 0.1", "more_readings", "-0.8"),  # 1.2 limits
        ("1.8001 1.9", "fail", "1.9"),
        ("1.9 2.0", "fail", "2.0"),  # the mean is 1.95, halfway to an odd tenth
        ("1.31 1.42 1.5 1.6", "pass", "1.5"),
        ("1.55 1.55 1.55 1.55", "fail", "1.6"),
        ("1.549 1.549 1.549 1.549", "pass", "1.5"),
        ("1.45 1.45 1.45 1.45", "pass", "1.4"),
        ("1.31 1.42 1.5", "pass", "1.4"),  # only exactly two ask for more
    ],
)
def test_readings_of_a_class_1_meter_at_a_limit_of_one_and_a_half(readings: str, verdict: str, rounded: str) -> None:
    found = intrinsic_error(
        jjg("1"), current_a=d("0.5"), power_factor="0.5L", balanced=True, readings=[d(x) for x in readings.split()]
    )
    assert (found.limit, found.verdict, found.rounded) == (d("1.5"), verdict, rounded)
    assert found.more == (2 if verdict == "more_readings" else 0)


@pytest.mark.parametrize(
    ("accuracy_class", "connection", "mean", "rounded", "verdict"),
    [
        ("1", "direct", "1.050", "1.0", "pass"),
        ("1", "direct", "1.051", "1.1", "fail"),
        ("2", "direct", "2.1", "2.0", "pass"),
        ("2", "direct", "2.11", "2.2", "fail"),
        ("0.5S", "ct", "0.525", "0.50", "pass"),
        ("0.5S", "ct", "-0.526", "-0.55", "fail"),
        ("0.2S", "ct", "0.21", "0.20", "pass"),
        ("0.2S", "ct", "0.211", "0.22", "fail"),
    ],
)
def test_the_rounded_mean_decides(accuracy_class: str, connection: str, mean: str, rounded: str, verdict: str) -> None:
    meter = jjg(accuracy_class, connection)
    amperes = d("5") if connection == "direct" else d("1.5")
    found = intrinsic_error(meter, current_a=amperes, power_factor="1", balanced=True, readings=[d(mean)] * 4)
    assert (found.rounded, found.verdict) == (rounded, verdict)


@pytest.mark.parametrize(
    ("meter", "current", "factor", "limit"),
    [
        (jjg("2"), "0.5", "1", "0.1"),
        (jjg("2"), "0.25", "1", "0.15"),
        (jjg("1"), "0.2", "0.5L", "0.15"),
        (jjg("1"), "60", "0.5L", "0.1"),
        (jjg("0.5S", "ct"), "1.5", "1", "0.05"),
        (jjg("0.5S", "ct"), "1.5", "0.5L", "0.06"),
        (jjg("0.5S", "ct"), "0.02", "1", "0.1"),
        (jjg("0.2S", "ct"), "1.5", "1", "0.02"),
        (jjg("0.2S", "ct"), "1.5", "0.8C", "0.03"),
        (jjg("0.2S", "ct"), "0.02", "1", "0.04"),
        (itr("A"), "0.5", "1", "0.1"),
        (itr("B"), "0.4", "1", "0.15"),
        (itr("C"), "5", "0.5L", "0.06"),
        (itr("D"), "0.4", "0.5L", "0.04"),
    ],
)
def test_limits_of_the_standard_deviation(meter: Meter, current: str, factor: str, limit: str) -> None:
    readings = [d(x) for x in ("0.10", "0.11", "0.12", "0.11", "0.11")]
    found = standard_deviation(meter, current_a=d(current), power_factor=factor, readings=readings)
    assert found.limit == d(limit)


@pytest.mark.parametrize(
    ("meter", "readings", "value", "rounded", "verdict"),
    [
        (jjg("2"), "0.1 0.2 0.3 0.1 0.2", "0.083666003", "0.08", "pass"),
        (jjg("1"), "0.1 0.1 0.1 0.1 0.1", "0", "0.00", "pass"),
        (jjg("1"), "0.0 0.0 0.0 0.0 0.25", "0.111803399", "0.12", "fail"),
        (jjg("1"), "0.0 0.0 0.0 0.0 0.245", "0.109567331", "0.10", "pass"),
    ],
)
def test_standard_deviation(meter: Meter, readings: str, value: str, rounded: str, verdict: str) -> None:
    found = standard_deviation(meter, current_a=d("5"), power_factor="1", readings=[d(x) for x in readings.split()])
    assert (found.value, found.rounded, found.verdict) == (d(value), rounded, verdict)


@pytest.mark.parametrize(("factor", "asked"), [("0.25L", True), ("0.5C", True), ("0.5L", False), ("1", False)])
def test_the_clause_says_what_is_judged_only_on_request(factor: str, asked: bool) -> None:
    readings = [d("0.1"), d("0.1")]
    found = intrinsic_error(jjg("1"), current_a=d("5"), power_factor=factor, balanced=True, readings=readings)
    assert ("on request" in found.clause) == asked


def test_class_e_has_no_standard_deviation() -> None:
    with pytest.raises(RuleError) as caught:
        standard_deviation(itr("E", GBT), current_a=d("5"), power_factor="1", readings=[d("0")] * 5)
    assert caught.value.field == "accuracy_class"
