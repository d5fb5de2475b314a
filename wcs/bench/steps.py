"""The steps that a test case is made of (测试因子): typed, bounded, and each of them something a bench can do.

A step never names a limit. Limits, rounding and times come from the edition of the rules that the sheet names
(wcs/metrology), so that the same case serves every accuracy class.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Percent = Annotated[float, Field(ge=0, le=150)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Current = Annotated[str, Field(pattern=r"^(0|(\d+(\.\d+)?)?(Imax|Ib|In|Itr|Imin|Ist))$")]
PowerFactor = Literal["1", "0.5L", "0.8C", "0.25L", "0.5C", "0.8L"]
Phase = Literal["all", "a", "b", "c"]


class ApplySource(BaseModel):
    """Raise voltage and current to a load, and let it settle (升源)."""

    model_config = STRICT
    do: Literal["apply_source"] = "apply_source"
    voltage_percent: Percent = 100
    """Of the rated voltage: 100 as a rule, 115 for creep by JJG 596, 110 by the newer editions."""
    current: Current = "0"
    """As a multiple of a rated current: "Imax", "0.5Imax", "Ib", "0.1Ib", "10Itr", "Ist"; "0" is none."""
    power_factor: PowerFactor = "1"
    phase: Phase = "all"
    settle_s: Seconds = 3


class SourceOff(BaseModel):
    """Take current, then voltage, off (降源)."""

    model_config = STRICT
    do: Literal["source_off"] = "source_off"


class Wait(BaseModel):
    """Let plant time pass (等待)."""

    model_config = STRICT
    do: Literal["wait"] = "wait"
    seconds: Seconds


class ReadValue(BaseModel):
    """Read an identifier of the meter (读取); the value is kept under its name for `compare`."""

    model_config = STRICT
    do: Literal["read"] = "read"
    name: Name


class WriteValue(BaseModel):
    """Write an identifier of the meter (写入). `value` is a text, or "archive.<field>"."""

    model_config = STRICT
    do: Literal["write"] = "write"
    name: Name
    value: Annotated[str, Field(max_length=64)]


class Compare(BaseModel):
    """Compare a value that was read with the archive, or with a text (比对)."""

    model_config = STRICT
    do: Literal["compare"] = "compare"
    name: Name
    """What was read."""
    to: Annotated[str, Field(max_length=64)]
    """"archive.<field>" (bar_code, comm_address, model, constant, accuracy_class, ...), or a text."""


class MeasureError(BaseModel):
    """Measure the error at the load that is on (误差测量): at least two readings, two more where the rule asks."""

    model_config = STRICT
    do: Literal["measure_error"] = "measure_error"
    readings: Annotated[int, Field(ge=2, le=10)] = 2
    reading_s: Seconds = 5
    keep_as: Name | None = None
    """A name under which the mean is kept for variation, consistency and rising_falling."""


class MeasureDeviation(BaseModel):
    """Measure the standard deviation at the load that is on (标准偏差)."""

    model_config = STRICT
    do: Literal["measure_deviation"] = "measure_deviation"
    readings: Annotated[int, Field(ge=5, le=20)] = 5
    reading_s: Seconds = 5


class JudgeSpread(BaseModel):
    """Judge errors that were kept: twice the same load, up and down, or against all positions (变差 / 一致性)."""

    model_config = STRICT
    do: Literal["judge_spread"] = "judge_spread"
    rule: Literal["variation", "rising_falling", "consistency", "unbalanced_difference", "repeatability"]
    first: Name
    second: Name | None = None


class CountPulses(BaseModel):
    """Count pulses while a rule's time passes (计脉冲): creep, starting, or the constant over an energy."""

    model_config = STRICT
    do: Literal["count_pulses"] = "count_pulses"
    rule: Literal["creep", "starting", "constant"]
    energy_kwh: Annotated[float, Field(gt=0, le=1000)] | None = None
    """For the constant: the energy of the reference standard at which the count ends."""


