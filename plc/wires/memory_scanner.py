"""A scanner in the same process: a trigger is a call on the loop, and so is its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plc.clock import Clock
from plc.link import Notice, Scanned


@dataclass(slots=True)
class MemoryScanner:
    """The controller's end."""

    name: str
    clock: Clock
    port: MemoryScannerPort
    _notify: Callable[[Notice], None] | None = None
    _asked: bool = False

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Listen to the scanner."""
        self._notify = notify
        self.port.answer = self._answered

    def trigger(self) -> None:
        """Ask for one reading; while one is asked for already, the same answer serves both."""
        if not self._asked:
            self._asked = True
            self.clock.loop.call_soon(self.port.ask)

    async def stop(self) -> None:
        """Listen no more."""
        self._notify = self.port.answer = None

    def _answered(self, code: str | None) -> None:
        if self._asked and self._notify is not None:
            self._asked = False
            self._notify(Scanned(self.name, code))


@dataclass(slots=True)
class MemoryScannerPort:
    """The scanner's end; see `plc.wires.serial_scanner.ScannerPort`."""

    name: str
    clock: Clock
    answer: Callable[[str | None], None] | None = None
    _triggered: Callable[[], None] | None = None
    _missed: bool = False  # a trigger that came before `open`

    def open(self, triggered: Callable[[], None]) -> None:
        """Listen."""
        self._triggered = triggered
        if self._missed:
            self._missed = False
            self.clock.loop.call_soon(self.ask)

    def ask(self) -> None:
        """Take a trigger."""
        if self._triggered is None:
            self._missed = True
        else:
            self._triggered()

    def reply(self, code: str | None) -> None:
        """Answer a trigger; None is a no-read."""
        if self.answer is not None:
            self.clock.loop.call_soon(self.answer, code)

    def close(self) -> None:
        """Stop listening."""
        self._triggered = None
