"""A serial line of the twin: a real pty, with virtual meters on it, whose bytes take their time.

NOTE: `clock` must be wire time: the master on the other end counts its time-outs in it.
"""

from __future__ import annotations

import os
import tty
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from plc.clock import Clock
from plc.meters.channel import wire_s
from plc.meters.stream import Frames
from simulation.meters.line_faults import GOOD_LINE, LineFaults
from simulation.meters.memory_channel import ANSWER_S

if TYPE_CHECKING:
    from simulation.meters.virtual import VirtualMeter

PIECE = 8  # bytes that are written at once


class PtyLine:
    """One line with any number of meters; `path` becomes a link to the device that a master opens."""

    def __init__(
        self,
        meters: Sequence[VirtualMeter],
        clock: Clock,
        *,
        path: Path,
        baud: int = 2400,
        faults: LineFaults = GOOD_LINE,
    ) -> None:
        """Put the meters on the line; the sequence is read at each frame. Nothing is open yet."""
        self.meters, self.clock, self.path, self.baud = meters, clock, path, baud
        self._faults = faults.draw(path.name)
        self._frames = Frames()
        self._pieces: deque[bytes] = deque()
        self._master = self._slave = -1

    def open(self) -> str:
        """Make the pty, listen on it, and return the device."""
        self._master, self._slave = os.openpty()  # the slave stays open, or a master that leaves would end the line
        for end in (self._master, self._slave):
            tty.setraw(end)
        os.set_blocking(self._master, False)
        device = os.ttyname(self._slave)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(device)
        self.clock.loop.add_reader(self._master, self._readable)
        return device

    def close(self) -> None:
        """Take the pty away."""
        if self._master < 0:
            return
        self.clock.loop.remove_reader(self._master)
        self.path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def _readable(self) -> None:
        for frame in self._frames.feed(os.read(self._master, 4096)):
            answers = [answer for meter in self.meters if (answer := meter.answer(frame)) is not None]
            if came := self._faults.carry(b"".join(answers)) if answers else b"":
                self.clock.call_later(wire_s(len(frame), self.baud) + ANSWER_S, lambda came=came: self._begin(came))

    def _begin(self, came: bytes) -> None:
        """Send an answer behind whatever is still being sent."""
        is_busy = bool(self._pieces)
        self._pieces.extend(came[n : n + PIECE] for n in range(0, len(came), PIECE))
        if not is_busy:
            self.clock.call_later(wire_s(len(self._pieces[0]), self.baud), self._write)

    def _write(self) -> None:
        """Send a piece that has had its time, and wait for the next one's."""
        piece = self._pieces.popleft()
        if self._master < 0:
            self._pieces.clear()
            return
        with suppress(BlockingIOError):  # nobody reads, and the line is full
            os.write(self._master, piece)
        if self._pieces:
            self.clock.call_later(wire_s(len(self._pieces[0]), self.baud), self._write)
