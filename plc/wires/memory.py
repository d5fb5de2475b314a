"""A PLC in the same process: both ends of the handshake run, the blocks are values, nothing polls.

Every write is a call scheduled on the loop, so an answer comes within the same instant of plant time. That
is what lets the whole plant run thousands of times faster than real time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from plc.clock import Clock
from plc.codes import PROTOCOL_VERSION
from plc.link import BoxResult, CommandImage, DeviceImage, StatusImage, SysImage, SysStatus
from plc.telegram import JournalEntry

LIFE_S = 0.5


@dataclass(slots=True)
class Blocks:
    """The blocks of one device."""

    cmd: CommandImage = field(default_factory=CommandImage)
    sta: StatusImage = field(default_factory=StatusImage)
    jrn: tuple[JournalEntry, ...] = ()
    res: BoxResult | None = None

    def image(self) -> DeviceImage:
        """Return what a read-back finds."""
        return DeviceImage(self.sta.status, self.jrn)


@dataclass(slots=True)
class MemoryWire:
    """The blocks of one PLC and who is woken when they change; `cut` and `restore` are the cable."""

    plc: str
    devices: Sequence[str]
    clock: Clock
    blocks: dict[str, Blocks] = field(init=False)
    sys_status: SysStatus | None = None  # None: the PLC is not running
    session: int = 0
    control: int = 0
    whole: bool = True
    on_command: Callable[[str], None] | None = None  # the port's end, once it is open
    on_status: Callable[[dict[str, None]], None] | None = None  # the link's end, once it has started
    on_change: Callable[[], None] | None = None  # the link's end: the cable or the PLC came or went
    _life: int = 0
    _commands: dict[str, None] = field(default_factory=dict[str, None])
    _statuses: dict[str, None] = field(default_factory=dict[str, None])
    _changed: bool = False

    def __post_init__(self) -> None:
        """Begin with empty blocks."""
        self.blocks = {device: Blocks() for device in self.devices}

    @property
    def up(self) -> bool:
        """Whether the link's end reaches a running PLC."""
        return self.whole and self.sys_status is not None

    def cut(self) -> None:
        """Break the cable: the PLC keeps what was written, the link learns nothing more."""
        self._life = self.life()
        self.whole = False
        self.changed()

    def restore(self) -> None:
        """Mend the cable."""
        self.whole = True
        self.changed()

    def detach(self) -> None:
        """Let go of the link's end: its counter of life stands still from now on."""
        self._life = self.life()
        self.on_status = self.on_change = None

    def life(self) -> int:
        """Return the counter of the WCS, which stands still while nobody is there to count."""
        alive = self.whole and self.on_status is not None
        return int(self.clock.now_s() / LIFE_S) & 0xFFFF if alive else self._life

    def changed(self) -> None:
        """Tell the link's end, on the loop, that the cable or the PLC came or went."""
        if not self._changed:
            self._changed = True
            self.clock.loop.call_soon(self._tell_change)

    def wrote_command(self, device: str) -> None:
        """Wake the port's end, on the loop; several writes before it runs are one call."""
        if not self._commands:
            self.clock.loop.call_soon(self._tell_commands)
        self._commands[device] = None

    def wrote_status(self, device: str) -> None:
        """Wake the link's end, on the loop; several writes before it runs are one call."""
        if not self._statuses:
            self.clock.loop.call_soon(self._tell_statuses)
        self._statuses[device] = None

    def _tell_change(self) -> None:
        self._changed = False
        if self.on_change is not None:
            self.on_change()

    def _tell_commands(self) -> None:
        devices, self._commands = self._commands, {}
        if self.on_command is not None:
            for device in devices:
                self.on_command(device)

    def _tell_statuses(self) -> None:
        devices, self._statuses = self._statuses, {}
        if self.on_status is not None and self.up:
            self.on_status(devices)


@dataclass(slots=True)
class MemoryPort:
    """The device's end of a memory wire. A port that opens again finds empty CMD blocks, as a soft PLC does."""

    wire: MemoryWire
    plc: str = field(init=False)

    def __post_init__(self) -> None:
        """Take the name of the wire."""
        self.plc = self.wire.plc

    async def open(self, wake: Callable[[str], None]) -> None:
        """Serve the blocks; the link's end connects as soon as the SYS block has been published."""
        for blocks in self.wire.blocks.values():
            blocks.cmd = CommandImage()
        self.wire.control = 0
        self.wire.on_command = wake
        self.wire.changed()

    def command(self, device: str) -> CommandImage:
        """Return the CMD block of `device` as it stands."""
        return self.wire.blocks[device].cmd

    def sys(self) -> SysImage:
        """Return the SYS block that the WCS writes; all zero until one has connected."""
        if not self.wire.session:
            return SysImage()
        return SysImage(PROTOCOL_VERSION, self.wire.life(), self.wire.session, self.wire.control)

    def publish(self, device: str, image: StatusImage) -> None:
        """Show the status."""
        self.wire.blocks[device].sta = image
        self.wire.wrote_status(device)

    def publish_journal(self, device: str, entries: tuple[JournalEntry, ...]) -> None:
        """Show the journal."""
        self.wire.blocks[device].jrn = entries

    def publish_result(self, device: str, result: BoxResult) -> None:
        """Show the RES block of a line."""
        self.wire.blocks[device].res = result

    def publish_sys(self, status: SysStatus) -> None:
        """Show the SYS block; the first time, and when it tells of a restart, the link's end reads back."""
        old = self.wire.sys_status
        self.wire.sys_status = status
        if old is None or (old.version, old.boot_id) != (status.version, status.boot_id):
            self.wire.changed()

    async def close(self) -> None:
        """Stop serving: to the link's end the PLC is gone."""
        self.wire.sys_status = None
        self.wire.on_command = None
        self.wire.changed()
