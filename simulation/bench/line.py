"""The serial line to the meter at a position, in memory: it takes its wire time, and a dead line is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plc.clock import Clock
from plc.meters.channel import wire_s

if TYPE_CHECKING:
    from simulation.bench.bench import VirtualBench

_THINKING_S = 0.05
"""A meter answers between 20 and 500 ms (DL/T 645-2007, 6.2)."""
_PREAMBLE = b"\xfe"


@dataclass(frozen=True, slots=True)
class PositionChannel:
    """A line with whatever meter hangs at the position when it is used."""

    bench: VirtualBench
    position: int

    @property
    def clock(self) -> Clock:
        """The clock of the bench: without sockets, wire time is plant time."""
        return self.bench.clock

    async def exchange(self, frame: bytes, *, timeout_s: float) -> bytes | None:
        """Return the meter's answer, or None after the time-out."""
        answer = self._answer(frame)
        if answer is None:
            await self.clock.sleep(timeout_s + wire_s(len(frame), self.bench.habit.baud))
            return None
        await self.clock.sleep(_THINKING_S + wire_s(len(frame) + len(answer), self.bench.habit.baud))
        return answer

    async def send(self, frame: bytes) -> None:
        """Send a frame that nobody answers."""
        self._answer(frame)
        await self.clock.sleep(wire_s(len(frame), self.bench.habit.baud))

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, frame: bytes) -> bytes | None:
        meter = self.bench.spots[self.position].fed
        answer = None if meter is None else meter.answer(frame.lstrip(_PREAMBLE))
        return None if answer is None else answer.lstrip(_PREAMBLE)
