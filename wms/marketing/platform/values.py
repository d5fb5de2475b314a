"""Figures and texts as the interface wants them: decimal texts of a field's length, lists as one text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from wms.marketing.platform.check import bytes_of, misfit_of
from wms.marketing.platform.fields import Field, message

READINGS = "|"
CODES = ","
Body = dict[str, Any]


def figure(value: object, decimals: int) -> str:
    """Return a figure with at most so many decimals, "" for what is none.

    >>> figure("0.123456789", 4), figure("", 4), figure(Decimal("1E+2"), 4), figure("-0.00", 2), figure("none", 2)
    ('0.1235', '', '100', '-0.00', '')
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ""
    if not number.is_finite():
        return ""
    exponent = int(number.as_tuple().exponent)
    if -exponent > decimals:
        number = number.quantize(Decimal(1).scaleb(-decimals))
    return f"{number:f}"


def whole(value: object) -> str:
    """Return a whole number as a text, "" for what is none.

    >>> whole("3"), whole("3.0"), whole("3.5"), whole("")
    ('3', '3', '', '')
    """
    try:
        number = Decimal(str(value))
        return str(int(number)) if number == number.to_integral_value() else ""
    except (InvalidOperation, ValueError, OverflowError):
        return ""


def both_ways(limit: object) -> tuple[str, str]:
    """Return the upper and lower limit of what may be off by `limit`.

    >>> both_ways("1.0"), both_ways("")
    (('1.0', '-1.0'), ('', ''))
    """
    text = str(limit or "")
    return (text, f"-{text}") if text else ("", "")


def joined(values: Iterable[object]) -> str:
    """Return readings as one text.

    >>> joined(["0.1", "0.2"])
    '0.1|0.2'
    """
    return READINGS.join(str(one) for one in values)


def in_parts(codes: Sequence[object], part: str, field: str) -> list[list[str]]:
    """Return codes in as few parts as fit a field of a message joined with commas, in their order; one at least.

    A code that alone is too long is a part of its own: whoever checks the message is to see it.

    >>> [len(one) for one in in_parts(["3" * 22] * 60, "uploadPackInfo", "barCodes")]
    [22, 22, 16]
    """
    limit = bytes_of(message(part).fields[field])
    parts: list[list[str]] = [[]]
    room = limit
    for code in map(str, codes):
        size = len(code.encode()) + len(CODES)
        if parts[-1] and size > room + len(CODES):
            parts.append([])
            room = limit
        parts[-1].append(code)
        room -= size
    return parts


def clipped(text: str, part: str, field: str) -> str:
    """Return words as far as they fit a field of a message, cut between characters: a reason that somebody wrote.

    >>> clipped("误" * 200, "SealInst", "releaseInfo") == "误" * 170
    True
    """
    limit = bytes_of(message(part).fields[field])
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def codes_of(text: str) -> list[str]:
    """Return the codes of a text with commas.

    >>> codes_of("a,b, c,"), codes_of("")
    (['a', 'b', 'c'], [])
    """
    return [code.strip() for code in text.split(CODES) if code.strip()]


def present(body: Mapping[str, Any]) -> Body:
    """Return a message without what is empty: the interface takes an absent field for an empty one.

    >>> present({"a": "", "b": "0", "c": None, "d": []})
    {'b': '0'}
    """
    return {name: value for name, value in body.items() if value is not None and value not in ("", [])}


def fitting(part: str, body: Mapping[str, Any], *, group: str) -> Body:
    """Return a part of a message without optional fields that do not fit: better none than a wrong one.

    What must be there stays as it is: whoever checks the message is to see it.
    """
    fields = message(part, group).fields
    return {name: value for name, value in body.items() if _fits(fields.get(name), value)}


def _fits(field: Field | None, value: Any) -> bool:
    return field is None or field.required == "yes" or bool(field.elements) or misfit_of(field, value) is None


def first(values: Sequence[Any], number: int = 0) -> str:
    """Return one of several values as a text, "" where there is none.

    >>> first(["a"], 1), first(["a", "b"], 1)
    ('', 'b')
    """
    return str(values[number]) if len(values) > number else ""