class RunRegister(BaseModel):
    """Let the register run against the reference standard (走字): method "register" or "reference"."""

    model_config = STRICT
    do: Literal["run_register"] = "run_register"
    method: Literal["register", "reference"] = "reference"
    energy_kwh: Annotated[float, Field(gt=0, le=1000)] = 1


class MeasureTiming(BaseModel):
    """Measure the daily timing error on the second pulse (日计时)."""

    model_config = STRICT
    do: Literal["measure_timing"] = "measure_timing"
    gates: Annotated[int, Field(ge=1, le=20)] = 5
    gate_s: Seconds = 60


class MeasureDemand(BaseModel):
    """Let a demand period pass at the load that is on and compare it with the reference standard (需量)."""

    model_config = STRICT
    do: Literal["measure_demand"] = "measure_demand"
    period_s: Seconds = 900


class MeasureSwitching(BaseModel):
    """Wait for a tariff switch and compare its time with the table of the meter (时段投切)."""

    model_config = STRICT
    do: Literal["measure_switching"] = "measure_switching"
    limit_s: Seconds = 300


class CompareClock(BaseModel):
    """Compare the clock of the meter with the time standard (时钟示值)."""

    model_config = STRICT
    do: Literal["compare_clock"] = "compare_clock"
    limit_s: Seconds = 300


class BroadcastTime(BaseModel):
    """Tell every meter the time (广播校时)."""

    model_config = STRICT
    do: Literal["broadcast_time"] = "broadcast_time"


class Relay(BaseModel):
    """Send a control command (拉闸 / 合闸 / 报警 / 保电)."""

    model_config = STRICT
    do: Literal["relay"] = "relay"
    action: Literal["trip", "close", "alarm", "alarm_off", "keep", "keep_off"]
    expect: Literal["done", "refused"] = "done"
    """A meter that is kept alive must refuse to trip."""


class CheckOutput(BaseModel):
    """Check on the bench that the load circuit of the meter is open or closed (输出检查)."""

    model_config = STRICT
    do: Literal["check_output"] = "check_output"
    expect: Literal["open", "closed"]


class Authenticate(BaseModel):
    """Authenticate with the security module of the meter by the encryption machine (身份认证)."""

    model_config = STRICT
    do: Literal["authenticate"] = "authenticate"


class ClearRegisters(BaseModel):
    """Clear energy or demand (清零)."""

    model_config = STRICT
    do: Literal["clear"] = "clear"
    what: Literal["energy", "demand"]


class DownloadKey(BaseModel):
    """Put the operating key into the meter (密钥下装); held back while the reject rate is too high."""

    model_config = STRICT
    do: Literal["download_key"] = "download_key"


class TakeOver(BaseModel):
    """Take over what a station before the bench has found (耐压 / 图像识别)."""

    model_config = STRICT
    do: Literal["take_over"] = "take_over"
    station: Literal["withstand", "imaging"]


class UseBlock(BaseModel):
    """Put the steps of a block here (因子块)."""

    model_config = STRICT
    do: Literal["use_block"] = "use_block"
    block: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]


BenchStep = Annotated[
    ApplySource | SourceOff | Wait | ReadValue | WriteValue | Compare | MeasureError | MeasureDeviation | JudgeSpread
    | CountPulses | RunRegister | MeasureTiming | MeasureDemand | MeasureSwitching | CompareClock | BroadcastTime
    | Relay | CheckOutput | Authenticate | ClearRegisters | DownloadKey | TakeOver,
    Field(discriminator="do"),
]  # fmt: skip
Step = Annotated[BenchStep | UseBlock, Field(discriminator="do")]
STEPS: TypeAdapter[Any] = TypeAdapter(Annotated[list[Step], Field(min_length=1, max_length=200)])


def step_schema() -> dict[str, Any]:
    """Return the JSON Schema of a list of steps, for editors."""
    return STEPS.json_schema()
