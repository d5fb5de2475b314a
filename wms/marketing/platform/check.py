"""Whether a message fits the field list: every problem by message, field, and what is wrong with it. Pure.

Lengths: VARCHAR2(n) counts bytes of UTF-8, as the database behind the platform does; (n CHAR) counts characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, cast

from wms.marketing.platform.fields import REQUIRED, Field, message

KEEP, REFUSE = "keep", "refuse"
DATE_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S")
MOST_PROBLEMS = 50
SHOWN = 60
_TEXT = re.compile(r"^(?:VARCHAR2|NVARCHAR2|STRING)\((\d+)( CHAR)?\)$")
_NUMBER = re.compile(r"^NUMBER\((\d+)(?:,(\d+))?\)$")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that is wrong with a message. `place` names an element of a list, e.g. "sealInst[3]".

    Codes: missing, unknown_field, too_long, not_a_text, not_a_number, too_many_digits, not_a_date, not_a_list,
    not_an_object.
    """

    code: str
    message: str
    field: str
    place: str = ""
    limit: int = 0
    length: int = 0
    value: str = ""

    def words(self) -> str:
        """Return the misfit as one line, as it is sent back.

        >>> Misfit("too_long", "applyEquip", "taskNo", limit=32, length=40).words()
        'applyEquip.taskNo: too_long (40 > 32)'
        """
        where = f"{self.message}{'.' + self.place if self.place else ''}.{self.field}"
        if self.limit:
            return f"{where}: {self.code} ({self.length} > {self.limit})"
        return f"{where}: {self.code}" + (f" ({self.value})" if self.value else "")


def check(name: str, body: Mapping[str, Any], *, group: str = "", unknown: str = KEEP) -> list[Misfit]:
    """Return what is wrong with a message, at most 50 problems; raises KeyError for an unknown message.

    `unknown`: "keep" lets fields pass that the list does not have, "refuse" names them.

    >>> [one.code for one in check("sendTaskFinish", {"flag": "01", "more": "x"}, unknown="refuse")]
    ['missing', 'unknown_field']
    """
    found: list[Misfit] = []
    for misfit in _walk(name, body, group=group, unknown=unknown, top=(name, "")):
        found.append(misfit)
        if len(found) >= MOST_PROBLEMS:
            break
    return found


def _walk(name: str, body: Mapping[str, Any], *, group: str, unknown: str, top: tuple[str, str]) -> Iterator[Misfit]:
    said, place = top
    fields, needed = _message_fields(name, group)
    for field in needed:
        value = body.get(field.name)
        if value is None or (value in ("", []) and field.required == "yes"):
            yield Misfit("missing", said, field.name, place)
    for key, value in body.items():
        field = fields.get(key)
        if field is None:
            if unknown == REFUSE:
                yield Misfit("unknown_field", said, str(key)[:SHOWN], place)
        elif value is None:
            continue
        elif field.elements:
            yield from _elements(field, value, group=group, unknown=unknown, top=top)
        elif (wrong := misfit_of(field, value)) is not None:
            code, limit, length = wrong
            yield Misfit(code, said, field.name, place, limit, length, "" if limit else str(value)[:SHOWN])


@lru_cache(maxsize=512)
def _message_fields(name: str, group: str) -> tuple[Mapping[str, Field], tuple[Field, ...]]:
    """Return the fields of a message, and those of them that must be there."""
    try:
        fields = message(name, group).fields
    except KeyError:
        fields = message(name).fields  # parts that several groups share stand in a group of their own
    return fields, tuple(field for field in fields.values() if field.required in REQUIRED)


