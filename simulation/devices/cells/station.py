"""A cell that carriers pass through: they come in, are worked on one after the other, and wait to be fetched.

What a cell finds is shown as RESULT_READY first; ENDED follows when that is booked, and then the next cell may
fetch the carrier.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.cells import CellLine
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.cells.yard import Carrier, yard_of
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.words import status
from simulation.hall import Hall

COME_S = 3.0  # a carrier moves from one cell to the next


@dataclass(slots=True)
class Stay:
    """A mission on a carrier: it comes, waits its turn, is worked on, and its result waits to be booked."""

    mission: int
    carrier: str
    par1: int = 0
    par2: int = 0
    stage: Literal["coming", "queued", "working", "telling"] = "coming"
    due_s: float = 0.0


@dataclass(slots=True)
class StationRecord:
    """The missions of a cell, and what only its kind remembers."""

    stays: list[Stay] = field(default_factory=list[Stay])
    result: BoxResult | None = None
    seals: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])  # prefix, next, left
    spoilt: list[str] = field(default_factory=list[str])  # seals to be reported
    stoppage: Stoppage | None = None


class Work(Protocol):
    """What one kind of cell does with a carrier."""

    capacity: int
    at_once: int

    def judge(self, command: Command) -> AckCode | None:
        """Return the answer to a command that is only of this kind; None if it is none of its own."""
        ...

    def begin(self, command: Command, record: StationRecord, now_s: float) -> bool:
        """Take up such a command; return whether it became a stay."""
        ...

    def work_s(self, stay: Stay, carrier: Carrier | None) -> float | None:
        """Return how long the work takes; None if it cannot begin now."""
        ...

    def finish(self, stay: Stay, carrier: Carrier | None) -> BoxResult | None:
        """Do the work; return what came out, if the cell has something to say."""
        ...


class Station:
    """One such cell as a machine; `work` is what its kind does."""

    work: Work

    def __init__(self, hall: Hall, id: str, line: CellLine) -> None:
        """Take up the record of the cell."""
        self.id, self._hall, self.yard = id, hall, yard_of(hall, line)
        self.record = hall.recall(id, StationRecord, StationRecord())
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume
        self.yard.told.append(self.look)

    def judge(self, command: Command) -> AckCode:
        """Accept a carrier that stands ready at another cell, while there is room, or stands inside already."""
        own = self.work.judge(command)
        if own is not None:
            return own
        if command.code is not CmdCode.TRANSPORT:
            return AckCode.BAD_CODE
        carrier = self.yard.record.carriers.get(command.load_id)
        if carrier is None or any(stay.carrier == command.load_id for stay in self.record.stays):
            return AckCode.LOAD_MISMATCH
        if carrier.at == self.id:
            return AckCode.ACCEPTED  # somebody has decided that it is worked on once more, as it stands
        if not carrier.ready:
            return AckCode.LOAD_MISMATCH
        coming = sum(1 for stay in self.record.stays if stay.stage == "coming")
        return AckCode.BUSY if self.yard.standing(self.id) + coming >= self.work.capacity else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Let the carrier come in, or do what only this kind of cell does."""
        now_s = self._hall.env.now
        if self.work.judge(command) is None:
            stay = Stay(command.mission, command.load_id, command.par1, command.par2, due_s=now_s + COME_S)
            self.record.stays.append(stay)
            self._drive.interrupt(command.mission, COME_S / 2)
        else:
            self.work.begin(command, self.record, now_s)
        self._go_on()

    def next_due_s(self) -> float:
        """Return when a carrier is in, or the work on one is done."""
        stages = ("coming",) if self._telling() else ("coming", "working")
        return min((stay.due_s for stay in self.record.stays if stay.stage in stages), default=NEVER)

    def act(self, now_s: float) -> None:
        """Finish what is due, begin what can begin."""
        for stay in list(self.record.stays):
            if stay.due_s <= now_s and stay.stage == "coming":
                self._come_in(stay)
            elif stay.due_s <= now_s and stay.stage == "working" and not self._telling():
                self._finish(stay)
        self._begin()

    def shift(self, seconds: float) -> None:
        """Put everything off."""
        for stay in self.record.stays:
            stay.due_s += seconds

    def look(self) -> None:
        """See whether something can go on: a carrier was moved, or one has become free."""
        if not self._drive.held and any(stay.stage == "queued" for stay in self.record.stays):
            self._go_on()

    def granted(self, point: str) -> None:
        """Nothing: carriers stand on no point."""

    def arrived(self, point: str) -> None:
        """Nothing: the cell waits for its telegram."""

    def booked(self, event: Event) -> None:
        """End the mission whose result is booked."""
        if event.code is not EvtCode.RESULT_READY:
            return
        stay = next((s for s in self.record.stays if s.stage == "telling" and s.mission == event.mission), None)
        if stay is not None:
            self._end(stay)
            self._go_on()

    def status(self) -> Status:
        """Return the first mission, and whether carriers stand here."""
        record = self.record
        mission = next((stay.mission for stay in record.stays), 0)
        fault = record.stoppage.code if record.stoppage is not None and record.stoppage.holding else 0
        return status(mission=mission, loaded=self.yard.standing(self.id) > 0, fault=fault)

    def result(self) -> BoxResult | None:
        """Return what came out last."""
        return self.record.result

    def _go_on(self) -> None:
        if not self._drive.held:
            self._begin()
        self._hall.changed(self.id, self.record)
        self._drive.arm()

    def _come_in(self, stay: Stay) -> None:
        carrier = self.yard.record.carriers[stay.carrier]
        stay.stage = "queued"
        self._hall.say(self.id, Event(EvtCode.PICKED, stay.mission, load_id=stay.carrier))
        carrier.bay = stay.par1
        self.yard.move(carrier, self.id)

    def _begin(self) -> None:
        """Begin with those that wait, as many as are worked on side by side."""
        busy = sum(1 for stay in self.record.stays if stay.stage in ("working", "telling"))
        for stay in [s for s in self.record.stays if s.stage == "queued"][: max(0, self.work.at_once - busy)]:
            seconds = self.work.work_s(stay, self.yard.record.carriers.get(stay.carrier))
            if seconds is None:
                return
            stay.stage, stay.due_s = "working", self._hall.env.now + seconds

    def _telling(self) -> bool:
        return any(stay.stage == "telling" for stay in self.record.stays)

    def _finish(self, stay: Stay) -> None:
        result = self.work.finish(stay, self.yard.record.carriers.get(stay.carrier))
        for seal in self.record.spoilt:
            self._hall.say(self.id, Event(EvtCode.SPOILT, stay.mission, load_id=seal))
        self.record.spoilt = []
        if result is None:
            self._end(stay)
            return
        stay.stage, stay.carrier, self.record.result = "telling", result.box, result
        self._hall.say(self.id, Event(EvtCode.RESULT_READY, stay.mission, load_id=result.box))

    def _end(self, stay: Stay) -> None:
        self.record.stays.remove(stay)
        self._hall.say(self.id, Event(EvtCode.ENDED, stay.mission, load_id=stay.carrier))
        carrier = self.yard.record.carriers.get(stay.carrier)
        if carrier is not None:
            carrier.ready = True
            if carrier.meters:
                self.yard.touch()
            else:
                self.yard.release(carrier)
