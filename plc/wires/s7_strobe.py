"""A strobe-and-acknowledge PLC over S7, dressed as a channel so that the same supervisor and mailbox drive it.

What such a PLC does not have is made up from what it shows: the journal is its two task numbers, an end gets the
task's number modulo 65535 as sequence number, and its life is that it answers. The profile names what that costs.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from plc.codes import PROTOCOL_VERSION, SEQ_LAST, AckCode, ActState, EvtCode, FaultCode, PackML, StatusBit
from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.plant.plcs import S7Plc
from plc.profile import BitAt, NumberAt, SpotPart, StrobeProfile
from plc.telegram import Command, Event, JournalEntry, Spot, Status
from plc.wires.channel import ChannelError
from plc.wires.s7_client import S7Client


def end_seq(task: int) -> int:
    """Return the sequence number of the end of `task`: the same after each reconnect."""
    return task % SEQ_LAST + 1


@dataclass(slots=True)
class S7StrobeChannel:
    """One connection; see `plc.wires.channel.Channel`. Device `i` has bytes i * size of the CMD and STA blocks."""

    spec: S7Plc
    profile: StrobeProfile
    index: dict[str, int]
    pushes: bool = False
    _client: S7Client = field(init=False)
    _sent: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])  # seq and task
    _answered: dict[str, tuple[int, int, AckCode]] = field(default_factory=dict[str, tuple[int, int, AckCode]])
    _bits: dict[str, bytearray] = field(default_factory=dict[str, bytearray])
    _armed: set[str] = field(default_factory=set[str])  # body written, strobe due when the last answer is gone
    _life: int = 0

    def __post_init__(self) -> None:
        """Make the client of this connection."""
        self._client = S7Client(self.spec)

    async def open(self, ring: Callable[[], None]) -> None:
        """Connect."""
        await self._client.open()

    def touched(self) -> set[str]:
        """Return nothing: an S7 PLC pushes nothing."""
        return set()

    async def read_sys(self) -> SysStatus:
        """Return a life that goes on as long as the PLC answers."""
        await self._client.read(self.spec.sta_db, 0, 2)
        self._life = (self._life + 1) & 0xFFFF
        return SysStatus(PROTOCOL_VERSION, self._life, 0, 0, int(StatusBit.RETAINED))

    async def write_sys(self, image: SysImage) -> None:
        """Write nothing: this PLC has no SYS block."""

    async def read_commands(self) -> dict[str, CommandImage]:
        """Return empty blocks, and remember the bits that stand."""
        size = self.profile.command.size
        for device, index in self.index.items():
            self._bits[device] = bytearray(await self._client.read(self.spec.cmd_db, index * size, size))
        return dict.fromkeys(self.index, CommandImage())

    async def read_statuses(self, devices: Iterable[str]) -> dict[str, StatusImage]:
        """Return what the blocks of `devices` mean, and take back the bits that were answered."""
        size = self.profile.status.size
        found: dict[str, StatusImage] = {}
        for device in devices:
            raw = await self._client.read(self.spec.sta_db, self.index[device] * size, size)
            await self._settle_bits(device, raw)
            found[device] = self._image(device, raw)
        return found

    async def read_journal(self, device: str) -> tuple[JournalEntry, ...]:
        """Return the two tasks the PLC still names."""
        size = self.profile.status.size
        raw = await self._client.read(self.spec.sta_db, self.index[device] * size, size)
        status = self.profile.status
        taken, done = _number(raw, status.task), _number(raw, status.done_task)
        ended = (JournalEntry(done, ActState.ENDED),) if done else ()
        return ended if taken in (0, done) else (*ended, JournalEntry(taken, ActState.RUNNING))

    async def read_result(self, device: str) -> BoxResult:
        """Raise ChannelError: this PLC has no RES block."""
        raise ChannelError(f"{device}: the profile {self.profile.profile} has no results")

    async def write_command(self, device: str, seq: int, command: Command) -> None:
        """Write task and places; the strobe follows, in a request of its own, when the last answer is gone.

        A command that the PLC has no word for is refused here.
        """
        block, code = self.profile.command, self.profile.code_of(command.code)
        if code is None:
            self._answered[device] = (seq, command.mission, AckCode.BAD_CODE)
            return
        self._sent[device] = (seq, command.mission)
        numbers = [(block.task, command.mission), *([(block.code, code)] if block.code else [])]
        numbers += _places(block.source, command.source) + _places(block.target, command.target)
        raw = self._bits[device]
        for at, number in numbers:
            struct.pack_into(f">{at.scalar.code}", raw, at.byte, number)
        start = self.index[device] * block.size
        _set(raw, block.strobe, on=False)
        await self._client.write(self.spec.cmd_db, start, bytes(raw))
        self._armed.add(device)

    async def write_event_ack(self, device: str, seq: int) -> None:
        """Set the acknowledgement of the end; it is taken back when the end is no longer shown."""
        await self._set_bit(device, self.profile.command.done_ack, on=True)

    async def close(self) -> None:
        """End the connection."""
        await self._client.close()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._client.abort()

    async def _settle_bits(self, device: str, raw: bytes) -> None:
        status, block = self.profile.status, self.profile.command
        refused = status.refused is not None and _bit(raw, status.refused)
        acked = _bit(raw, status.ack)
        seq, task = self._sent.get(device, (0, 0))
        if device in self._armed:
            if not acked and not refused:
                self._armed.discard(device)
                await self._set_bit(device, block.strobe, on=True)
        elif _bit(self._bits[device], block.strobe) and (refused or (acked and _number(raw, status.task) == task)):
            if seq:
                self._answered[device] = (seq, task, AckCode.BUSY if refused else AckCode.ACCEPTED)
            await self._set_bit(device, block.strobe, on=False)
        if _bit(self._bits[device], block.done_ack) and not _bit(raw, status.done):
            await self._set_bit(device, block.done_ack, on=False)

    def _image(self, device: str, raw: bytes) -> StatusImage:
        status = self.profile.status
        busy = status.busy is not None and _bit(raw, status.busy)
        number = _number(raw, status.fault) if status.fault else 0
        fault = self.profile.fault_of(number) if number else FaultCode.NONE
        state = PackML.HELD if fault else PackML.EXECUTE if busy else PackML.IDLE
        task = _number(raw, status.task)
        shown = Status(state, mission=task if busy else 0, fault=int(fault))
        seq, mission, code = self._answered.get(device, (0, 0, AckCode.NONE))
        if not _bit(raw, status.done) or _bit(self._bits[device], self.profile.command.done_ack):
            return StatusImage(shown, seq, code, ack_mission=mission)
        done = _number(raw, status.done_task)
        event = Event(EvtCode.ABORTED if fault else EvtCode.ENDED, done, result=int(fault))
        return StatusImage(shown, seq, code, end_seq(done), event, mission)

    async def _set_bit(self, device: str, at: BitAt, *, on: bool) -> None:
        raw = self._bits[device]
        _set(raw, at, on=on)
        start = self.index[device] * self.profile.command.size
        await self._client.write(self.spec.cmd_db, start + at.byte, bytes(raw[at.byte : at.byte + 1]))


def _number(raw: bytes | bytearray, at: NumberAt) -> int:
    return struct.unpack_from(f">{at.scalar.code}", raw, at.byte)[0]


def _bit(raw: bytes | bytearray, at: BitAt) -> bool:
    return bool(raw[at.byte] >> at.bit & 1)


def _set(raw: bytearray, at: BitAt, *, on: bool) -> None:
    raw[at.byte] = raw[at.byte] | 1 << at.bit if on else raw[at.byte] & ~(1 << at.bit)


def _places(fields: Mapping[SpotPart, NumberAt], spot: Spot) -> list[tuple[NumberAt, int]]:
    return [(at, getattr(spot, axis)) for axis, at in fields.items()]
