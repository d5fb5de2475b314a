"""The way to the meters on one line: one frame out, one frame back. A serial port, a pty, or a serial server."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Protocol

from plc.clock import Clock
from plc.meters.stream import Frames, is_reply
from plc.wires.scanner_line import Line, open_line

BITS = 11  # on the line for a byte: start, eight, parity, stop
QUIET_BYTES = 3.5  # of silence before we send, so that the tail of a doubled answer is not taken for the next one
QUIET_WITHIN_S = 0.5
OPEN_S = 2.0  # for a serial server to take the connection
log = logging.getLogger(__name__)


class MeterChannel(Protocol):
    """A line with meters on it; `clock` is the time its waits are counted in."""

    @property
    def clock(self) -> Clock:
        """The clock of its time-outs."""
        ...

    async def exchange(self, frame: bytes, *, timeout_s: float) -> bytes | None:
        """Send `frame`; return the first complete answer that comes in time, or None. One try, no resend."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send a frame that nobody answers, and wait until it is out."""
        ...

    def close(self) -> None:
        """Close the line; never raises."""
        ...


def wire_s(size: int, baud: int) -> float:
    """Return the seconds that `size` bytes take at 8E1.

    >>> round(wire_s(16, 2400), 4)
    0.0733
    """
    return size * BITS / baud


@dataclass(slots=True)
class SerialChannel:
    """A line on `port` (a device, a pty, `socket://host:port`), opened when first needed and again after it broke.

    `clock` must be wire time. A line that cannot be opened is a line on which nobody answers.
    """

    port: str
    baud: int
    parity: str
    clock: Clock
    _line: Line | None = None
    _frames: Frames = field(default_factory=Frames)
    _heard_s: float = float("-inf")
    _answer: asyncio.Future[bytes | None] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def exchange(self, frame: bytes, *, timeout_s: float) -> bytes | None:
        """Send `frame`; return the first answer that is complete within `timeout_s` after the last byte went out."""
        async with self._turn:
            answer = self._answer = self.clock.loop.create_future()
            timer = self.clock.call_later(timeout_s + wire_s(len(frame), self.baud), lambda: self._end(None))
            try:
                await self._put(frame)
                return await answer
            finally:
                timer.cancel()
                self._answer = None

    async def send(self, frame: bytes) -> None:
        """Send a frame that nobody answers."""
        async with self._turn:
            if await self._put(frame):
                await self.clock.sleep(wire_s(len(frame), self.baud))

    def close(self) -> None:
        """Close the line; whoever waits for an answer gets None."""
        line, self._line = self._line, None
        if line is not None:
            line.close()
        self._end(None)

    async def _put(self, frame: bytes) -> bool:
        try:
            if self._line is None:
                async with asyncio.timeout(OPEN_S):
                    self._line = await open_line(self.port, self.baud, self._taken, parity=self.parity)
            await self._quiet()
            self._frames.clear()
            self._write(frame)
        except OSError as error:
            log.warning("no way to the meters: %s: %s", self.port, error)
            self._drop()
            return False
        return True

    def _write(self, frame: bytes) -> None:
        if self._line is None:
            raise ConnectionResetError("the line broke while we waited for silence")
        self._line.write(frame)

    async def _quiet(self) -> None:
        """Wait until the line has been silent for 3.5 characters; a line that babbles is not waited for."""
        gap_s, end_s = wire_s(1, self.baud) * QUIET_BYTES, self.clock.now_s() + QUIET_WITHIN_S
        while (left_s := self._heard_s + gap_s - self.clock.now_s()) > 0 and self.clock.now_s() < end_s:
            await self.clock.sleep(left_s)

    def _taken(self, raw: bytes) -> None:
        if not raw:
            self._drop()
            return
        self._heard_s = self.clock.now_s()
        for frame in self._frames.feed(raw):
            if is_reply(frame):
                self._end(frame)

    def _drop(self) -> None:
        """Let a broken line go. Whoever waits goes on waiting: a try takes its time, so resends do not race."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _end(self, frame: bytes | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(frame)
