"""The in-memory wire to virtual meters: the same frames, the time they take, no serial line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plc.clock import Clock
from plc.meters.channel import wire_s
from plc.meters.stream import Frames, is_reply
from simulation.meters.line_faults import GOOD_LINE, LineFaults

if TYPE_CHECKING:
    from simulation.meters.virtual import VirtualMeter

ANSWER_S = 0.03  # DL/T 645-2007, 5.3.2: a meter answers after 20 to 500 ms


class MemoryChannel:
    """A line with any number of virtual meters on it, whose bytes take their time on `clock`."""

    def __init__(
        self, meters: Sequence[VirtualMeter], clock: Clock, *, baud: int = 2400, faults: LineFaults = GOOD_LINE
    ) -> None:
        """Put the meters on a line; the sequence is read at each exchange, so meters may come and go."""
        self.meters, self.clock, self.baud = meters, clock, baud
        self._faults = None if faults == GOOD_LINE else faults.draw(meters[0].address if meters else "")

    async def exchange(self, frame: bytes, *, timeout_s: float) -> bytes | None:
        """Send `frame`, take its wire time and that of the answer; return the first answer, or None in the end."""
        came = self._came(frame)
        answer = came.lstrip(b"\xfe") if self._faults is None and len(self.meters) == 1 else _first(came)
        spent_s = wire_s(len(came), self.baud) + ANSWER_S
        if not answer or spent_s > timeout_s:
            answer, spent_s = None, timeout_s
        await self.clock.sleep(wire_s(len(frame), self.baud) + spent_s)
        return answer

    async def send(self, frame: bytes) -> None:
        """Send a frame that nobody answers."""
        self._came(frame)
        await self.clock.sleep(wire_s(len(frame), self.baud))

    def close(self) -> None:
        """There is nothing to close."""

    def _came(self, frame: bytes) -> bytes:
        """Return what all meters answer, one after another; on a line with several, only one is meant."""
        asked = frame.lstrip(b"\xfe")
        answers = [answer for meter in self.meters if (answer := meter.answer(asked)) is not None]
        came = b"".join(answers)
        return came if self._faults is None or not came else self._faults.carry(came)


def _first(came: bytes) -> bytes | None:
    return next((frame for frame in Frames().feed(came) if is_reply(frame)), None)
