"""A stacker crane: travels and forks to a load, reports PICKED, travels and forks to its target, reports ENDED.

It finds out at the slot what is there: SLOT_EMPTY at a get leaves nothing aboard, SLOT_OCCUPIED at a put leaves
the load on the fork, and then it takes only a PLACE with another target.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from plc.codes import AckCode, CmdCode, EvtCode, FaultCode
from plc.plant.places import parse_slot
from plc.plant.storage import Crane as CraneSpec
from plc.plant.travel import crane_travel_s, crane_xy_m
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.motion import travelled_m
from simulation.devices.words import status
from simulation.hall import Hall

XY = tuple[float, float]


@dataclass(slots=True)
class CraneRecord:
    """Where the crane stands or last stood, and the leg it is on."""

    at: str
    stage: Literal["idle", "getting", "putting", "waiting", "moving"] = "idle"
    mission: int = 0
    source: str = ""
    target: str = ""
    load_id: str = ""
    began_s: float = 0.0
    due_s: float = 0.0
    fault: int = 0
    stoppage: Stoppage | None = None


class Crane:
    """One crane as a machine; its fork is the place with its name."""

    def __init__(self, hall: Hall, spec: CraneSpec, where: Callable[[str], XY] | None = None) -> None:
        """Take up the record of the crane; a new one stands at its in-feed.

        `where` says where places are, for a rack that no plant file describes.
        """
        self.id, self._hall, self._spec = spec.id, hall, spec
        self._where = where or partial(crane_xy_m, hall.plant)
        self._aisle = hall.plant.aisles[spec.aisle]
        self.record = hall.recall(self.id, CraneRecord, CraneRecord(self._aisle.infeed))
        self._xy: dict[str, XY] = {}
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Accept one mission at a time, within the own aisle, that fits what is on the fork."""
        return AckCode.BUSY if self.record.stage != "idle" else self._judge_idle(command)

    def accept(self, command: Command) -> None:
        """Set out on the first leg."""
        record, now_s = self.record, self._hall.env.now
        record.mission, record.load_id, record.fault = command.mission, command.load_id, 0
        record.source, record.target = self._hall.place(command.source), self._hall.place(command.target)
        match command.code:
            case CmdCode.TRANSPORT:
                self._leg("getting", record.source, self._spec.fork_s)
            case CmdCode.PLACE:
                self._leg("putting", record.target, self._spec.fork_s)
            case _:
                record.target = record.target or self._aisle.infeed
                self._leg("moving", record.target, 0.0)
        self._drive.interrupt(command.mission, (record.due_s - now_s) / 2)
        self._changed()

    def next_due_s(self) -> float:
        """Return when the leg is over."""
        return NEVER if self.record.stage in ("idle", "waiting") else self.record.due_s

    def act(self, now_s: float) -> None:
        """Finish the leg that is due."""
        if self.record.due_s > now_s:
            return
        match self.record.stage:
            case "getting":
                self._get()
            case "putting":
                self._put()
            case "moving":
                self.record.at = self.record.target
                self._end(EvtCode.ENDED)
            case "idle" | "waiting":
                pass

    def shift(self, seconds: float) -> None:
        """Put the end of the leg off; a crane that waited before a point asks again."""
        self.record.began_s += seconds
        self.record.due_s += seconds
        if self.record.stage == "waiting":
            self.record.stage = "putting"

    def granted(self, point: str) -> None:
        """Set the load down: the point has become free."""
        if self.record.stage == "waiting":
            self.record.stage = "putting"
            self.record.due_s = self._hall.env.now + self._spec.fork_s
        self._changed()

    def arrived(self, point: str) -> None:
        """Nothing: a crane waits for its telegram."""

    def booked(self, event: Event) -> None:
        """Nothing waits for a booking."""

    def status(self) -> Status:
        """Return the mission, the fault and where the crane is."""
        record = self.record
        held = record.stoppage is not None and record.stoppage.holding
        fault = record.stoppage.code if held and record.stoppage is not None else record.fault
        return status(
            mission=record.mission if record.stage != "idle" else 0, ready=record.stage == "idle",
            loaded=self._hall.world.at(self.id) is not None, fault=fault, xy_m=self._position_m(),
        )  # fmt: skip

    def result(self) -> BoxResult | None:
        """Return nothing: no RES block."""

    def _judge_idle(self, command: Command) -> AckCode:
        aboard = self._hall.world.at(self.id)
        match command.code:
            case CmdCode.TRANSPORT if aboard is None:
                return self._judge_transport(command)
            case CmdCode.PLACE if aboard is not None and aboard.named(command.load_id):
                return AckCode.ACCEPTED if self._reaches(command, put=True) else AckCode.BAD_PLACE
            case CmdCode.MOVE_EMPTY | CmdCode.HOME if aboard is None:
                there = command.code is CmdCode.HOME or self._reaches(command, put=True)
                return AckCode.ACCEPTED if there else AckCode.BAD_PLACE
            case CmdCode.TRANSPORT | CmdCode.PLACE | CmdCode.MOVE_EMPTY | CmdCode.HOME:
                return AckCode.FAULT_ACTIVE if self.record.fault and aboard else AckCode.LOAD_MISMATCH
            case _:
                return AckCode.BAD_CODE

    def _judge_transport(self, command: Command) -> AckCode:
        if not self._reaches(command, put=False) or not self._reaches(command, put=True):
            return AckCode.BAD_PLACE
        if self._hall.place(command.source) != self._aisle.infeed:
            return AckCode.ACCEPTED  # what is in a slot shows at the slot
        load = self._hall.world.at(self._aisle.infeed)
        found = load is not None and load.named(command.load_id)
        return AckCode.ACCEPTED if found else AckCode.LOAD_MISMATCH

    def _reaches(self, command: Command, *, put: bool) -> bool:
        place = self._hall.place(command.target if put else command.source)
        if place == (self._aisle.outfeed if put else self._aisle.infeed):
            return True
        slot = parse_slot(place)
        return slot is not None and slot.aisle == self._aisle.id

    def _leg(self, stage: Literal["getting", "putting", "moving"], to: str, fork_s: float) -> None:
        record, now_s = self.record, self._hall.env.now
        travel_s = crane_travel_s(self._spec, self._at_m(record.at), self._at_m(to))
        factor = self._hall.physics.stretch(self.id, record.mission, stage)
        record.stage, record.began_s, record.due_s = stage, now_s, now_s + travel_s * factor + fork_s

    def _get(self) -> None:
        record, world = self.record, self._hall.world
        record.at = record.source
        if record.source != self._aisle.infeed:
            self._hall.mishaps.getting(self.id, record.source)
        load = world.at(record.source)
        if load is None:
            self._end(EvtCode.ABORTED, FaultCode.SLOT_EMPTY)
            return
        self._hall.take(load, self.id)
        self._hall.say(self.id, Event(EvtCode.PICKED, record.mission, load_id=record.load_id))
        self._leg("putting", record.target, self._spec.fork_s)

    def _put(self) -> None:
        record, world = self.record, self._hall.world
        record.at = record.target
        if record.target == self._aisle.outfeed:
            if not self._hall.request(record.target, self.id):
                record.stage = "waiting"
                return
        else:
            self._hall.mishaps.putting(self.id, record.target)
            if world.at(record.target) is not None:
                record.fault = FaultCode.SLOT_OCCUPIED
                self._end(EvtCode.ABORTED, FaultCode.SLOT_OCCUPIED)
                return
        load = world.stands[self.id]
        self._end(EvtCode.ENDED)
        self._hall.bring(load, record.target)

    def _end(self, code: EvtCode, fault: int = 0) -> None:
        self.record.stage = "idle"
        self._hall.say(self.id, Event(code, self.record.mission, result=int(fault), load_id=self.record.load_id))

    def _at_m(self, place: str) -> XY:
        xy = self._xy.get(place)
        if xy is None:
            xy = self._xy[place] = self._where(place)
        return xy

    def _position_m(self) -> XY:
        """Return where the crane is; only looked at while it moves if anybody watches."""
        record, spec = self.record, self._spec
        x_m, y_m = self._at_m(record.at)
        if not self._hall.watched or self.next_due_s() == NEVER:
            return x_m, y_m
        end = self._at_m(record.source if record.stage == "getting" else record.target)
        after_s = self._hall.env.now - record.began_s
        dx = travelled_m(abs(end[0] - x_m), spec.speed_x_m_s, spec.accel_x_m_s2, after_s=after_s)
        dy = travelled_m(abs(end[1] - y_m), spec.speed_y_m_s, spec.accel_y_m_s2, after_s=after_s)
        return x_m + (dx if end[0] > x_m else -dx), y_m + (dy if end[1] > y_m else -dy)

    def _changed(self) -> None:
        self._hall.changed(self.id, self.record)
        self._drive.arm()
