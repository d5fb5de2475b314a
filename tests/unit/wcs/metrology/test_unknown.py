"""What the rules do not know is refused by the name of the field, never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.wcs.metrology.meters import GBT, JJG, OIML, QGDW, d, itr, jjg
from wcs.metrology import EDITIONS, Meter, RuleError, current_a, edition, limit_for, rules_for

GOOD: dict[str, Any] = {
    "rules": JJG, "accuracy_class": "1", "phase": "1p2w", "connection": "direct", "current_spec": "5(60)",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rules": "IR46"}, "rules"),
        ({"accuracy_class": "3"}, "accuracy_class"),
        ({"accuracy_class": "A"}, "accuracy_class"),
        ({"accuracy_class": "0.5"}, "accuracy_class"),
        ({"rules": GBT}, "accuracy_class"),
        ({"rules": OIML, "accuracy_class": "E"}, "accuracy_class"),
        ({"phase": "2p3w"}, "phase"),
        ({"rules": QGDW, "accuracy_class": "A", "phase": "3p4w"}, "phase"),
        ({"accuracy_class": "0.2S"}, "connection"),
        ({"connection": "vt"}, "connection"),
        ({"current_spec": "0.25-0.5(60)"}, "current_spec"),
        ({"current_spec": "60"}, "current_spec"),
        ({"current_spec": "60(5)"}, "current_spec"),
        ({"current_spec": "0(60)"}, "current_spec"),
        ({"current_spec": "5(６0)"}, "current_spec"),
        ({"rules": GBT, "accuracy_class": "A", "current_spec": "0.5-0.25(60)"}, "current_spec"),
        ({"rated_voltage_v": d("0")}, "rated_voltage_v"),
        ({"constant_imp_kwh": d("NaN")}, "constant_imp_kwh"),
    ],
)
def test_name_plates(change: dict[str, Any], field: str) -> None:
    Meter(**GOOD)
    with pytest.raises(RuleError) as caught:
        Meter(**GOOD | change)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("meter", "load", "field"),
    [
        (jjg("1"), {"power_factor": "0.9L"}, "power_factor"),
        (jjg("1"), {"power_factor": "0.5"}, "power_factor"),
        (jjg("1"), {"power_factor": "1L"}, "power_factor"),
        (jjg("1"), {"power_factor": "0L"}, "power_factor"),
        (jjg("2"), {"power_factor": "0.8C"}, "power_factor"),
        (itr("A"), {"power_factor": "0.25L"}, "power_factor"),
        (jjg("1"), {"current_a": d("0")}, "current_a"),
        (jjg("1"), {"current_a": d("60.01")}, "current_a"),
        (itr("A"), {"current_a": d("0.02")}, "current_a"),
        (jjg("1"), {"balanced": False}, "balanced"),
        (itr("A", phase="3p4w"), {"balanced": False}, "balanced"),
    ],
)
def test_loads(meter: Meter, load: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleError) as caught:
        limit_for(meter, **{"current_a": d("5")} | load)
    assert caught.value.field == field


@pytest.mark.parametrize("symbol", ["", "I", "5", "0.5", "-1Ib", "Ib5", "1e3Ib"])
def test_currents_that_are_none(symbol: str) -> None:
    with pytest.raises(RuleError, match="current"):
        current_a(jjg("1"), symbol)


def test_every_edition_reads_and_names_its_clauses() -> None:
    names = {"intrinsic_error", "starting", "creep", "daily_timing", "deviation", "constant"}
    for rules in EDITIONS:
        book = edition(rules)
        assert book.rules == rules
        assert names <= set(book.clauses)
        assert set(book.starting.current) == set(book.imin) == set(book.classes)


def test_a_class_has_an_edition_of_its_own() -> None:
    assert [rules_for(one) for one in ("A", "E", "1", "0.2S")] == [GBT, GBT, JJG, JJG]
    assert Meter(**GOOD | {"accuracy_class": "1.0"}).accuracy_class == "1"