def _elements(field: Field, value: Any, *, group: str, unknown: str, top: tuple[str, str]) -> Iterator[Misfit]:
    said, place = top
    inner = f"{place}.{field.name}" if place else field.name
    if field.kind == "OBJECT" and isinstance(value, Mapping):
        part = cast("Mapping[str, Any]", value)
        yield from _walk(field.elements, part, group=group, unknown=unknown, top=(said, inner))
        return
    if not isinstance(value, list):
        yield Misfit("not_an_object" if field.kind == "OBJECT" else "not_a_list", said, field.name, place)
        return
    for number, one in enumerate(cast("list[Any]", value)):
        if not isinstance(one, Mapping):
            yield Misfit("not_an_object", said, f"{field.name}[{number}]", place)
            continue
        element = cast("Mapping[str, Any]", one)
        yield from _walk(field.elements, element, group=group, unknown=unknown, top=(said, f"{inner}[{number}]"))


def misfit_of(field: Field, value: Any) -> tuple[str, int, int] | None:
    """Return (code, limit, length) of what is wrong with one value, or None; an empty text is no value.

    >>> bytes_4, chars_4 = Field("a", "", "VARCHAR2(4)", "no"), Field("a", "", "VARCHAR2(4 CHAR)", "no")
    >>> misfit_of(bytes_4, "合格"), misfit_of(chars_4, "合格")
    (('too_long', 4, 6), None)
    >>> number = Field("a", "", "NUMBER(5,2)", "no")
    >>> misfit_of(number, "1234.5"), misfit_of(number, "123.45")
    (('too_many_digits', 3, 4), None)
    """
    if field.kind.startswith("LIST"):
        return _list(field, value)
    if field.kind == "OBJECT":
        return None if isinstance(value, (dict, list)) else ("not_an_object", 0, 0)
    if value == "":
        return None
    if isinstance(value, (list, dict, bool)):
        return (("not_a_text", 0, 0)) if field.kind else None
    if (text := _TEXT.match(field.kind)) is not None:
        return _text(str(value), int(text[1]), chars=bool(text[2]) or not field.kind.startswith("VARCHAR2"))
    if (number := _NUMBER.match(field.kind)) is not None:
        return _number(str(value), int(number[1]), int(number[2] or 0))
    if field.kind == "INT":
        return _number(str(value), 10, 0)
    if field.kind == "DATE":
        return None if date_of(str(value)) is not None else ("not_a_date", 0, 0)
    return None


def bytes_of(field: Field) -> int:
    """Return how long the text of a field may be; raises ValueError for a field that is no text.

    >>> bytes_of(Field("barCodes", "", "VARCHAR2(512)", "yes"))
    512
    """
    if (text := _TEXT.match(field.kind)) is None:
        raise ValueError(f"{field.name} is no text: {field.kind}")
    return int(text[1])


def _list(field: Field, value: Any) -> tuple[str, int, int] | None:
    if not isinstance(value, list):
        return "not_a_list", 0, 0
    inner = Field(field.name, "", field.kind.removeprefix("LIST").strip(), "no")
    found = (misfit_of(inner, one) for one in cast("list[Any]", value)) if inner.kind else iter(())
    return next((wrong for wrong in found if wrong is not None), None)


def _text(value: str, limit: int, *, chars: bool) -> tuple[str, int, int] | None:
    length = len(value) if chars else len(value.encode("utf-8", "surrogatepass"))
    return ("too_long", limit, length) if length > limit else None


def _number(value: str, digits: int, decimals: int) -> tuple[str, int, int] | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "not_a_number", 0, 0
    if not number.is_finite():
        return "not_a_number", 0, 0
    exponent = int(number.normalize().as_tuple().exponent)
    if -exponent > decimals:
        return ("too_many_decimals", decimals, -exponent) if decimals else ("not_a_number", 0, 0)
    whole = max(0, number.adjusted() + 1) if number else 0
    return ("too_many_digits", digits - decimals, whole) if whole > digits - decimals else None


@lru_cache(maxsize=4096)  # the points of one meter are all of the same minutes
def date_of(value: str) -> datetime | None:
    """Return the time that a DATE says; None if it is no date. A DATE has no zone: the one here means nothing.

    >>> str(date_of("2026-01-02 03:04:05")), date_of("2026-13-01")
    ('2026-01-02 03:04:05+00:00', None)
    """
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(value, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
