"""Values as both protocols code them, against bytes worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from plc.meters import data698, values, values698
from plc.meters.data698 import Datum
from plc.meters.errors import BadFrame, BadValue
from plc.meters.identifiers import identifier, identifiers

MOMENT = datetime(2026, 11, 21, 10, 5, 59, tzinfo=UTC)  # a Saturday
TABLE = "00:00=4 08:30=2 23:59=1"


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [
        ("energy_total", Decimal("123456.78"), "78563412"),
        ("voltage_a", Decimal("220.5"), "0522"),
        ("current_a", Decimal("-1.5"), "001580"),
        ("power", Decimal("13.2"), "002013"),
        ("clock", MOMENT, "59051006211126"),
        ("date", "2026-11-22", "00221126"),
        ("time", "10:05:59", "590510"),
        ("comm_address", "000441011305", "051301410400"),
        ("constant", 1200, "001200"),
        ("accuracy_class", "0.5S", "53352E30"),
        ("rated_voltage", "220V", "563032320000"),
        ("status_word_3", 0x1050, "5010"),
        ("switching_table", TABLE, "040000023008015923"),
    ],
)
def test_values_of_dlt645(name: str, value: values.MeterValue, raw: str) -> None:
    one = identifier(name)
    assert values.encode(one, value) == bytes.fromhex(raw)
    assert values.decode(one, bytes.fromhex(raw)) == value


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [
        ("energy_total", Decimal("123456.78"), "0600BC614E"),
        ("voltage_a", Decimal("220.5"), "12089D"),
        ("current_a", Decimal("-1.5"), "05FFFFFA24"),
        ("clock", MOMENT, "1C07EA0B150A053B"),
        ("comm_address", "000441011305", "0906000441011305"),
        ("accuracy_class", "0.5S", "0A04302E3553"),
        ("rated_voltage", "220V", "0A06323230562020"),
        ("made_on", "2026-01-05", "1C07EA0105000000"),
        ("status_word_3", 0x1050, "04100A08"),
        ("key_state", values698.ALL_KEYS, "09107FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"),
        ("key_state", 0, "0910" + "00" * 16),
        ("switching_table", "00:00=4 08:30=2", "0102020311001100110402031108111E1102"),
    ],
)
def test_values_of_dlt698(name: str, value: values.MeterValue, raw: str) -> None:
    one = identifier(name)
    assert data698.encode(values698.encode(one, value)).hex().upper() == raw
    assert values698.decode(one, data698.decode(bytes.fromhex(raw))[0]) == value


def test_a_demand_comes_with_its_moment_which_is_dropped() -> None:
    one = identifier("demand_max")
    assert values.decode(one, bytes.fromhex("563412 3010211126")) == Decimal("12.3456")
    datum = Datum(data698.STRUCTURE, (Datum(data698.UINT32, 123456), Datum(data698.DATE_TIME_S, bytes(7))))
    assert values698.decode(one, datum) == Decimal("12.3456")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("energy_total", Decimal("1000000")), ("energy_total", Decimal(-1)), ("energy_total", "abc"),
        ("clock", "no time"), ("clock", datetime(1900, 1, 1, tzinfo=UTC)), ("date", "2026-02-30"), ("time", 5),
        ("comm_address", "12345678901A"), ("comm_address", "1" * 13), ("asset_code", "表" * 3),
        ("asset_code", "1" * 33),
        ("switching_table", "25:00=1"), ("switching_table", ""), ("switching_table", "00:00=99"),
        ("switching_table", " ".join(["00:00=1"] * 15)), ("demand_period", MOMENT), ("status_word_3", -1),
    ],
)  # fmt: skip
def test_what_an_identifier_cannot_carry_is_refused(name: str, value: values.MeterValue) -> None:
    one = identifier(name)
    with pytest.raises(BadValue, match=name):
        values.encode(one, value)


@pytest.mark.parametrize(
    ("name", "raw"), [("energy_total", "7856341A"), ("energy_total", "785634"), ("clock", "99" * 7)]
)
def test_bytes_that_are_no_value_are_refused(name: str, raw: str) -> None:
    with pytest.raises(BadFrame, match=name):
        values.decode(identifier(name), bytes.fromhex(raw))


def test_another_type_than_the_identifier_has_is_refused() -> None:
    with pytest.raises(BadFrame, match="tag 17 instead of 6"):
        values698.decode(identifier("energy_total"), Datum(data698.UINT8, 1))
    with pytest.raises(BadValue, match="no such attribute"):
        values698.encode(identifier("date"), "2026-01-01")


def test_every_identifier_has_a_way_and_no_two_the_same() -> None:
    found = identifiers().values()
    assert len({one.di for one in found if one.di}) == sum(1 for one in found if one.di)
    assert len({one.oad for one in found if one.oad}) == sum(1 for one in found if one.oad)
    for one in found:
        assert len(one.di) in (0, 4)
        assert len(one.oad) in (0, 4)
        assert bool(one.oad) is (one.type is not None)
    with pytest.raises(BadValue, match="no identifier"):
        identifier("phase_of_the_moon")
