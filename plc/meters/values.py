"""Values of a meter as DL/T 645-2007 codes them (annex A): BCD with the last byte first, ASCII backwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from plc.meters.errors import BadFrame, BadValue
from plc.meters.identifiers import Identifier, Kind

MeterValue = str | int | Decimal | datetime
"""number: Decimal, or int without decimals; text, digits: str; clock: datetime, marked UTC because a meter's clock has
no zone; date, time: ISO text; demand: Decimal; bits: int; table: "00:00=4 08:00=2 ..."."""

YEAR_MIN = 1960  # of the hundred that two digits stand for
INSTANT_GROUP = 0x02  # of data identifiers: instant values, the only ones with a sign
RATE_MAX = 63
POINT_BYTES = 3  # hour, minute, rate of one switching point
POINTS_MAX = 14


def decode(one: Identifier, raw: bytes) -> MeterValue:
    """Return the value that `raw` carries; raise BadFrame if it has another length or is no BCD."""
    if len(raw) != one.size and not (one.kind == "table" and 0 < len(raw) <= one.size):
        raise BadFrame(f"{one.name}: {len(raw)} bytes instead of {one.size}")
    try:
        return _DECODE[one.kind](one, raw[::-1])
    except ValueError as error:
        raise BadFrame(f"{one.name}: {error}") from error


def encode(one: Identifier, value: MeterValue) -> bytes:
    """Return the bytes for `value`; raise BadValue if the identifier cannot carry it."""
    try:
        raw = _ENCODE[one.kind](one, value)
    except (ValueError, ArithmeticError, TypeError) as error:
        raise BadValue(one.name, f"{value!r} is no {one.kind} of {one.size} bytes") from error
    return raw[::-1]


def moment_at(plant_s: float) -> datetime:
    """Return what a right clock shows at a plant time: seconds since 1970, taken as UTC, whole seconds.

    >>> moment_at(86400.9).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    return datetime.fromtimestamp(int(plant_s), UTC)


def number(one: Identifier, raw: int) -> MeterValue:
    """Return a whole number of the last digit as a value.

    >>> from plc.meters.identifiers import identifier
    >>> number(identifier("energy_total"), 12345)
    Decimal('123.45')
    """
    return Decimal(raw).scaleb(-one.decimals) if one.decimals else raw


def units(one: Identifier, value: MeterValue) -> int:
    """Return a value as a whole number of its last digit, further digits dropped; raise ValueError if it is none."""
    if isinstance(value, datetime):
        raise ValueError("a moment is no number")
    return int(Decimal(value).scaleb(one.decimals))


def switching_points(text: str) -> list[tuple[int, int, int]]:
    """Return hour, minute and rate of each point of a switching table; raise ValueError if it is none.

    >>> switching_points("00:00=4 08:30=2")
    [(0, 0, 4), (8, 30, 2)]
    """
    points: list[tuple[int, int, int]] = []
    for word in text.split():
        at, _, rate = word.partition("=")
        moment = time.fromisoformat(at)
        points.append((moment.hour, moment.minute, int(rate)))
    if not 0 < len(points) <= POINTS_MAX or not all(0 < rate <= RATE_MAX for _, _, rate in points):
        raise ValueError("1 to 14 points, each with a rate of 1 to 63")
    return points


def switching_text(points: list[tuple[int, int, int]]) -> str:
    """Return a switching table as text; raise ValueError for an hour or minute that no day has."""
    return " ".join(f"{time(hour, minute):%H:%M}={rate}" for hour, minute, rate in points)


def _digits(raw: bytes) -> str:
    text = raw.hex()
    if not text.isdecimal():
        raise ValueError(f"{text} is no BCD")
    return text


def _bcd(value: int, size: int) -> bytes:
    if value < 0:
        raise ValueError("below zero")
    return _padded(str(value), size)


def _padded(text: str, size: int) -> bytes:
    if len(text) > 2 * size or not (text.isascii() and text.isdecimal()):
        raise ValueError("too many digits, or none")
    return bytes.fromhex(text.zfill(2 * size))


