"""Collects what a bench shows of itself, from what passes through its client anyway. Sends nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from api.bench.picture import (
    FRAME_BYTES,
    FRAMES,
    NOTICES,
    AirShown,
    BenchShown,
    CaseShown,
    FrameShown,
    LoadShown,
    NoticeShown,
    PositionShown,
    ResultShown,
)
from plc.bench.equipment import Ambient, Load, PositionState
from plc.meters.client import Frame
from wcs.bench.records import Outcome, Report
from wcs.bench.spool import Spool

ENDED = ("finished", "aborted")


@dataclass(slots=True)
class Screen:
    """What is newest on one bench. `states_at_s` says when its positions were last read (the caller's time)."""

    load: LoadShown | None = None
    air: AirShown | None = None
    states: dict[int, PositionState] = field(default_factory=dict[int, PositionState])
    readings: dict[int, str] = field(default_factory=dict[int, str])
    results: dict[int, ResultShown] = field(default_factory=dict[int, ResultShown])
    frames: deque[FrameShown] = field(default_factory=lambda: deque[FrameShown](maxlen=FRAMES))
    notices: deque[NoticeShown] = field(default_factory=lambda: deque[NoticeShown](maxlen=NOTICES))
    seq: int = 0
    looked: bool = False
    """Whether the positions have been read since the last document."""

    def heard(self, position: int, frame: Frame) -> None:
        """Take a frame on the line of a position: the `frames` of a bench's habits."""
        cut = frame.raw[:FRAME_BYTES].hex()
        self.frames.append(FrameShown(at_s=frame.at_s, position=position, direction=frame.direction, raw=cut))

    def told(self, report: Report) -> None:
        """Take a part of a report: its newest finding at each position, and what the bench says of itself."""
        for outcome in report.outcomes:
            self.results[outcome.position] = _result(outcome)
        for notice in report.notices:
            position = notice.get("position", 0)
            shown = position if isinstance(position, int) else 0
            self.notices.append(NoticeShown(at_ms=report.at_ms, code=str(notice.get("code", ""))[:80], position=shown))
        if report.state in ENDED:
            self.readings.clear()

    def applied(self, load: Load | None) -> None:
        """Take what the source was asked for; None: it is off."""
        self.readings.clear()
        self.load = None if load is None else LoadShown(
            voltage_v=f"{load.voltage_v:f}"[:32], current_a=f"{load.current_a:f}"[:32],
            power_factor=load.power_factor, phase=load.phase,
        )  # fmt: skip

    def saw(self, states: Mapping[int, PositionState]) -> None:
        """Take every position as its sensors have it; what was found of a meter goes with it."""
        self.states, self.looked = dict(states), True
        for number in [number for number, state in states.items() if not state.present]:
            self.results.pop(number, None)
            self.readings.pop(number, None)

    def breathed(self, air: Ambient) -> None:
        """Take the air."""
        self.air = AirShown(temperature_c=air.temperature_c, humidity_percent=air.humidity_percent)

    def measured(self, errors: Mapping[int, Sequence[Decimal]]) -> None:
        """Take the newest error reading of each position."""
        self.readings |= {position: f"{values[-1]:f}"[:32] for position, values in errors.items() if values}

    def document(self, spool: Spool, *, at_ms: int) -> BenchShown:
        """Return what the bench is like now, with how far its run has come."""
        self.seq, self.looked = self.seq + 1, False
        running = case_of(spool)
        if running is not None and running.done == 0:
            self.results = {n: result for n, result in self.results.items() if result.case == running.case}
        return BenchShown(
            seq=self.seq, at_ms=at_ms, away=spool.waiting() > 0, running=running, load=self.load, air=self.air,
            positions={number: self._position(number, state) for number, state in self.states.items()},
            frames=tuple(self.frames), notices=tuple(self.notices),
        )  # fmt: skip

    def _position(self, number: int, state: PositionState) -> PositionShown:
        return PositionShown(
            present=state.present, pressed=state.pressed, wired=state.wired, bypassed=state.bypassed,
            closed=state.load_closed, terminals_c=tuple(round(one, 1) for one in state.terminals_c[:16]),
            error_percent=self.readings.get(number, ""), result=self.results.get(number),
        )  # fmt: skip


def case_of(spool: Spool) -> CaseShown | None:
    """Return how far the run that is under way has come, None without one."""
    run = spool.unfinished()
    sheet = None if run is None else spool.sheet(run.sheet)
    if run is None or sheet is None:
        return None
    progress = spool.progress(run.id)
    at = sheet.cases[progress.done] if progress.done < len(sheet.cases) else None
    named = {} if at is None else {"case": at.code, "item": at.item, "zh": at.zh, "en": at.en}
    return CaseShown(
        run=run.id, state=progress.state, scheme=sheet.scheme, formal=sheet.formal, done=progress.done,
        cases=len(sheet.cases), **named,
    )  # fmt: skip


def _result(outcome: Outcome) -> ResultShown:
    return ResultShown(
        item=outcome.item, case=outcome.case[:80], point=outcome.point[:80],
        value=(outcome.rounded or outcome.value)[:32], limit=outcome.limit[:32], unit=outcome.unit[:32],
        verdict=outcome.verdict, cause=outcome.cause[:80], at_ms=outcome.at_ms,
    )  # fmt: skip
