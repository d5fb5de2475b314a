"""Data of DL/T 698.45-2017 as they travel (A-XDR, chapter 7.1): a tag of one byte, then the value.

A `Datum` keeps its tag, for a meter that wants an unsigned 16 refuses an integer of another width.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plc.meters.errors import BadFrame

NULL, ARRAY, STRUCTURE, BOOLEAN, BITS, INT32, UINT32, OCTETS, TEXT = 0, 1, 2, 3, 4, 5, 6, 9, 10
INT8, INT16, UINT8, UINT16, INT64, UINT64, ENUM = 15, 16, 17, 18, 20, 21, 22
DATE_TIME_S, OI, OAD, OMD, SCALER = 28, 80, 81, 83, 89

_NUMBERS = {
    INT32: (4, True), UINT32: (4, False), INT8: (1, True), INT16: (2, True), UINT8: (1, False), UINT16: (2, False),
    INT64: (8, True), UINT64: (8, False), ENUM: (1, False), BOOLEAN: (1, False),
}  # fmt: skip
_FIXED = {DATE_TIME_S: 7, OI: 2, OAD: 4, OMD: 4, 25: 10, 26: 5, 27: 3, 23: 4, 24: 8, SCALER: 2}
DEPTH_MAX = 8
COUNT_MAX, LONG_COUNTS = 0xFFFF, (0x81, 0x82)
SHORT_MAX = 0x7F  # octets whose count needs one byte


@dataclass(frozen=True, slots=True)
class Datum:
    """One value: None, int, bytes (octets, fixed ones, bits with their count in front), str, or a tuple of Datum."""

    tag: int
    value: Any = None


def encode(datum: Datum) -> bytes:
    """Return the bytes of a datum; raise BadFrame if its value does not fit its tag."""
    tag, value = datum.tag, datum.value
    try:
        if tag in _NUMBERS:
            size, signed = _NUMBERS[tag]
            return bytes((tag,)) + int(value).to_bytes(size, "big", signed=signed)
        if tag in (ARRAY, STRUCTURE):
            return bytes((tag, len(value))) + b"".join(map(encode, value))
    except (OverflowError, ValueError, TypeError) as error:
        raise BadFrame(f"{value!r} does not fit tag {tag}") from error
    return _encode_bytes(tag, value)


def decode(raw: bytes) -> tuple[Datum, bytes]:
    """Return the first datum of `raw`, and what stands behind it; raise BadFrame if there is none."""
    return _decode(raw, 0)


def octets(value: bytes) -> bytes:
    """Return bytes with their length in front, as they stand in an APDU; raise BadFrame above 65,535."""
    if len(value) <= SHORT_MAX:
        return bytes((len(value),)) + value
    if len(value) > COUNT_MAX:
        raise BadFrame("too many octets")
    return b"\x82" + len(value).to_bytes(2, "big") + value


def take_octets(raw: bytes) -> tuple[bytes, bytes]:
    """Return bytes that have their length in front, and what stands behind them."""
    size, rest = _length(raw)
    return _cut(rest, size)


def date_time_s(moment: datetime) -> bytes:
    """Return a moment in seven bytes: year, month, day, hour, minute, second."""
    return moment.year.to_bytes(2, "big") + bytes((moment.month, moment.day, moment.hour, moment.minute, moment.second))


def moment(raw: bytes) -> datetime:
    """Return the moment of seven bytes; raise BadFrame if there is no such moment."""
    try:
        year, (month, day, hour, minute, second) = int.from_bytes(raw[:2], "big"), raw[2:7]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, TypeError) as error:
        raise BadFrame(f"{raw.hex()} is no moment") from error


def _encode_bytes(tag: int, value: Any) -> bytes:
    if tag == NULL:
        return bytes((tag,))
    if tag == TEXT and isinstance(value, str) and value.isascii():
        return bytes((tag,)) + octets(value.encode("ascii"))
    if not isinstance(value, bytes):
        raise BadFrame(f"{value!r} does not fit tag {tag}")
    if tag == OCTETS:
        return bytes((tag,)) + octets(value)
    if tag == BITS and value and (value[0] + 7) // 8 == len(value) - 1:
        return bytes((tag,)) + value
    if _FIXED.get(tag) == len(value):
        return bytes((tag,)) + value
    raise BadFrame(f"{value!r} does not fit tag {tag}")


def _decode(raw: bytes, depth: int) -> tuple[Datum, bytes]:
    if not raw or depth > DEPTH_MAX:
        raise BadFrame("data end too early, or go too deep")
    tag, rest = raw[0], raw[1:]
    if tag in _NUMBERS:
        size, signed = _NUMBERS[tag]
        value, rest = _cut(rest, size)
        return Datum(tag, int.from_bytes(value, "big", signed=signed)), rest
    if tag in (ARRAY, STRUCTURE):
        return _decode_many(tag, rest, depth)
    if tag == TEXT:
        value, rest = take_octets(rest)
        if not value.isascii():
            raise BadFrame("a visible string that is no ASCII")
        return Datum(tag, value.decode("ascii")), rest
    return _decode_bytes(tag, rest)


def _decode_bytes(tag: int, rest: bytes) -> tuple[Datum, bytes]:
    if tag == NULL:
        return Datum(NULL), rest
    if tag == OCTETS:
        value, rest = take_octets(rest)
    elif tag == BITS:
        size = (rest[0] + 7) // 8 if rest else 0
        value, rest = _cut(rest, size + 1)
    elif tag in _FIXED:
        value, rest = _cut(rest, _FIXED[tag])
    else:
        raise BadFrame(f"tag {tag} is not one that meters send to a bench")
    return Datum(tag, value), rest


def _decode_many(tag: int, raw: bytes, depth: int) -> tuple[Datum, bytes]:
    count, rest = _cut(raw, 1)
    parts: list[Datum] = []
    for _ in range(count[0]):
        part, rest = _decode(rest, depth + 1)
        parts.append(part)
    return Datum(tag, tuple(parts)), rest


def _length(raw: bytes) -> tuple[int, bytes]:
    first, rest = _cut(raw, 1)
    if first[0] <= SHORT_MAX:
        return first[0], rest
    if first[0] not in LONG_COUNTS:
        raise BadFrame("a length of more than two bytes")
    size, rest = _cut(rest, first[0] & 0x7F)
    return int.from_bytes(size, "big"), rest


def _cut(raw: bytes, size: int) -> tuple[bytes, bytes]:
    if len(raw) < size:
        raise BadFrame("data end too early")
    return raw[:size], raw[size:]
