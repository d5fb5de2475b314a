"""The records that the judge reads: one model an item, from which the JSON Schema comes (docs/judge.schema.json)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
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

from api.judge.numbers import FromZero, Number, Positive, Whole
from api.judge.replies import Answered
from wcs.metrology import Connection, Phase

STRICT = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
_SHOWN = 40


def _text_of(value: object) -> object:
    """Return a class or a power factor that was written as a number as its text."""
    return str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


Short = Annotated[str, Field(min_length=1, max_length=_SHOWN)]
_PLAIN = {"anyOf": [{"type": "string", "minLength": 1, "maxLength": _SHOWN}, {"type": "number"}]}
Plain = Annotated[Short, BeforeValidator(_text_of), WithJsonSchema(_PLAIN)]
Rules = Literal["JJG596-2012", "GBT17215.321-2021", "QGDW10364-2020", "OIML-R46-2012"]


class Question(BaseModel):
    """What every record has."""

    model_config = STRICT
    id: Annotated[StrictStr, Field(max_length=200)] | StrictInt | None = None
    """Given back as it came."""
    rules: Rules
    """Rule set and edition."""
    ask: Literal["verdict"] = "verdict"
    """starting and creep answer "limit_time" too."""


class Plated(Question):
    """A record that speaks of a meter: what its name plate says, and how it was loaded."""

    accuracy_class: Plain
    """0.2S, 0.5S, 1, 2, or A to E in the newer editions."""
    phase: Phase
    connection: Connection
    current_spec: Short
    """"5(60)" is Ib(Imax) or In(Imax), "0.25-0.5(60)" is Imin-Itr(Imax)."""
    rated_voltage_v: Positive | None = None
    """Phase voltage; line voltage for 3p3w."""
    constant_imp_kwh: Positive | None = None
    """Of the meter's own name plate, in pulses a kilowatt-hour."""
    balanced: StrictBool = True
    """False: one phase of a three-phase meter is loaded."""


class Loaded(Plated):
    """A record of readings at one load."""

    current_a: FromZero
    """In amperes, at the terminals of the meter."""
    power_factor: Plain
    """"1", "0.5L", "0.8C" ..."""


class AtItsLoad(Plated):
    """A record whose rule says at which load it holds: what is told of the load must agree."""

    current_a: FromZero | None = None
    """Need not be told."""
    power_factor: Plain | None = None
    """Need not be told."""


class Timed(AtItsLoad):
    """A record whose rule has a time in it."""

    rated_voltage_v: Positive  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]
    """Phase voltage; line voltage for 3p3w."""
    constant_imp_kwh: Positive  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]
    """Of the meter's own name plate, in pulses a kilowatt-hour."""


class IntrinsicError(Loaded):
    """基本误差: at least two readings at one load."""

    item: Literal["intrinsic_error"]
    readings_percent: Annotated[list[Number], Field(min_length=2, max_length=100)]


class StandardDeviation(Loaded):
    """标准偏差: at least five readings at one load."""

    item: Literal["standard_deviation"]
    readings_percent: Annotated[list[Number], Field(min_length=5, max_length=1000)]


class UnbalancedDifference(AtItsLoad):
    """不平衡负载与平衡负载误差之差: the two mean errors at Ib or In, cosφ 1."""

    item: Literal["unbalanced_difference"]
    balanced_percent: Number
    unbalanced_percent: Number


class Starting(Timed):
    """起动: when the pulses came after the starting current was switched on."""

    item: Literal["starting"]
    first_pulse_s: FromZero | None
    """null: none came."""
    second_pulse_s: FromZero | None = None
    """Since the start, like the first one. The newer editions need it; null: none came."""


class StartingTime(Timed):
    """起动: the limit time."""

    item: Literal["starting"]
    ask: Literal["limit_time"]  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]


class Creep(Timed):
    """潜动: pulses that came without current."""

    item: Literal["creep"]
    pulses: Whole
    observed_s: FromZero
    most_pulses: Whole | None = None
    """1 by the regulations; 0 is the stricter rule of some schemes."""


class CreepTime(Timed):
    """潜动: the least time of observation."""

    item: Literal["creep"]
    ask: Literal["limit_time"]  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]


class DailyTiming(Question):
    """日计时误差: readings in seconds a day. Every meter of an edition has the same limit; a plate may be told."""

    item: Literal["daily_timing"]
    readings_s_d: Annotated[list[Number], Field(min_length=1, max_length=1000)]
    accuracy_class: Plain | None = None
    phase: Phase | None = None
    connection: Connection | None = None
    current_spec: Short | None = None
    rated_voltage_v: Positive | None = None
    constant_imp_kwh: Positive | None = None
    balanced: StrictBool = True
    current_a: FromZero | None = None
    power_factor: Plain | None = None


class Constant(AtItsLoad):
    """仪表常数 by pulses counted over an energy (计读脉冲法)."""

    item: Literal["constant"]
    method: Literal["pulses"] = "pulses"
    constant_imp_kwh: Positive  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]
    counted_pulses: Whole
    energy_kwh: Positive
    """What the reference standard measured meanwhile."""


class ConstantByRegister(AtItsLoad):
    """仪表常数 by the register against the reference standard (走字, 标准表法)."""

    item: Literal["constant"]
    method: Literal["register"]
    shown_kwh: FromZero
    """What the register gained."""
    reference_kwh: Positive
    """What the reference standard measured meanwhile."""


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
    """Return the JSON Schema of one record; what is answered stands beside it, as the definition "Answer"."""
    records: TypeAdapter[Any] = TypeAdapter(Record)
    answers: TypeAdapter[Any] = TypeAdapter(Answered)
    schema, answer = records.json_schema(), answers.json_schema()
    defined = schema.pop("$defs") | answer.pop("$defs") | {"Answer": answer}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One record of metrostack judge",
        "description": "What is answered is #/$defs/Answer.",
    }
    return json.dumps(head | schema | {"$defs": defined}, indent=2, ensure_ascii=False) + "\n"
