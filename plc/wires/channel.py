"""One connection to a PLC, as `plc.supervise` uses it: OPC UA and S7 fill this, and nothing else of a link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.telegram import Command, JournalEntry


class ChannelError(Exception):
    """The connection failed or the PLC refused a read or write; the text is for the technician."""


class LinkLost(Exception):
    """The connection is given up; `reason` is the key that LinkDown carries."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep the key and what explains it."""
        super().__init__(detail or reason)
        self.reason, self.detail = reason, detail


class Channel(Protocol):
    """A connection that lives once: opened, used, closed, thrown away. Every call raises ChannelError or OSError.

    `pushes` tells that `touched` names devices whose STA has changed, so that only these must be read.
    """

    pushes: bool

    async def open(self, ring: Callable[[], None]) -> None:
        """Connect; `ring` is called on the loop when something was pushed."""
        ...

    def touched(self) -> set[str]:
        """Return and forget the devices that were pushed since the last call."""
        ...

    async def read_sys(self) -> SysStatus:
        """Return SYS_STA."""
        ...

    async def write_sys(self, image: SysImage) -> None:
        """Write SYS_CMD."""
        ...

    async def read_commands(self) -> dict[str, CommandImage]:
        """Return the CMD block of every device."""
        ...

    async def read_statuses(self, devices: Iterable[str]) -> dict[str, StatusImage]:
        """Return the STA blocks of `devices`, without those that are just being written."""
        ...

    async def read_journal(self, device: str) -> tuple[JournalEntry, ...]:
        """Return the JRN block."""
        ...

    async def read_result(self, device: str) -> BoxResult:
        """Return the RES block."""
        ...

    async def write_command(self, device: str, seq: int, command: Command) -> None:
        """Write the body, then in a request of its own the tail."""
        ...

    async def write_event_ack(self, device: str, seq: int) -> None:
        """Write EvtAckSeq."""
        ...

    async def close(self) -> None:
        """End the connection within two seconds, whatever the other side does; never raises."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, so that a call that hangs fails."""
        ...
