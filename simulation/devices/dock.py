"""A dock: a truck takes what stands at the point; PICKED when it has left the point, ENDED when it is handed over."""

from __future__ import annotations

from dataclasses import dataclass

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.stations import Dock as DockSpec
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.words import status
from simulation.hall import Hall


@dataclass(slots=True)
class DockRecord:
    """The hand-over that runs, and the truck that stands there."""

    mission: int = 0
    load: str = ""
    load_id: str = ""
    picked: bool = False
    due_s: float = 0.0
    on_truck: int = 0
    truck_s: float = 0.0  # when the next truck stands there
    stoppage: Stoppage | None = None


class Dock:
    """One dock as a machine."""

    def __init__(self, hall: Hall, spec: DockSpec) -> None:
        """Take up the record of the dock."""
        self.id, self._hall, self._spec = spec.id, hall, spec
        self.record = hall.recall(self.id, DockRecord, DockRecord())
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Accept the hand-over of the load that stands at the point, one at a time."""
        if command.code is not CmdCode.PLACE:
            return AckCode.BAD_CODE
        if self.record.mission:
            return AckCode.BUSY
        load = self._hall.world.at(self._spec.point)
        if load is None or not load.named(command.load_id):
            return AckCode.LOAD_MISMATCH
        return AckCode.BUSY if load.mover else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Begin as soon as a truck stands there."""
        record, world = self.record, self._hall.world
        load = world.stands[self._spec.point]
        load.mover = self.id
        world.touch("load", load.code, load)
        record.mission, record.load, record.load_id, record.picked = command.mission, load.code, command.load_id, False
        record.due_s = max(self._hall.env.now, record.truck_s) + self._spec.handover_s / 2
        self._drive.interrupt(command.mission, self._spec.handover_s / 4)
        self._hall.changed(self.id, record)
        self._drive.arm()

    def next_due_s(self) -> float:
        """Return when the load has left the point, then when it is handed over."""
        return self.record.due_s if self.record.mission else NEVER

    def act(self, now_s: float) -> None:
        """Take the load off the point, or out of the plant."""
        record, world = self.record, self._hall.world
        if not record.mission or record.due_s > now_s:
            return
        load = world.loads[record.load]
        if not record.picked:
            record.picked, record.due_s = True, record.due_s + self._spec.handover_s / 2
            self._hall.take(load, self.id)
            self._hall.say(self.id, Event(EvtCode.PICKED, record.mission, load_id=record.load_id))
            return
        world.count("shipped_meters", sum(1 for _ in load.meters()))
        world.count("shipped_pallets")
        world.remove(load)
        self._hall.say(self.id, Event(EvtCode.ENDED, record.mission, load_id=record.load_id))
        record.mission, record.load, record.load_id = 0, "", ""
        self._fill_truck()

    def shift(self, seconds: float) -> None:
        """Put the hand-over off."""
        self.record.due_s += seconds

    def granted(self, point: str) -> None:
        """Nothing: a dock asks for no point."""

    def arrived(self, point: str) -> None:
        """Nothing: a dock waits for its telegram."""

    def booked(self, event: Event) -> None:
        """Nothing waits for a booking."""

    def status(self) -> Status:
        """Return the hand-over that runs, and whether a load stands at the point."""
        stoppage = self.record.stoppage
        fault = stoppage.code if stoppage is not None and stoppage.holding else 0
        loaded = self._hall.world.at(self._spec.point) is not None
        return status(mission=self.record.mission, ready=not self.record.mission, loaded=loaded, fault=fault)

    def result(self) -> BoxResult | None:
        """Return nothing: no RES block."""

    def _fill_truck(self) -> None:
        physics = self._hall.physics
        self.record.on_truck += 1
        if physics.truck_pallets and self.record.on_truck >= physics.truck_pallets:
            self.record.on_truck, self.record.truck_s = 0, self._hall.env.now + physics.truck_change_s
