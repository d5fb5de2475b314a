"""The controller's end of an S7 PLC: one connection of python-snap7's AsyncClient, used by one task.

NOTE: on Python 3.11 that client loses cancellations, so nothing here is cancelled or put under a time-out of
ours except connecting; its own time-out ends a read, and `abort` drops the transport.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from snap7 import AsyncClient
from snap7.error import S7Error
from snap7.type import Parameter

from plc import images
from plc.blocks import CMD_CODEC, JRN_CODEC, RES_CODEC, STA_CODEC, SYS_CMD_CODEC, SYS_STA_AT, SYS_STA_CODEC
from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.plant.plcs import S7Plc
from plc.telegram import Command, JournalEntry
from plc.wires.channel import ChannelError
from plc.wires.s7_map import WRITE_HEADER, BlockArray, S7Map, requests

CONNECT_S = 3.0
REQUEST_S = 1.5
HEAD, TAIL = CMD_CODEC.offset("CmdSeqHead"), CMD_CODEC.offset("CmdSeqTail")
T = TypeVar("T")


@dataclass(slots=True)
class S7Channel:
    """One connection; see `plc.wires.channel.Channel`."""

    spec: S7Plc
    map: S7Map
    pushes: bool = False
    _client: AsyncClient = field(default_factory=AsyncClient)
    _seen: dict[str, tuple[bytes, StatusImage | None]] = field(
        default_factory=dict[str, tuple[bytes, StatusImage | None]]
    )

    async def open(self, ring: Callable[[], None]) -> None:
        """Connect and agree on the PDU; `ring` is never called, an S7 PLC pushes nothing."""
        self._client.set_param(Parameter.PDURequest, self.spec.pdu_bytes)
        opening = self._client.connect(self.spec.host, self.spec.rack, self.spec.slot, tcp_port=self.spec.port)
        await _asked(asyncio.wait_for(opening, CONNECT_S))
        if self._client.connection is not None:
            self._client.connection.timeout = REQUEST_S
        if CMD_CODEC.size > self._client.pdu_length - WRITE_HEADER:
            raise ChannelError(f"a PDU of {self._client.pdu_length} bytes is too small for a telegram")

    def touched(self) -> set[str]:
        """Return nothing: an S7 PLC pushes nothing."""
        return set()

    async def read_sys(self) -> SysStatus:
        """Return SYS_STA."""
        raw = await self._read(self.map.sys_db, SYS_STA_AT, SYS_STA_CODEC.size)
        return images.sys_status(SYS_STA_CODEC.unpack(raw))

    async def write_sys(self, image: SysImage) -> None:
        """Write SYS_CMD."""
        await self._write(self.map.sys_db, 0, SYS_CMD_CODEC.pack(images.sys_command_values(image)))

    async def read_commands(self) -> dict[str, CommandImage]:
        """Return the CMD block of every device."""
        raw = await self._blocks(self.map.cmd, self.map.cmd.index)
        return {device: images.command_image(CMD_CODEC.unpack(part)) for device, part in raw.items()}

    async def read_statuses(self, devices: Iterable[str]) -> dict[str, StatusImage]:
        """Return the STA blocks of `devices`; a block is decoded only when its bytes have changed."""
        found: dict[str, StatusImage] = {}
        for device, part in (await self._blocks(self.map.sta, devices)).items():
            old = self._seen.get(device)
            if old is None or old[0] != part:
                old = self._seen[device] = (part, images.status_image(STA_CODEC.unpack(part)))
            if old[1] is not None:
                found[device] = old[1]
        return found

    async def read_journal(self, device: str) -> tuple[JournalEntry, ...]:
        """Return the JRN block."""
        raw = await self._blocks(self.map.jrn, [device])
        return images.journal_entries(JRN_CODEC.unpack(raw[device]))

    async def read_result(self, device: str) -> BoxResult:
        """Return the RES block; larger than a PDU, but it stands still until its event is booked."""
        raw = await self._read(self.map.res.db, self.map.res.start(device), RES_CODEC.size)
        return images.box_result(RES_CODEC.unpack(raw))

    async def write_command(self, device: str, seq: int, command: Command) -> None:
        """Write the body, then in a request of its own the tail."""
        start = self.map.cmd.start(device)
        values = images.command_values(seq, command) | {"EvtAckSeq": 0, "CmdSeqTail": seq}
        raw = CMD_CODEC.pack(values)
        await self._write(self.map.cmd.db, start + HEAD, raw[HEAD:TAIL])
        await self._write(self.map.cmd.db, start + TAIL, raw[TAIL:])

    async def write_event_ack(self, device: str, seq: int) -> None:
        """Write EvtAckSeq."""
        await self._write(self.map.cmd.db, self.map.cmd.start(device), seq.to_bytes(2, "big"))

    async def close(self) -> None:
        """End the connection."""
        self.abort()
        await self._client.disconnect()

    def abort(self) -> None:
        """Drop the transport; the library offers no other way to end a call that hangs."""
        connection = self._client.connection
        writer = connection._writer if connection is not None else None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        if writer is not None:
            writer.transport.abort()

    async def _blocks(self, array: BlockArray, devices: Iterable[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for group in requests(array, devices, self._client.pdu_length):
            first, size = array.start(group[0]), array.codec.size
            raw = await self._read(array.db, first, array.start(group[-1]) + size - first)
            found |= {device: raw[array.start(device) - first :][:size] for device in group}
        return found

    async def _read(self, db: int, start: int, size: int) -> bytes:
        return bytes(await _asked(self._client.db_read(db, start, size)))

    async def _write(self, db: int, start: int, raw: bytes) -> None:
        await _asked(self._client.db_write(db, start, bytearray(raw)))


async def _asked(call: Awaitable[T]) -> T:
    """Await a call of the library; its errors become ChannelError."""
    try:
        return await call
    except (S7Error, TimeoutError) as error:
        raise ChannelError(str(error) or type(error).__name__) from error
