"""What every machine needs to live in time: one alarm, stoppages by fault, standing still and going on.

A machine has at most one live event in the kernel, whatever it carries. Times in its record are absolute
plant seconds; `shift` moves them all when the machine has stood still.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import simpy

from plc.codes import EvtCode
from plc.telegram import Event
from simulation.hall import Hall

NEVER = math.inf
SOON_S = 1e-6  # what is due within a microsecond is due now


@dataclass(slots=True)
class Stoppage:
    """A fault of the machine itself: from `begin_s` it stands still for `seconds`."""

    code: int
    mission: int
    begin_s: float
    seconds: float
    holding: bool = False


class Driven(Protocol):
    """What a drive asks of its machine. `record.stoppage` is kept with the rest of the record."""

    id: str
    record: Any

    def next_due_s(self) -> float:
        """Return when the next thing happens by itself; NEVER if nothing does."""
        ...

    def act(self, now_s: float) -> None:
        """Do what is due."""
        ...

    def shift(self, seconds: float) -> None:
        """Put everything off; what waited for a point is to ask again."""
        ...


class Drive:
    """The alarm of one machine."""

    def __init__(self, hall: Hall, machine: Driven) -> None:
        """Stand still until `resume`."""
        self._hall, self._env, self._machine = hall, hall.env, machine
        self._event: simpy.Event | None = None
        self._due_s = NEVER
        self._halted = True

    @property
    def held(self) -> bool:
        """Whether a fault holds the machine."""
        stoppage = self._machine.record.stoppage
        return stoppage is not None and stoppage.holding

    def arm(self) -> None:
        """Set the alarm to the next thing that is due."""
        if self._halted:
            return
        due_s, stoppage = self._machine.next_due_s(), self._machine.record.stoppage
        if stoppage is not None:
            end_s = stoppage.begin_s + stoppage.seconds
            due_s = end_s if stoppage.holding else min(due_s, stoppage.begin_s)
        if self._event is not None and due_s == self._due_s:
            return
        self._event, self._due_s = None, due_s
        if due_s != NEVER:
            event = self._env.timeout(max(0.0, due_s - self._env.now))
            event.callbacks.append(self._ring)
            self._event = event

    def interrupt(self, mission: int, delay_s: float) -> None:
        """Let the mission that begins be interrupted after `delay_s`, if the hall's mishaps say so."""
        found = self._hall.mishaps.stoppage(self._machine.id)
        if found is not None and self._machine.record.stoppage is None:
            code, seconds = found
            self._machine.record.stoppage = Stoppage(int(code), mission, self._env.now + delay_s, seconds)

    def halt(self) -> None:
        """Stand still."""
        self._event, self._due_s, self._halted = None, NEVER, True

    def resume(self, shift_s: float) -> None:
        """Go on, `shift_s` later than the record says."""
        self._halted = False
        self._machine.shift(shift_s)
        if (stoppage := self._machine.record.stoppage) is not None:
            stoppage.begin_s += shift_s
        self.arm()

    def _ring(self, event: simpy.Event) -> None:
        if event is not self._event:
            return  # the alarm was set anew
        self._event = None
        machine, now_s = self._machine, self._env.now
        if machine.record.stoppage is None or self._passable(machine.record.stoppage, now_s):
            machine.act(now_s + SOON_S)
        self._hall.changed(machine.id, machine.record)
        self.arm()
        self._hall.settle()

    def _passable(self, stoppage: Stoppage, now_s: float) -> bool:
        """Begin or end a stoppage that is due; return whether the machine may do what else is due."""
        if stoppage.holding:
            self._machine.record.stoppage = None
            self._machine.shift(stoppage.seconds)
            self._tell(EvtCode.FAULT_GONE, stoppage)
            return False
        if stoppage.begin_s > now_s + SOON_S:
            return True
        stoppage.holding, stoppage.begin_s = True, now_s
        self._tell(EvtCode.FAULT_RAISED, stoppage)
        return False

    def _tell(self, code: EvtCode, stoppage: Stoppage) -> None:
        self._hall.say(self._machine.id, Event(code, stoppage.mission, data1=stoppage.code))
