"""The controller's end of a memory wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from plc.codes import PROTOCOL_VERSION, RESULTING, CtrlBit, StatusBit
from plc.handshake.commander import RETRY_S, Action, Commander, Unanswered, WriteCommand, WriteEventAck
from plc.link import Acked, CommandImage, EventRaised, LinkCounts, LinkDown, LinkUp, Notice
from plc.recorder import Kind, Recorder
from plc.telegram import Command
from plc.values import replace
from plc.wires.memory import MemoryWire


@dataclass(slots=True)
class MemoryLink:
    """A Link over a `MemoryWire`; one wire carries one link at a time."""

    wire: MemoryWire
    session_id: int
    plc: str = field(init=False)
    recorder: Recorder = field(init=False)
    counts: LinkCounts = field(default_factory=LinkCounts)
    _notify: Callable[[Notice], None] | None = None
    _commanders: dict[str, Commander] = field(default_factory=dict[str, Commander])
    _boot: int | None = None  # of the PLC that was read back; None: down
    _told_down: str = ""
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        """Take the name and the clock of the wire."""
        self.plc = self.wire.plc
        self.recorder = Recorder(self.plc, self.wire.clock)
        self._commanders = {device: Commander(device) for device in self.wire.devices}

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Connect as soon as the PLC runs, and again whenever it comes back."""
        self._notify = notify
        self.wire.on_status = self._seen
        self.wire.on_change = self._changed
        self.wire.changed()

    def go_online(self) -> None:
        """Let new telegrams flow."""
        if self._boot is None:
            return
        self.wire.control |= CtrlBit.ONLINE | CtrlBit.RELEASE
        for commander in self._commanders.values():
            commander.go_online()
        self.wire.wrote_command("SYS")

    def send(self, device: str, command: Command) -> None:
        """Send one telegram; dropped while the link is down or not online."""
        if self._boot is None:
            return
        if write := self._commanders[device].send(command, self.wire.clock.now_s()):
            self._do(device, write)

    def book(self, device: str, seq: int) -> None:
        """Acknowledge the event `seq`, which is durably booked."""
        if self._boot is not None:
            self._do(device, self._commanders[device].book(seq, self.wire.clock.now_s()))

    async def stop(self) -> None:
        """Leave the wire; its counter of life stands still from now on."""
        self.wire.detach()
        self._notify = self._boot = None
        self.wire.control = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _changed(self) -> None:
        """Compare what was read back with what is there now."""
        status = self.wire.sys_status
        if not self.wire.up or status is None:
            self._down("connection_lost")
        elif status.version != PROTOCOL_VERSION:
            self._down("version", f"the PLC speaks {status.version}, we speak {PROTOCOL_VERSION}")
        elif self._boot != status.boot_id:
            if self._boot is not None:
                self._down("restarted")
            self._read_back(status.boot_id, StatusBit(status.word))

    def _down(self, reason: str, detail: str = "") -> None:
        fresh = self._boot is not None or reason != self._told_down
        self._boot, self._told_down = None, reason
        if fresh and self._notify is not None:
            self.recorder.note(Kind.DOWN, fields=reason)
            self._notify(LinkDown(self.plc, reason, detail))

    def _read_back(self, boot_id: int, word: StatusBit) -> None:
        for device, commander in self._commanders.items():
            blocks = self.wire.blocks[device]
            commander.sync(blocks.cmd, blocks.sta)
        self._boot, self._told_down = boot_id, ""
        self.wire.session, self.wire.control = self.session_id, 0
        self.wire.wrote_command("SYS")
        self.counts.reconnects += 1
        self.recorder.note(Kind.UP, seq=boot_id)
        images = {device: blocks.image() for device, blocks in self.wire.blocks.items()}
        retained, soft = StatusBit.RETAINED in word, StatusBit.SIMULATED in word
        if self._notify is not None:
            self._notify(LinkUp(self.plc, boot_id, retained, soft, images))
        self._seen(dict.fromkeys(self.wire.devices))

    def _seen(self, devices: dict[str, None]) -> None:
        """Take in the STA blocks that were written."""
        if self._boot is None or self._notify is None:
            return
        now_s = self.wire.clock.now_s()
        for device in devices:
            commander = self._commanders[device]
            for notice in commander.observe(self.wire.blocks[device].sta, now_s):
                self._tell(commander, notice)
            if commander.waiting:
                self._arm()

    def _tell(self, commander: Commander, notice: Notice) -> None:
        device = commander.device
        if isinstance(notice, Acked):
            self.counts.refused += notice.code < 0
            self.recorder.note(Kind.ACK, device, commander.seen.ack_seq, notice)
        elif isinstance(notice, EventRaised):
            self.counts.events += 1
            self.recorder.note(Kind.EVENT, device, notice.seq, notice.event)
            if notice.event.code in RESULTING:
                notice = replace(notice, result=self.wire.blocks[device].res)
        if self._notify is not None:
            self._notify(notice)

    def _do(self, device: str, action: Action) -> None:
        """Write what the commander asks for."""
        block = self.wire.blocks[device].cmd
        match action:
            case WriteCommand(seq, command, repeated):
                self.counts.sent += 1
                self.counts.repeated += repeated
                self.wire.blocks[device].cmd = CommandImage(seq, seq, block.event_ack, command)
                self.recorder.note(Kind.RESEND if repeated else Kind.SEND, device, seq, command)
                self._arm()
            case WriteEventAck(seq):
                self.wire.blocks[device].cmd = CommandImage(block.head, block.tail, seq, block.command)
                self.recorder.note(Kind.BOOK, device, seq)
            case Unanswered():
                self._down("unanswered", device)
                self.wire.changed()
                return
        self.wire.wrote_command(device)

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = self.wire.clock.call_later(RETRY_S, self._tick)

    def _tick(self) -> None:
        """Repeat what was not answered in time."""
        self._timer = None
        now_s = self.wire.clock.now_s()
        for device, commander in self._commanders.items():
            if commander.waiting and self._boot is not None:
                for action in commander.due(now_s):
                    self._do(device, action)
                self._arm()
