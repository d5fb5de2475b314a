"""Clarification: a clerk mends what stands there, one load after the other, and presses release: ARRIVED.

Loads come by conveyor, or by fork-lift when somebody has found one elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from plc.codes import AckCode, EvtCode
from plc.plant.stations import Clarification as ClarificationSpec
from plc.telegram import BoxResult, Command, Event, Status
from simulation.devices.drive import NEVER, Drive, Stoppage
from simulation.devices.words import status
from simulation.hall import Hall
from simulation.loads import Load


@dataclass(slots=True)
class ClarificationRecord:
    """What the clerk works on until when, and what waits on a fork-lift for a free place."""

    load: str = ""
    release_s: float = 0.0
    found: list[str] = field(default_factory=list[str])
    bring_s: float = 0.0
    waiting: bool = False
    stoppage: Stoppage | None = None


class Clarification:
    """One clarification station as a machine; it takes no missions."""

    def __init__(self, hall: Hall, spec: ClarificationSpec) -> None:
        """Take up the record of the station."""
        self.id, self._hall, self._spec = spec.id, hall, spec
        self.record = hall.recall(self.id, ClarificationRecord, ClarificationRecord())
        self._number = hall.plant.points[spec.point].number
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Refuse everything."""
        return AckCode.BAD_CODE

    def accept(self, command: Command) -> None:
        """Never called: no command is accepted."""

    def find(self, load: Load) -> None:
        """Take over a load that somebody has found in the hall; it is set down when there is place."""
        self._hall.take(load, self.id)
        self.record.found.append(load.code)
        self.record.bring_s = max(self.record.bring_s, self._hall.env.now + self._hall.physics.mend_s)
        self._changed()

    def next_due_s(self) -> float:
        """Return when the clerk is done or the fork-lift comes."""
        release_s = self.record.release_s if self.record.load else NEVER
        return min(release_s, self.record.bring_s if self.record.found and not self.record.waiting else NEVER)

    def act(self, now_s: float) -> None:
        """Release what is mended, and set down what was found."""
        record = self.record
        if record.load and record.release_s <= now_s:
            self._release()
        if record.found and not record.waiting and record.bring_s <= now_s:
            if self._hall.request(self._spec.point, self.id):
                self._hall.bring(self._hall.world.loads[record.found.pop(0)], self._spec.point)
            else:
                record.waiting = True

    def shift(self, seconds: float) -> None:
        """Put the clerk and the fork-lift off."""
        self.record.release_s += seconds
        self.record.bring_s += seconds
        self.record.waiting = False

    def granted(self, point: str) -> None:
        """Set down what was found: the point has become free."""
        if self.record.waiting:
            self.record.waiting, self.record.bring_s = False, self._hall.env.now
        self._changed()

    def arrived(self, point: str) -> None:
        """Begin to work on what stands at the point."""
        self.record.load = self._hall.world.stands[point].code
        self.record.release_s = self._hall.env.now + self._hall.physics.mend_s
        self._changed()

    def booked(self, event: Event) -> None:
        """Nothing waits for a booking."""

    def status(self) -> Status:
        """Return whether a load stands at the point."""
        return status(loaded=self._hall.world.at(self._spec.point) is not None)

    def result(self) -> BoxResult | None:
        """Return nothing: no RES block."""

    def _release(self) -> None:
        """Put a new label on, take off what does not belong, stack it anew; report what stands there now."""
        load = self._hall.world.at(self._spec.point)
        mended, self.record.load = self.record.load, ""
        if load is None or load.code != mended:
            return
        load.readable, load.extra_g, load.profile = True, 0, 0
        self._hall.world.touch("load", load.code, load)
        self._hall.say(self.id, Event(EvtCode.ARRIVED, point=self._number, data1=load.weight_g()))

    def _changed(self) -> None:
        self._hall.changed(self.id, self.record)
        self._drive.arm()
