"""What the judge answers, as models: for the JSON Schema alone, and held against every answer by the tests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

STRICT = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
Figure = Annotated[str, Field(pattern=r"^[+-]?\d+(\.\d+)?$")]
"""A decimal text."""
Verdict = Literal["pass", "fail"]


class Reply(BaseModel):
    """What every answer begins with."""

    model_config = STRICT
    id: str | int | None = None
    """As the record had it."""
    line: int | None = None
    """From 1: of a record without an id, and with every error."""


class Problem(BaseModel):
    """What is wrong with one field, and what would do."""

    model_config = STRICT
    field: str
    """A reading has its place from 0, as "readings_percent.1"."""
    message: str


class ErrorAnswer(Reply):
    """A record that could not be judged."""

    line: int  # pyright: ignore[reportIncompatibleVariableOverride,reportGeneralTypeIssues]
    error: str
    field: str
    """Of the first problem; "record" where the line is no JSON object."""
    problems: list[Problem]


class PercentAnswer(Reply):
    """Of intrinsic_error, standard_deviation, unbalanced_difference and constant, in percent."""

    limit_percent: Figure
    mean_percent: Figure | None = None
    """Of intrinsic_error, before rounding."""
    deviation_percent: Figure | None = None
    """Of standard_deviation, before rounding."""
    difference_percent: Figure | None = None
    """Of unbalanced_difference, before rounding."""
    error_percent: Figure | None = None
    """Of constant, before rounding."""
    rounded_percent: Figure
    """What the verdict goes by."""
    verdict: Literal["pass", "fail", "more_readings"]
    clause: str
    more_readings: int | None = None
    """How many more are asked for."""


class DailyTimingAnswer(Reply):
    """Of daily_timing, in seconds a day."""

    limit_s_d: Figure
    mean_s_d: Figure
    rounded_s_d: Figure
    """What the verdict goes by."""
    verdict: Verdict
    clause: str


class StartingAnswer(Reply):
    """Of starting."""

    limit_s: Figure
    """What the first pulse is held to."""
    first_pulse_s: Figure | None
    rounded_s: Figure | None
    verdict: Verdict
    clause: str
    limit_time_s: Figure
    """t_Q, or τ in the newer editions."""


class CreepAnswer(Reply):
    """Of creep."""

    limit_pulses: Figure
    pulses: Figure
    rounded_pulses: Figure
    verdict: Verdict
    clause: str
    limit_time_s: Figure
    """The least time of observation."""


class TimeAnswer(Reply):
    """Of "ask": "limit_time"."""

    limit_time_s: Figure
    """Of starting t_Q, or τ in the newer editions; of creep the least time of observation."""
    first_pulse_within_s: Figure | None = None
    """Of starting: t_Q, or 1.5 τ."""
    decided_within_s: Figure | None = None
    """Of starting: when the test is over at the latest, t_Q or 3 τ."""
    clause: str


Answered = (
    ErrorAnswer | PercentAnswer | DailyTimingAnswer | StartingAnswer | CreepAnswer | TimeAnswer
)  # fmt: skip
