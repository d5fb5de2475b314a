"""Goods-in: a fork-lift sets down one pallet after another, the station weighs and measures it, and says ARRIVED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plc.codes import AckCode, EvtCode
from plc.plant.stations import GoodsIn as GoodsInSpec
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.words import status
from simulation.hall import Hall


@dataclass(frozen=True, slots=True)
class Arrival:
    """A pallet that comes by truck: not before `at_s`, and `gap_s` after the one before was set down."""

    load: str
    at_s: float
    gap_s: float


@dataclass(slots=True)
class GoodsInRecord:
    """How far the deliveries have been unloaded."""

    unloaded: int = 0
    ready_s: float = 0.0
    waiting: bool = False
    stoppage: Stoppage | None = None


class GoodsIn:
    """One goods-in station as a machine; it takes no missions."""

    def __init__(self, hall: Hall, spec: GoodsInSpec, plan: Sequence[Arrival] = ()) -> None:
        """Take up the record of the station; `plan` is what will be delivered, in order."""
        self.id, self._hall, self._spec, self._plan = spec.id, hall, spec, list(plan)
        self.record = hall.recall(self.id, GoodsInRecord, GoodsInRecord())
        self._number = hall.plant.points[spec.point].number
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Refuse everything."""
        return AckCode.BAD_CODE

    def accept(self, command: Command) -> None:
        """Never called: no command is accepted."""

    def expect(self, arrivals: Sequence[Arrival]) -> None:
        """Take note of a truck that nobody knew of at the start; its pallets are in the yard."""
        self._plan += arrivals
        self._drive.arm()

    def next_due_s(self) -> float:
        """Return when the fork-lift comes with the next pallet."""
        if self.record.waiting or self.record.unloaded >= len(self._plan):
            return NEVER
        return max(self._plan[self.record.unloaded].at_s, self.record.ready_s)

    def act(self, now_s: float) -> None:
        """Set the next pallet down if the point is free, else wait for it."""
        if self.next_due_s() > now_s:
            return
        if self._hall.request(self._spec.point, self.id):
            self._unload()
        else:
            self.record.waiting = True

    def shift(self, seconds: float) -> None:
        """Put the next pallet off."""
        self.record.ready_s += seconds
        self.record.waiting = False

    def granted(self, point: str) -> None:
        """Set the next pallet down: the point has become free."""
        if self.record.waiting:
            self.record.waiting = False
            self.record.ready_s = self._hall.env.now
        self._hall.changed(self.id, self.record)
        self._drive.arm()

    def arrived(self, point: str) -> None:
        """Weigh and measure what stands at the point, and report it."""
        load = self._hall.world.stands[point]
        weight_g = self._hall.physics.weighed_g(load.weight_g(), point, load.code)
        self._hall.say(self.id, Event(EvtCode.ARRIVED, point=self._number, data1=weight_g, result=load.profile))

    def booked(self, event: Event) -> None:
        """Nothing waits for a booking."""

    def status(self) -> Status:
        """Return whether a load stands at the point."""
        return status(loaded=self._hall.world.at(self._spec.point) is not None)

    def result(self) -> BoxResult | None:
        """Return nothing: no RES block."""

    def _unload(self) -> None:
        arrival = self._plan[self.record.unloaded]
        self.record.unloaded += 1
        self.record.ready_s = self._hall.env.now + arrival.gap_s
        load = self._hall.world.loads[arrival.load]
        self._hall.mishaps.arriving(self.id, load)
        self._hall.bring(load, self._spec.point)