def _signed(one: Identifier, raw: bytes) -> MeterValue:
    """Return a number; the highest bit is its sign where the DI is an instant value (group 02)."""
    if one.di[3] != INSTANT_GROUP:
        return number(one, int(_digits(raw)))
    size = int(_digits(bytes((raw[0] & 0x7F,)) + raw[1:]))
    return number(one, -size if raw[0] & 0x80 else size)


def _put_signed(one: Identifier, value: MeterValue) -> bytes:
    size = units(one, value)
    if one.di[3] != INSTANT_GROUP or size >= 0:
        return _bcd(size, one.size)
    raw = _bcd(-size, one.size)
    return bytes((raw[0] | 0x80,)) + raw[1:]


def _moment(text: str) -> datetime:
    hour, minute, second = (int(text[n : n + 2]) for n in (8, 10, 12))
    return datetime(_year(text), int(text[2:4]), int(text[4:6]), hour, minute, second, tzinfo=UTC)


def _year(text: str) -> int:
    return YEAR_MIN + (int(text[:2]) - YEAR_MIN) % 100


def _weekday(day: date) -> int:
    return day.isoweekday() % 7  # DL/T 645: 0 is Sunday


def _put_moment(value: datetime) -> bytes:
    return _padded(f"{value:%y%m%d}{_weekday(value):02}{value:%H%M%S}", 7)


def _put_date(text: str) -> bytes:
    day = date.fromisoformat(text)
    return _padded(f"{day:%y%m%d}{_weekday(day):02}", 4)


def _date(text: str) -> str:
    return date(_year(text), int(text[2:4]), int(text[4:6])).isoformat()


def _time(text: str) -> str:
    return time(int(text[:2]), int(text[2:4]), int(text[4:6])).isoformat()


def _table(raw: bytes) -> str:
    # NOTE: points travel in their order, each with its last byte first.
    forward = raw[::-1]
    if len(forward) % POINT_BYTES:
        raise ValueError("a torn switching point")
    parts = (_digits(forward[n : n + 3][::-1]) for n in range(0, len(forward), POINT_BYTES))
    return switching_text([(int(part[:2]), int(part[2:4]), int(part[4:])) for part in parts])


def _put_table(text: str) -> bytes:
    parts = [_padded(f"{hour:02}{minute:02}{rate:02}", 3)[::-1] for hour, minute, rate in switching_points(text)]
    return b"".join(parts)[::-1]


def _text(raw: bytes) -> str:
    return raw.strip(b"\x00 ").decode("ascii")


def _put_text(one: Identifier, value: MeterValue) -> bytes:
    raw = str(value).encode("ascii")
    if len(raw) > one.size:
        raise ValueError("too long")
    return raw.rjust(one.size, b"\x00")


def _put_bits(one: Identifier, value: MeterValue) -> bytes:
    if not isinstance(value, int):
        raise ValueError("no flags")
    return value.to_bytes(one.size, "big")


def _iso(value: MeterValue) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _as_moment(value: MeterValue) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or not YEAR_MIN <= moment.year < YEAR_MIN + 100:
        raise ValueError("no moment that two digits of a year can tell")
    return moment


_DECODE: dict[Kind, Callable[[Identifier, bytes], MeterValue]] = {
    "number": _signed,
    "text": lambda _, raw: _text(raw),
    "digits": lambda _, raw: _digits(raw),
    "clock": lambda _, raw: _moment(_digits(raw)),
    "date": lambda _, raw: _date(_digits(raw)),
    "time": lambda _, raw: _time(_digits(raw)),
    "demand": lambda one, raw: number(one, int(_digits(raw[5:]))),  # the moment stands before it, backwards
    "bits": lambda _, raw: int.from_bytes(raw, "big"),
    "table": lambda _, raw: _table(raw),
}
_ENCODE: dict[Kind, Callable[[Identifier, MeterValue], bytes]] = {
    "number": _put_signed,
    "text": _put_text,
    "digits": lambda one, value: _padded(_iso(value), one.size),
    "clock": lambda _, value: _put_moment(_as_moment(value)),
    "date": lambda _, value: _put_date(_iso(value)),
    "time": lambda _, value: _padded(time.fromisoformat(_iso(value)).strftime("%H%M%S"), 3),
    "demand": lambda one, value: bytes(5) + _bcd(units(one, value), 3),
    "bits": _put_bits,
    "table": lambda _, value: _put_table(_iso(value)),
}
