"""The records that the judge reads: one model an item, from which the JSON Schema comes (docs/judge.schema.json)."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    TypeAdapter,
    WithJsonSchema,
)

from wcs.metrology import Connection, Phase

STRICT = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
_MOST = Decimal(1_000_000_000)
_DECIMALS = 30
_SHOWN = 40
_TEXT = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_NUMBER_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _TEXT}]}
_WHOLE_SCHEMA = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+$"}], "minimum": 0}


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


def _text_of(value: object) -> object:
    """Return a class or a power factor that was written as a number as its text."""
    return str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


Number = Annotated[Decimal, BeforeValidator(decimal_number), WithJsonSchema(_NUMBER_SCHEMA)]
Positive = Annotated[
    Decimal, AfterValidator(_above_zero), BeforeValidator(decimal_number), WithJsonSchema(_NUMBER_SCHEMA)
]
Seconds = Annotated[
    Decimal, AfterValidator(_from_zero), BeforeValidator(decimal_number), WithJsonSchema(_NUMBER_SCHEMA)
]
Whole = Annotated[int, BeforeValidator(lambda value: _whole(decimal_number(value))), WithJsonSchema(_WHOLE_SCHEMA)]
Short = Annotated[str, Field(min_length=1, max_length=_SHOWN)]
Plain = Annotated[Short, BeforeValidator(_text_of)]
Rules = Literal["JJG596-2012", "GBT17215.321-2021", "QGDW10364-2020", "OIML-R46-2012"]


class Question(BaseModel):
    """What every record has."""

    model_config = STRICT
    id: Annotated[StrictStr, Field(max_length=200)] | StrictInt | None = None
    """Given back as it came."""
    rules: Rules
    """Rule set and edition."""


class Plated(Question):
    """A record that speaks of a meter: what its name plate says."""

    accuracy_class: Plain
    """0.2S, 0.5S, 1, 2, or A to E in the newer editions."""
    phase: Phase
    connection: Connection
    current_spec: Short
    """"5(60)" is Ib(Imax) or In(Imax), "0.25-0.5(60)" is Imin-Itr(Imax)."""
    rated_voltage_v: Positive | None = None
    """Phase voltage; line voltage for 3p3w."""
    constant_imp_kwh: Positive | None = None


class Timed(Plated):
    """A record whose rule has a time in it."""

    rated_voltage_v: Positive  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]
    constant_imp_kwh: Positive  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]


class IntrinsicError(Plated):
    """基本误差: readings at one load."""

    item: Literal["intrinsic_error"]
    balanced: StrictBool = True
    """False: one phase of a three-phase meter is loaded."""
    current_a: Seconds
    power_factor: Plain
    """"1", "0.5L", "0.8C" ..."""
    readings_percent: Annotated[list[Number], Field(min_length=2, max_length=100)]


class StandardDeviation(Plated):
    """标准偏差: at least five readings at one load."""

    item: Literal["standard_deviation"]
    balanced: StrictBool = True
    current_a: Seconds
    power_factor: Plain
    readings_percent: Annotated[list[Number], Field(min_length=5, max_length=1000)]


class UnbalancedDifference(Plated):
    """不平衡负载与平衡负载误差之差: the two mean errors at Ib or In, cosφ 1."""

    item: Literal["unbalanced_difference"]
    balanced_percent: Number
    unbalanced_percent: Number


class Starting(Timed):
    """起动: when the pulses came after the starting current was switched on."""

    item: Literal["starting"]
    ask: Literal["verdict"] = "verdict"
    first_pulse_s: Seconds | None
    """null: none came."""
    second_pulse_s: Seconds | None = None
    """Since the start, like the first one. The newer editions need it; null: none came."""


class StartingTime(Timed):
    """起动: the limit time."""

    item: Literal["starting"]
    ask: Literal["limit_time"]


class Creep(Timed):
    """潜动: pulses that came without current."""

    item: Literal["creep"]
    ask: Literal["verdict"] = "verdict"
    pulses: Whole
    observed_s: Seconds
    most_pulses: Whole | None = None
    """1 by the regulations; 0 is the stricter rule of some schemes."""


class CreepTime(Timed):
    """潜动: the least time of observation."""

    item: Literal["creep"]
    ask: Literal["limit_time"]


class DailyTiming(Question):
    """日计时误差: readings in seconds a day. The name plate may be told, but decides nothing."""

    item: Literal["daily_timing"]
    readings_s_d: Annotated[list[Number], Field(min_length=1, max_length=1000)]
    accuracy_class: Plain | None = None
    phase: Phase | None = None
    connection: Connection | None = None
    current_spec: Short | None = None
    rated_voltage_v: Positive | None = None
    constant_imp_kwh: Positive | None = None


class Constant(Plated):
    """仪表常数 by pulses counted over an energy (计读脉冲法)."""

    item: Literal["constant"]
    method: Literal["pulses"] = "pulses"
    constant_imp_kwh: Positive  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]
    counted_pulses: Whole
    energy_kwh: Positive


class ConstantByRegister(Plated):
    """仪表常数 by the register against the reference standard (走字, 标准表法)."""

    item: Literal["constant"]
    method: Literal["register"]
    shown_kwh: Seconds
    """What the register gained."""
    reference_kwh: Positive


Record = (
    IntrinsicError | StandardDeviation | UnbalancedDifference | Starting | StartingTime | Creep | CreepTime
    | DailyTiming | Constant | ConstantByRegister
)  # fmt: skip
MODELS: dict[tuple[str, str], type[Record]] = {
    ("intrinsic_error", ""): IntrinsicError,
    ("standard_deviation", ""): StandardDeviation,
    ("unbalanced_difference", ""): UnbalancedDifference,
    ("starting", "verdict"): Starting,
    ("starting", "limit_time"): StartingTime,
    ("creep", "verdict"): Creep,
    ("creep", "limit_time"): CreepTime,
    ("daily_timing", ""): DailyTiming,
    ("constant", "pulses"): Constant,
    ("constant", "register"): ConstantByRegister,
}
"""By item, and by what the item's `ask` or `method` says."""
CHOICES = {"starting": ("ask", "verdict"), "creep": ("ask", "verdict"), "constant": ("method", "pulses")}
"""The field that chooses between two models of an item, and what it is if it is not there."""


def schema_text() -> str:
    """Return the JSON Schema of one record."""
    adapter: TypeAdapter[Any] = TypeAdapter(Record)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One record of metrostack judge",
    }
    return json.dumps(head | adapter.json_schema(), indent=2, ensure_ascii=False) + "\n"
