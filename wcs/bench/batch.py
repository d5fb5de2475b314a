"""A batch on a bench while it runs: its positions, the load that is on, and what has been found so far.

What a case finds stays here until the case is complete for all positions; only then it is reported, and only
then it counts for the meters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from plc.bench.equipment import Ambient, Equipment, EquipmentError, PositionState, Pulses
from plc.clock import Clock
from plc.meters.client import MeterClient
from wcs.bench.habits import Habits
from wcs.bench.progress import Progress, Standing
from wcs.bench.records import Outcome, Place, Report, Run, RunState, Verdict
from wcs.bench.sheet import Case, RunSheet
from wcs.bench.spool import Spool, Tested
from wcs.bench.steps import ApplySource
from wcs.bench.workplace import Workplace
from wcs.metrology import Judgement, Meter


@dataclass(frozen=True, slots=True)
class Kept:
    """An error in percent that a case keeps for another step, and the load it was measured at."""

    mean: Decimal
    readings: tuple[Decimal, ...]
    load: ApplySource


@dataclass(slots=True)
class Position:
    """One meter on the bench."""

    place: Place
    standing: Standing
    client: MeterClient
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the case that runs has read."""
    kept: dict[str, Kept] = field(default_factory=dict[str, Kept])
    notes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Findings of the case that runs: fields of an Outcome."""
    skipped: bool = False
    """No answer: the rest of the case that runs is left out."""
    warned: bool = False
    hottest_c: float = 0.0
    """Of its terminals, when they were last looked at."""

    @property
    def number(self) -> int:
        """The number of the position."""
        return self.place.position

    @property
    def is_in(self) -> bool:
        """Whether the meter is still tested."""
        return not self.standing.cause


@dataclass(slots=True)
class Batch:
    """A run under way. Steps read it and put their findings into its positions."""

    run: Run
    sheet: RunSheet
    meter: Meter
    place: Workplace
    progress: Progress
    positions: dict[int, Position]
    case: Case | None = None
    load: ApplySource | None = None
    """The load that is on; None: the source is off."""
    air: Ambient | None = None
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the thermometers are looked at: a bypass is confirmed before anything goes on."""

    @property
    def equipment(self) -> Equipment:
        """The hardware."""
        return self.place.equipment

    @property
    def clock(self) -> Clock:
        """Plant time."""
        return self.place.clock

    @property
    def spool(self) -> Spool:
        """The disk."""
        return self.place.spool

    @property
    def habits(self) -> Habits:
        """Times and patience of the bench."""
        return self.place.habits

    def inside(self) -> list[Position]:
        """Return the positions whose meters have not been dropped out."""
        return [position for position in self.positions.values() if position.is_in]

    def live(self) -> list[Position]:
        """Return the positions at which the case that runs goes on."""
        return [position for position in self.positions.values() if position.is_in and not position.skipped]

    @property
    def point(self) -> str:
        """The load that is on, as a point of an outcome: "Imax 1.0 all"."""
        load = self.load
        if load is None:
            return ""
        factor = "1.0" if load.power_factor == "1" else load.power_factor
        return f"{load.current} {factor} {load.phase}"

    async def states(self) -> dict[int, PositionState]:
        """Return every position; raises EquipmentError if one of a meter is missing in what the bench says."""
        states = await self.equipment.positions.states()
        if missing := [number for number in self.positions if number not in states]:
            raise EquipmentError("positions", f"says nothing of {missing}")
        return states

    async def pulses(self) -> dict[int, Pulses]:
        """Return the pulses counted wherever the case goes on; raises EquipmentError if a position is missing."""
        numbers = [position.number for position in self.live()]
        counted = await self.equipment.boards.pulses(numbers)
        if missing := [number for number in numbers if number not in counted]:
            raise EquipmentError("boards", f"says nothing of {missing}")
        return counted

    def correction(self) -> Decimal:
        """Return the standard's own error in percent at the load that is on."""
        return Decimal(self.run.corrections.get(self.point, self.run.correction_percent))

    def begin(self, case: Case) -> None:
        """Forget what an interrupted case has found, and begin this one."""
        self.case = case
        for position in self.positions.values():
            position.values, position.kept, position.notes, position.skipped = {}, {}, [], False

    def judge(
        self, position: Position, found: Judgement, *, raw: Sequence[object] = (), readings: Sequence[object] = ()
    ) -> None:
        """Note a judgement; one that still asks for readings counts as failed."""
        self.note(
            position, "pass" if found.verdict == "pass" else "fail",
            raw=tuple(map(str, raw)), readings=tuple(map(str, readings or raw)),
            value="" if found.value is None else str(found.value), rounded=found.rounded,
            limit="" if found.limit is None else str(found.limit), unit=found.unit, clause=found.clause,
        )  # fmt: skip

    def note(self, position: Position, verdict: Verdict, **fields: Any) -> None:
        """Note a finding of the case that runs; the point is the load that is on, unless `fields` has one."""
        assert self.case is not None
        fields.setdefault("point", self.point)
        position.notes.append(
            {"case": self.case.code, "item": self.case.item, "verdict": verdict, "at_ms": self.clock.now_ms()} | fields
        )

    def drop(self, position: Position, cause: str, **args: Any) -> None:
        """Take a meter out of the run, and say so at once; what the case that runs found of it does not count."""
        if position.standing.cause:
            return
        position.standing.cause, position.notes = cause, []
        outcomes: list[Outcome] = []
        if self.case is not None:
            self.note(position, "aborted", cause=cause)
            outcomes, position.notes = [self._outcome(position, note) for note in position.notes], []
        self.say(self.progress.state, outcomes=outcomes, notices=[{"code": cause, "position": position.number} | args])

    def complete(self, done: int) -> None:
        """Report what the case has found at every position, and let it count: `done` cases are complete now."""
        outcomes: list[Outcome] = []
        for position in self.positions.values():
            if position.is_in and not position.notes:
                read = ", ".join(f"{name} {value}" for name, value in position.values.items())
                self.note(position, "pass", point="", value=read[:200])
            outcomes += [self._outcome(position, note) for note in position.notes]
            _count(position)
        self.progress.done, self.case = done, None
        self.say("running", outcomes=outcomes)

    def say(
        self, state: RunState, *, outcomes: Sequence[Outcome] = (), notices: Sequence[dict[str, Any]] = (), **more: Any
    ) -> None:
        """Spool the next part of the report together with the progress, and let it be sent.

        `more`: `verdicts` of the report, `tested` of the spool.
        """
        progress = self.progress
        progress.part, progress.state = progress.part + 1, state
        tested: Sequence[Tested] = more.pop("tested", ())
        report = Report(
            run=self.run.id, bench=self.run.bench, part=progress.part, state=state, at_ms=self.clock.now_ms(),
            outcomes=tuple(outcomes), notices=tuple(notices), **more,
        )  # fmt: skip
        self.spool.save(progress, report, tested)
        self.place.tell(report)

    def _outcome(self, position: Position, note: dict[str, Any]) -> Outcome:
        self.progress.serial += 1
        air = self.air
        temperature, humidity = ("", "") if air is None else (f"{air.temperature_c:.1f}", f"{air.humidity_percent:.0f}")
        return Outcome(
            serial=self.progress.serial, position=position.number, bar_code=position.place.bar_code,
            temperature_c=temperature, humidity_percent=humidity, **note,
        )  # fmt: skip


def _count(position: Position) -> None:
    """Let the findings of a complete case count for the meter."""
    standing = position.standing
    for note in position.notes:
        items = {"fail": standing.failed, "not_tested": standing.untested}.get(note["verdict"])
        if items is not None and note["item"] not in items:
            items.append(note["item"])
    position.notes = []
