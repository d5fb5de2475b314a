"""A picking station: hands out empty pallets, and moves boxes from one pallet to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.stations import Picking as PickingSpec
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.words import status
from simulation.hall import Hall
from simulation.loads import Box, Load


@dataclass(slots=True)
class PickingRecord:
    """What the robot does, and the box in its gripper."""

    stage: Literal["idle", "handing", "waiting", "gripping", "setting"] = "idle"
    mission: int = 0
    load_id: str = ""
    pile: int = 0
    box: Box | None = None
    due_s: float = 0.0
    stoppage: Stoppage | None = None


class Picking:
    """One picking station as a machine; its magazine is the place with its name."""

    def __init__(self, hall: Hall, spec: PickingSpec) -> None:
        """Take up the record of the station."""
        self.id, self._hall, self._spec = spec.id, hall, spec
        self.record = hall.recall(self.id, PickingRecord, PickingRecord())
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Accept an empty pallet while there is one, or a box that is on the pallet at the source."""
        if command.code not in (CmdCode.PICK, CmdCode.TRANSPORT):
            return AckCode.BAD_CODE
        if self.record.stage != "idle":
            return AckCode.BUSY
        if command.code is CmdCode.PICK:
            return AckCode.ACCEPTED if self._magazine() is not None else AckCode.BUSY
        if (self._hall.place(command.source), self._hall.place(command.target)) != (
            self._spec.source, self._spec.target,
        ):  # fmt: skip
            return AckCode.BAD_PLACE
        source, target = self._hall.world.at(self._spec.source), self._hall.world.at(self._spec.target)
        if source is None or target is None or _pile_of(source, command.load_id) is None:
            return AckCode.LOAD_MISMATCH
        return AckCode.BUSY if source.mover or target.mover else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Reach for the pallet or the box."""
        record, now_s = self.record, self._hall.env.now
        record.mission, record.load_id, record.pile = command.mission, command.load_id, max(1, command.par1)
        if command.code is CmdCode.PICK:
            record.stage, record.due_s = "handing", now_s + self._spec.pallet_s
        else:
            record.stage, record.due_s = "gripping", now_s + self._spec.box_s / 2
            self._lock(self.id)
        self._drive.interrupt(record.mission, (record.due_s - now_s) / 2)
        self._changed()

    def next_due_s(self) -> float:
        """Return when the step is over."""
        return NEVER if self.record.stage in ("idle", "waiting") else self.record.due_s

    def act(self, now_s: float) -> None:
        """Finish the step that is due."""
        if self.record.due_s > now_s:
            return
        match self.record.stage:
            case "handing":
                self._hand_out()
            case "gripping":
                self._grip()
            case "setting":
                self._set()
            case "idle" | "waiting":
                pass

    def shift(self, seconds: float) -> None:
        """Put the step off."""
        self.record.due_s += seconds
        if self.record.stage == "waiting":
            self.record.stage = "handing"

    def granted(self, point: str) -> None:
        """Hand the pallet out: the target point has become free."""
        if self.record.stage == "waiting":
            self.record.stage, self.record.due_s = "handing", self._hall.env.now
        self._changed()

    def arrived(self, point: str) -> None:
        """Nothing: the station waits for its telegram."""

    def booked(self, event: Event) -> None:
        """Nothing waits for a booking."""

    def status(self) -> Status:
        """Return the mission that runs."""
        record = self.record
        fault = record.stoppage.code if record.stoppage is not None and record.stoppage.holding else 0
        idle = record.stage == "idle"
        return status(mission=0 if idle else record.mission, ready=idle, loaded=record.box is not None, fault=fault)

    def result(self) -> BoxResult | None:
        """Return nothing: no RES block."""

    def _hand_out(self) -> None:
        if not self._hall.request(self._spec.target, self.id):
            self.record.stage = "waiting"
            return
        load = self._magazine()
        assert load is not None  # judged before the mission was accepted
        self._end(load.code)
        self._hall.bring(load, self._spec.target)

    def _grip(self) -> None:
        source = self._hall.world.stands[self._spec.source]
        pile = _pile_of(source, self.record.load_id)
        assert pile is not None  # locked since it was judged
        self.record.box = next(box for box in pile if box.code == self.record.load_id)
        pile.remove(self.record.box)
        source.piles = [p for p in source.piles if p]
        self.record.stage, self.record.due_s = "setting", self.record.due_s + self._spec.box_s / 2
        self._hall.world.touch("load", source.code, source)
        self._hall.say(self.id, Event(EvtCode.PICKED, self.record.mission, load_id=self.record.load_id))

    def _set(self) -> None:
        target = self._hall.world.stands[self._spec.target]
        assert self.record.box is not None  # gripped in the step before
        while len(target.piles) < self.record.pile:
            target.piles.append([])
        target.piles[self.record.pile - 1].append(self.record.box)
        self.record.box = None
        self._lock("")
        self._end(self.record.load_id)

    def _lock(self, mover: str) -> None:
        """Keep both pallets where they stand while a box is moved."""
        for point in (self._spec.source, self._spec.target):
            load = self._hall.world.stands[point]
            load.mover = mover
            self._hall.world.touch("load", load.code, load)

    def _end(self, load_id: str) -> None:
        self.record.stage = "idle"
        self._hall.say(self.id, Event(EvtCode.ENDED, self.record.mission, load_id=load_id))

    def _magazine(self) -> Load | None:
        """Return the next empty pallet."""
        return next((load for load in self._hall.world.loads.values() if load.place == self.id), None)

    def _changed(self) -> None:
        self._hall.changed(self.id, self.record)
        self._drive.arm()


def _pile_of(load: Load, box: str) -> list[Box] | None:
    """Return the pile that a box is in."""
    return next((pile for pile in load.piles if any(b.code == box for b in pile)), None)
