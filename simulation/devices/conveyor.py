"""An accumulating segment, first in first out: PICKED when a load is wholly on, ENDED when it stands at the end.

Loads are not stepped along: each has the time at which it would reach the free end, and the head waits until
the end point is granted. Behind a load that leaves, the next rolls up one pallet length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.travel import conveyor_s, entry_s
from plc.plant.ways import Segment
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.words import status
from simulation.hall import Hall


@dataclass(slots=True)
class Ride:
    """One load on its way along the segment; `due_s` is when it would be on, then at the end."""

    mission: int
    load: str
    load_id: str  # as the WCS calls it
    due_s: float
    stage: Literal["entering", "riding", "waiting"] = "entering"


@dataclass(slots=True)
class ConveyorRecord:
    """What the segment carries, the head first; `last` is the load that it has brought to the end."""

    rides: list[Ride] = field(default_factory=list[Ride])
    last: str = ""
    stoppage: Stoppage | None = None


class Conveyor:
    """One segment as a machine."""

    def __init__(self, hall: Hall, spec: Segment) -> None:
        """Take up the record of the segment, if the world has one."""
        self.id, self._hall, self._spec = spec.id, hall, spec
        self.record = hall.recall(self.id, ConveyorRecord, ConveyorRecord())
        self._source, self._target = spec.source, spec.target
        self._number = hall.plant.points[spec.target].number
        self._entry_s, self._transit_s = entry_s(hall.plant, spec), conveyor_s(spec)
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Accept a transport of the load that stands at the source, while there is room."""
        if command.code is not CmdCode.TRANSPORT:
            return AckCode.BAD_CODE
        if (self._hall.place(command.source), self._hall.place(command.target)) != (self._source, self._target):
            return AckCode.BAD_PLACE
        load = self._hall.world.at(self._source)
        if load is None or not load.named(command.load_id):
            return AckCode.LOAD_MISMATCH
        return AckCode.BUSY if self._full() or load.mover else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Start to roll the load on."""
        load = self._hall.world.stands[self._source]
        load.mover = self.id
        self._hall.world.touch("load", load.code, load)
        on_s = self._entry_s * self._hall.physics.stretch(self.id, command.mission, "entry")
        ride = Ride(command.mission, load.code, command.load_id, self._hall.env.now + on_s)
        self.record.rides.append(ride)
        self._drive.interrupt(ride.mission, self._transit_s / 2)
        self._changed()

    def next_due_s(self) -> float:
        """Return when the last load is on or the head is at the end."""
        rides = self.record.rides
        if not rides:
            return NEVER
        entering = rides[-1].due_s if rides[-1].stage == "entering" else NEVER
        return min(entering, self._head_due_s() if rides[0].stage == "riding" else NEVER)

    def act(self, now_s: float) -> None:
        """Take a load on, and let the head arrive or ask for its place."""
        rides = self.record.rides
        if rides[-1].stage == "entering" and rides[-1].due_s <= now_s:
            self._pick(rides[-1])
        while rides and rides[0].stage == "riding" and self._head_due_s() <= now_s:
            if not self._hall.request(self._target, self.id):
                rides[0].stage = "waiting"
                break
            self._arrive(rides.pop(0))

    def shift(self, seconds: float) -> None:
        """Put every arrival off; a head that waited asks again."""
        for ride in self.record.rides:
            ride.due_s += seconds
            ride.stage = "riding" if ride.stage == "waiting" else ride.stage

    def granted(self, point: str) -> None:
        """Let the head roll up to the end, which has just become free."""
        if self.record.rides:
            self.record.rides[0].stage = "riding"
        self._changed()

    def arrived(self, point: str) -> None:
        """Nothing: a segment waits for its telegram."""

    def booked(self, event: Event) -> None:
        """Nothing waits for a booking."""

    def status(self) -> Status:
        """Return the first mission, and whether a load stands or rides here."""
        rides, stoppage = self.record.rides, self.record.stoppage
        fault = stoppage.code if stoppage is not None and stoppage.holding else 0
        return status(mission=rides[0].mission if rides else 0, ready=not self._full(), loaded=bool(rides), fault=fault)

    def result(self) -> BoxResult | None:
        """Return nothing: no RES block."""

    def _full(self) -> bool:
        at_end = self._hall.world.at(self._target)
        ours = at_end is not None and at_end.code == self.record.last
        return len(self.record.rides) + ours >= self._spec.capacity

    def _head_due_s(self) -> float:
        """Return when the head reaches the end: not sooner than one pallet length behind the one before."""
        freed_s = self._hall.freed_s.get(self._target)
        due_s = self.record.rides[0].due_s
        return due_s if freed_s is None else max(due_s, freed_s + self._entry_s)

    def _pick(self, ride: Ride) -> None:
        factor = self._hall.physics.stretch(self.id, ride.mission, "transit")
        ride.stage = "riding"
        ride.due_s += (self._transit_s - self._entry_s) * factor
        self._hall.take(self._hall.world.loads[ride.load], self.id)
        self._hall.say(self.id, Event(EvtCode.PICKED, ride.mission, load_id=ride.load_id))

    def _arrive(self, ride: Ride) -> None:
        self.record.last = ride.load
        self._hall.say(self.id, Event(EvtCode.ENDED, ride.mission, self._number, load_id=ride.load_id))
        self._hall.bring(self._hall.world.loads[ride.load], self._target)

    def _changed(self) -> None:
        self._hall.changed(self.id, self.record)
        self._drive.arm()
