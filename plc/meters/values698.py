"""Values of a meter as DL/T 698.45-2017 codes them: a typed datum for each identifier, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from plc.meters import data698
from plc.meters.data698 import Datum
from plc.meters.errors import BadFrame, BadValue
from plc.meters.identifiers import Identifier, Type
from plc.meters.values import MeterValue, number, switching_points, switching_text, units

ALL_KEYS = 0x000FFFFF  # twenty keys, as status word 04000508 of DL/T 645 counts them
OPERATING = bytes.fromhex("7F" + "FF" * 15)
ONE_KEY = 1
_NUMBER_TAGS: dict[Type, int] = {
    "uint8": data698.UINT8, "uint16": data698.UINT16, "uint32": data698.UINT32,
    "int16": data698.INT16, "int32": data698.INT32,
}  # fmt: skip
_FLAGS = 16


def decode(one: Identifier, datum: Datum) -> MeterValue:
    """Return the value that a datum carries; raise BadFrame if it is not of the identifier's type."""
    tag = _NUMBER_TAGS.get(_type(one))
    try:
        if tag is not None:
            return number(one, _expect(datum, tag))
        return _DECODE[_type(one)](one, datum)
    except (ValueError, TypeError, IndexError) as error:
        raise BadFrame(f"{one.name}: {error}") from error


def encode(one: Identifier, value: MeterValue) -> Datum:
    """Return the datum for `value`; raise BadValue if the identifier cannot carry it."""
    try:
        tag = _NUMBER_TAGS.get(_type(one))
        datum = Datum(tag, units(one, value)) if tag is not None else _ENCODE[_type(one)](one, value)
        data698.encode(datum)
    except (ValueError, ArithmeticError, TypeError, BadFrame) as error:
        raise BadValue(one.name, f"{value!r} is no {one.type}") from error
    return datum


def _type(one: Identifier) -> Type:
    if one.type is None:
        raise BadValue(one.name, "DL/T 698.45 has no such attribute")
    return one.type


def _expect(datum: Datum, tag: int) -> Any:
    if datum.tag != tag:
        raise ValueError(f"tag {datum.tag} instead of {tag}")
    return datum.value


def _demand(one: Identifier, datum: Datum) -> MeterValue:
    return number(one, _expect(_expect(datum, data698.STRUCTURE)[0], data698.UINT32))


def _put_demand(one: Identifier, value: MeterValue) -> Datum:
    parts = (Datum(data698.UINT32, units(one, value)), Datum(data698.NULL))
    return Datum(data698.STRUCTURE, parts)


def _flags(_: Identifier, datum: Datum) -> MeterValue:
    """Return a bit string as a number: its first bit is bit 0."""
    raw = _expect(datum, data698.BITS)
    if raw[0] != _FLAGS:
        raise ValueError(f"{raw[0]} flags instead of {_FLAGS}")
    return int(f"{int.from_bytes(raw[1:], 'big'):016b}"[::-1], 2)


def _put_flags(_: Identifier, value: MeterValue) -> Datum:
    if not isinstance(value, int):
        raise ValueError("no flags")
    mirrored = int(f"{value:016b}"[::-1], 2)
    return Datum(data698.BITS, bytes((_FLAGS,)) + mirrored.to_bytes(2, "big"))


def _keys(_: Identifier, datum: Datum) -> MeterValue:
    """Return key versions as the flags of DL/T 645: none, all, or some."""
    raw = _expect(datum, data698.OCTETS)
    if not any(raw):
        return 0
    return ALL_KEYS if raw == OPERATING else ONE_KEY


def _put_keys(_: Identifier, value: MeterValue) -> Datum:
    versions = {0: bytes(16), ALL_KEYS: OPERATING}.get(int(Decimal(str(value))), b"\x01" + bytes(15))
    return Datum(data698.OCTETS, versions)


def _table(_: Identifier, datum: Datum) -> MeterValue:
    points = [
        tuple(_expect(part, data698.UINT8) for part in _expect(point, data698.STRUCTURE))
        for point in _expect(datum, data698.ARRAY)
    ]
    return switching_text([(hour, minute, rate) for hour, minute, rate in points])


def _put_table(_: Identifier, value: MeterValue) -> Datum:
    points = switching_points(_text(value))
    parts = (tuple(Datum(data698.UINT8, number) for number in point) for point in points)
    return Datum(data698.ARRAY, tuple(Datum(data698.STRUCTURE, part) for part in parts))


def _text(value: MeterValue) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _put_moment(_: Identifier, value: MeterValue) -> Datum:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise ValueError("no moment")
    return Datum(data698.DATE_TIME_S, data698.date_time_s(moment))


def _put_octets(one: Identifier, value: MeterValue) -> Datum:
    raw = bytes.fromhex(_text(value))
    if len(raw) != one.size:
        raise ValueError(f"{len(raw)} bytes instead of {one.size}")
    return Datum(data698.OCTETS, raw)


def _put_text(one: Identifier, value: MeterValue) -> Datum:
    text = str(value)
    if len(text) > one.size_698:
        raise ValueError("too long")
    return Datum(data698.TEXT, text.ljust(one.size_698))  # the standard fixes the size of its texts


def _put_day(_: Identifier, value: MeterValue) -> Datum:
    day = datetime.combine(date.fromisoformat(_text(value)), time())
    return Datum(data698.DATE_TIME_S, data698.date_time_s(day))


_DECODE: dict[Type, Callable[[Identifier, Datum], MeterValue]] = {
    "text": lambda _, datum: str(_expect(datum, data698.TEXT)).strip("\x00 "),
    "octets": lambda _, datum: _expect(datum, data698.OCTETS).hex().upper(),
    "date_time_s": lambda _, datum: data698.moment(_expect(datum, data698.DATE_TIME_S)),
    "date_text": lambda _, datum: data698.moment(_expect(datum, data698.DATE_TIME_S)).date().isoformat(),
    "demand": _demand,
    "bits": _flags,
    "key_versions": _keys,
    "table": _table,
}
_ENCODE: dict[Type, Callable[[Identifier, MeterValue], Datum]] = {
    "text": _put_text,
    "octets": _put_octets,
    "date_time_s": _put_moment,
    "date_text": _put_day,
    "demand": _put_demand,
    "bits": _put_flags,
    "key_versions": _put_keys,
    "table": _put_table,
}
