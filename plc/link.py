"""The one seam between logic and wire: `Link` is the controller's end of a PLC, `Port` the device's end.

Nothing above a Link polls, and nothing above it can tell memory, OPC UA and S7 apart. Notices arrive on
the loop's thread, in order for each device. A Link is one PLC; it makes a new client object for each
connection and reads everything back before it says `LinkUp`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from plc.codes import AckCode
from plc.telegram import BoxResult, Command, Event, JournalEntry, Status


@dataclass(frozen=True, slots=True)
class DeviceImage:
    """What a device held when the link read it back."""

    status: Status
    journal: tuple[JournalEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Connected and read back; nothing new is sent before `Link.go_online`."""

    plc: str
    boot_id: int
    retained: bool  # the journal survived the PLC's last restart
    soft: bool  # StatusWord.b7: forced or simulated
    devices: Mapping[str, DeviceImage] = field(default_factory=dict[str, DeviceImage])


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The PLC is out of reach; what was sent and not acknowledged is unknown, never failed."""

    plc: str
    reason: str  # a stable key, e.g. "life_stopped", "connection_lost", "unanswered", "version"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Acked:
    """The device has answered the telegram of `mission`."""

    device: str
    mission: int
    code: AckCode


@dataclass(frozen=True, slots=True)
class EventRaised:
    """The device shows an event that is not acknowledged yet; `result` is the RES block of a BOXED event."""

    device: str
    seq: int
    event: Event
    result: BoxResult | None = None


@dataclass(frozen=True, slots=True)
class StatusSeen:
    """The device's status has changed (positions at most five times a second)."""

    device: str
    status: Status


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scanner's answer to a trigger; `code` is None for a no-read."""

    scanner: str
    code: str | None


Notice = LinkUp | LinkDown | Acked | EventRaised | StatusSeen | Scanned


@dataclass(slots=True)
class LinkCounts:
    """Telegrams of one PLC since the link was made."""

    sent: int = 0
    repeated: int = 0
    refused: int = 0
    events: int = 0
    reconnects: int = 0


class Link(Protocol):
    """The controller's end of one PLC."""

    plc: str
    counts: LinkCounts

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Begin to connect, and keep connecting; notices go to `notify`."""
        ...

    def go_online(self) -> None:
        """Set CtrlWord online: what was read back is settled, new telegrams may flow."""
        ...

    def send(self, device: str, command: Command) -> None:
        """Send one telegram; at most one may be unanswered per device. Dropped while the link is down."""
        ...

    def book(self, device: str, seq: int) -> None:
        """Acknowledge the event `seq`, which is durably booked."""
        ...

    async def stop(self) -> None:
        """Close the connection and end every task of the link."""
        ...


class Scanner(Protocol):
    """The controller's end of one bar-code scanner."""

    name: str

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Open the line, and keep it open."""
        ...

    def trigger(self) -> None:
        """Ask for one reading; the answer is one `Scanned`."""
        ...

    async def stop(self) -> None:
        """Close the line."""
        ...


@dataclass(frozen=True, slots=True)
class CommandImage:
    """The CMD block of a device as its PLC reads it; complete only if `head == tail`."""

    head: int = 0
    tail: int = 0
    event_ack: int = 0
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class SysImage:
    """The SYS block as the PLC reads it."""

    version: int = 0
    life: int = 0
    session: int = 0
    control: int = 0


@dataclass(frozen=True, slots=True)
class StatusImage:
    """The STA block of a device as its PLC writes it."""

    status: Status = Status()
    ack_seq: int = 0
    ack_code: AckCode = AckCode.NONE
    event_seq: int = 0  # 0: no event pending
    event: Event | None = None
    ack_mission: int = 0  # whose telegram was answered; 0: the device does not say


@dataclass(frozen=True, slots=True)
class SysStatus:
    """The SYS block as the PLC writes it."""

    version: int
    life: int
    boot_id: int
    session_echo: int
    word: int


class Port(Protocol):
    """The device's end of one PLC: blocks to read and to publish."""

    plc: str

    async def open(self, wake: Callable[[str], None]) -> None:
        """Serve the blocks; `wake(device)` is called on the loop after a CMD block (or "SYS") was written."""
        ...

    def command(self, device: str) -> CommandImage:
        """Return the CMD block of `device` as it stands."""
        ...

    def sys(self) -> SysImage:
        """Return the SYS block that the WCS writes."""
        ...

    def publish(self, device: str, image: StatusImage) -> None:
        """Show the status; body first, sequence numbers last."""
        ...

    def publish_journal(self, device: str, entries: tuple[JournalEntry, ...]) -> None:
        """Show the journal."""
        ...

    def publish_result(self, device: str, result: BoxResult) -> None:
        """Show the RES block of a line, before the BOXED event that announces it."""
        ...

    def publish_sys(self, status: SysStatus) -> None:
        """Show the SYS block."""
        ...

    async def close(self) -> None:
        """Stop serving."""
        ...
