"""What a bench shows of itself while it works: a small document, newest things only, that nobody keeps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

POSITIONS, FRAMES, FRAME_BYTES, NOTICES = 200, 40, 300, 10
STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
Text = Annotated[str, Field(max_length=80)]
Figure = Annotated[str, Field(max_length=32)]
Number = Annotated[int, Field(ge=1, le=POSITIONS)]
Celsius = Annotated[float, Field(ge=-100, le=1000)]
Millis = Annotated[int, Field(ge=0)]


class ResultShown(BaseModel):
    """The newest finding at a position; figures are decimal texts as in an outcome."""

    model_config = STRICT
    item: Text
    case: Text
    point: Text = ""
    value: Figure = ""
    limit: Figure = ""
    unit: Figure = ""
    verdict: Text
    cause: Text = ""
    at_ms: Millis = 0


class PositionShown(BaseModel):
    """A position as its sensors have it, with what was measured there last."""

    model_config = STRICT
    present: bool = False
    pressed: bool = False
    wired: bool = False
    bypassed: bool = False
    closed: bool = False
    terminals_c: Annotated[tuple[Celsius, ...], Field(max_length=16)] = ()
    error_percent: Figure = ""
    """The newest reading of the error board, not judged yet."""
    result: ResultShown | None = None


class FrameShown(BaseModel):
    """A frame on the line of a position, in hexadecimal; a long one is cut."""

    model_config = STRICT
    at_s: float
    position: Number
    direction: Literal["out", "in"]
    raw: Annotated[str, Field(pattern="^[0-9a-f]*$", max_length=2 * FRAME_BYTES)]


class LoadShown(BaseModel):
    """What the source gives."""

    model_config = STRICT
    voltage_v: Figure
    current_a: Figure
    power_factor: Figure
    phase: Figure


class AirShown(BaseModel):
    """Air at the bench."""

    model_config = STRICT
    temperature_c: Celsius
    humidity_percent: Annotated[float, Field(ge=0, le=200)]


class CaseShown(BaseModel):
    """How far the run has come: the case that runs (in both languages), after so many of all."""

    model_config = STRICT
    run: Text
    state: Text
    scheme: Text
    formal: bool
    case: Text = ""
    item: Text = ""
    zh: Annotated[str, Field(max_length=200)] = ""
    en: Annotated[str, Field(max_length=200)] = ""
    done: Annotated[int, Field(ge=0)]
    cases: Annotated[int, Field(ge=0)]


class NoticeShown(BaseModel):
    """Something that the bench has said; the text is `bench.<code>`."""

    model_config = STRICT
    at_ms: Millis
    code: Text
    position: Annotated[int, Field(ge=0, le=POSITIONS)] = 0


class BenchShown(BaseModel):
    """A bench at one moment. `seq` counts up with every document of one client."""

    model_config = STRICT
    seq: Annotated[int, Field(ge=0)]
    at_ms: Millis
    away: bool = False
    """The client has parts of its report that the line server has not taken yet."""
    running: CaseShown | None = None
    load: LoadShown | None = None
    """None: the source is off, or the client has not switched it yet."""
    air: AirShown | None = None
    positions: Annotated[dict[Number, PositionShown], Field(max_length=POSITIONS)] = {}
    frames: Annotated[tuple[FrameShown, ...], Field(max_length=FRAMES)] = ()
    notices: Annotated[tuple[NoticeShown, ...], Field(max_length=NOTICES)] = ()
