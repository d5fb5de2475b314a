"""Numbers as the judge reads them: by their decimal text, whether they come as numbers or as texts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

_MOST = Decimal(1_000_000_000)
_DECIMALS = 60  # what is left of 0.3 - 0.1 - 0.2 in a float has some forty
_SHOWN = 40
_TEXT = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_WHOLE = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+$"}], "minimum": 0}


def _schema(**bounds: int) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "number"} | bounds, {"type": "string", "pattern": _TEXT}]})


def decimal_number(value: object) -> Decimal:
    """Return a number by its decimal text, be it written as a number or as a text; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError("must be a number, or a text that is one")
    text = str(value).strip()
    try:
        found = Decimal(text) if text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError(f'"{text[:_SHOWN]}" is not a number')
    exponent = found.as_tuple().exponent
    if abs(found) > _MOST or (isinstance(exponent, int) and exponent < -_DECIMALS):
        raise ValueError(f"must lie between -{_MOST} and {_MOST} and have at most {_DECIMALS} decimals")
    return found


def _whole(value: Decimal) -> int:
    if value < 0 or value % 1:
        raise ValueError("must be a whole number from 0")
    return int(value)


def _above_zero(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError("must be above 0")
    return value


def _from_zero(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("cannot be below 0")
    return value


Number = Annotated[Decimal, BeforeValidator(decimal_number), _schema()]
Positive = Annotated[Decimal, AfterValidator(_above_zero), BeforeValidator(decimal_number), _schema(exclusiveMinimum=0)]
FromZero = Annotated[Decimal, AfterValidator(_from_zero), BeforeValidator(decimal_number), _schema(minimum=0)]
Whole = Annotated[int, BeforeValidator(lambda value: _whole(decimal_number(value))), WithJsonSchema(_WHOLE)]
