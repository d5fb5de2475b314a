"""What passes between the line server and a bench: a run to do, and what came out of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from wcs.bench.steps import STRICT

Verdict = Literal["pass", "fail", "aborted", "not_tested"]
RunState = Literal["ordered", "taken", "running", "paused", "finished", "aborted"]


class Place(BaseModel):
    """One meter at one position, with what the books say about it."""

    model_config = STRICT
    position: Annotated[int, Field(ge=1, le=200)]
    bar_code: str
    comm_address: str
    protocol: Literal["645", "698"] = "645"
    lot: str = ""
    attempt: int = 1
    """1 for the first test, 2 for the one in another position."""
    stations: dict[str, str] = {}
    """What the stations before the bench found: "withstand" and "imaging" to "pass", "fail" or "untested"."""


class MeterType(BaseModel):
    """What is printed on the meters of a run: one run, one model."""

    model_config = STRICT
    model: str
    accuracy_class: str
    phase: Literal["1p2w", "3p3w", "3p4w"]
    connection: Literal["direct", "ct"]
    rated_voltage_v: str
    current_spec: str
    constant_imp_kwh: str


class Run(BaseModel):
    """A batch on a bench. `id` is the idempotency key of everything that comes out of it."""

    model_config = STRICT
    id: str
    line: str
    bench: str
    sheet: int
    """Number of the run sheet."""
    lot: str
    kind: MeterType
    places: tuple[Place, ...]
    standard: str = ""
    """The reference standard of the bench, as the books have it."""
    correction_percent: str = "0"
    """The standard's own error by its certificate: added to each error reading, raw and corrected both kept."""
    corrections: dict[str, str] = {}
    """The same for single loads, by the point of the outcome ("0.1Ib 0.5L all"), where the certificate has them."""
    tester: str = ""
    checker: str = ""


class Outcome(BaseModel):
    """One point of one item of one meter. Figures are decimal texts; an empty one was not measured."""

    model_config = STRICT
    serial: int
    """1, 2, 3 ... within the run: with the run's id it names this outcome for ever."""
    position: int
    bar_code: str
    case: str
    item: str
    point: str = ""
    """E.g. "Imax 1.0 all"."""
    verdict: Verdict
    raw: tuple[str, ...] = ()
    """Readings as the bench gave them."""
    readings: tuple[str, ...] = ()
    """Readings corrected by the reference standard's certificate."""
    value: str = ""
    rounded: str = ""
    limit: str = ""
    unit: str = ""
    clause: str = ""
    cause: str = ""
    """Why it failed or was aborted: a code, e.g. no_answer, over_temperature."""
    at_ms: int = 0
    temperature_c: str = ""
    humidity_percent: str = ""


class MeterVerdict(BaseModel):
    """What a run says of one meter."""

    model_config = STRICT
    position: int
    bar_code: str
    verdict: Verdict
    failed: tuple[str, ...] = ()
    """Items that failed."""
    cause: str = ""
    address_read: str = ""
    """What the meter itself says it is: its position is confirmed by it."""


class Report(BaseModel):
    """What a bench sends to the line server.

    `part` counts 1, 2, 3 ... within a run; a part that is known already is not booked twice.
    """

    model_config = STRICT
    run: str
    bench: str
    part: int
    state: RunState
    at_ms: int
    outcomes: tuple[Outcome, ...] = ()
    verdicts: tuple[MeterVerdict, ...] = ()
    """With the last part only."""
    notices: tuple[dict[str, Any], ...] = ()
    """Alarms of the bench: {"code", "position", ...}; texts in the catalogues under `bench.<code>`."""


class Instruction(BaseModel):
    """What the line server answers to a report."""

    model_config = STRICT
    hold_keys: bool = False
    """Download no key: too many meters of the lot, or on the bench, have failed, until a quality engineer says so."""
    stop: Literal["", "finish", "abort"] = ""
    """The task was taken back: finish the case that runs, or stop at once."""
    reason: str = ""
