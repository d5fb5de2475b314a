"""Bar-code scanners on serial lines: a line TRIG asks, a line with the code or NOREAD answers. Both ends."""

from __future__ import annotations

import asyncio
import logging
import os
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from plc.clock import Clock
from plc.link import Notice, Scanned
from plc.wires.scanner_line import Line, open_line

TRIGGER, NO_READ, END = b"TRIG", b"NOREAD", b"\r\n"
ANSWER_S = 2.0
TRIES = 3
OPEN_AGAIN_S = 1.0
LONGEST = 256  # bytes without a line end are noise
log = logging.getLogger(__name__)


@dataclass(slots=True)
class SerialScanner:
    """The controller's end. A trigger that is not answered in 2 s is repeated; after 3 tries it is a no-read.

    An answer names no trigger. So after a repetition, when more answers may be on their way than were taken, the next
    trigger waits until those have come in and been dropped.
    """

    name: str
    url: str
    baud: int
    clock: Clock  # wire time
    _notify: Callable[[Notice], None] | None = None
    _line: Line | None = None
    _task: asyncio.Task[None] | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _buffer: bytes = b""
    _wanted: bool = False  # somebody waits for a reading
    _tries: int = 0  # of the trigger that waits for its answer; 0: none was written yet
    _owed: int = 0  # answers that may still come
    _sent_s: float = -ANSWER_S
    _timer: asyncio.TimerHandle | None = None

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Open the line, and keep it open."""
        self._notify = notify
        self._task = self.clock.loop.create_task(self._keep_open(), name=f"scanner {self.name}")

    def trigger(self) -> None:
        """Ask for one reading; while one is asked for already, the same answer serves both."""
        if self._wanted:
            return
        self._wanted = True
        late_s = self._sent_s + ANSWER_S - self.clock.now_s() if self._owed else 0.0
        if late_s > 0:
            self._set_timer(late_s, self._ask)
        else:
            self._ask()

    async def stop(self) -> None:
        """Close the line."""
        self._stopping = True
        self._ended.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await self._task

    async def _keep_open(self) -> None:
        while not self._stopping:
            self._ended.clear()
            try:
                self._line = await open_line(self.url, self.baud, self._taken)
                await self._ended.wait()
            except OSError as error:
                log.info("scanner %s: %s", self.name, error)
                timer = self.clock.call_later(OPEN_AGAIN_S, self._ended.set)
                await self._ended.wait()
                timer.cancel()
            if self._line is not None:
                self._line.close()
            self._line = None

    def _ask(self) -> None:
        self._buffer, self._sent_s = b"", self.clock.now_s()
        if not self._tries:
            self._owed = 0
        self._tries += 1
        try:
            if self._line is not None:
                self._line.write(TRIGGER + END)
                self._owed += 1
        except OSError as error:
            log.info("scanner %s: %s", self.name, error)
        self._set_timer(ANSWER_S, self._unanswered)

    def _unanswered(self) -> None:
        if self._tries >= TRIES:
            self._answer(None)
        else:
            self._ask()

    def _taken(self, raw: bytes) -> None:
        """Collect bytes into lines; nothing means that the line has ended."""
        if not raw:
            self._ended.set()
            return
        *lines, self._buffer = (self._buffer + raw).split(END)
        self._buffer = self._buffer[-LONGEST:]
        for line in lines:
            self._owed = max(0, self._owed - 1)
            if self._tries and line:
                self._answer(None if line == NO_READ else line.decode("ascii", "replace"))

    def _answer(self, code: str | None) -> None:
        self._wanted, self._tries = False, 0
        if self._timer is not None:
            self._timer.cancel()
        if self._notify is not None:
            self._notify(Scanned(self.name, code))

    def _set_timer(self, delay_s: float, action: Callable[[], None]) -> None:
        self._timer = self.clock.call_later(delay_s, action)


class ScannerPort(Protocol):
    """The scanner's end."""

    name: str

    def open(self, triggered: Callable[[], None]) -> None:
        """Listen; `triggered` is called on the loop for each trigger, and wants one `reply`."""
        ...

    def reply(self, code: str | None) -> None:
        """Answer a trigger; None is a no-read."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


@dataclass(slots=True)
class PtyScannerPort:
    """The scanner's end on a pty; `path` becomes a link to the device that the controller opens."""

    name: str
    path: Path
    _master: int = -1
    _slave: int = -1  # kept open, or the master would see an end whenever the controller closes its side
    _buffer: bytes = b""
    _triggered: Callable[[], None] | None = None

    def open(self, triggered: Callable[[], None]) -> None:
        """Make the pty and listen on it."""
        self._triggered = triggered
        self._master, self._slave = os.openpty()
        for end in (self._master, self._slave):
            tty.setraw(end)
        os.set_blocking(self._master, False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def reply(self, code: str | None) -> None:
        """Answer a trigger."""
        if self._master >= 0:
            os.write(self._master, (NO_READ if code is None else code.encode("ascii")) + END)

    def close(self) -> None:
        """Take the pty away."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        self.path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def _readable(self) -> None:
        *lines, self._buffer = (self._buffer + os.read(self._master, 4096)).split(END)
        for line in lines:
            if line == TRIGGER and self._triggered is not None:
                self._triggered()
