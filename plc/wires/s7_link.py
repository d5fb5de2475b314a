"""The controller's end of an S7 PLC that speaks the contract: blocks read in whole PDUs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from plc import images
from plc.blocks import CMD_CODEC, JRN_CODEC, RES_CODEC, STA_CODEC, SYS_CMD_CODEC, SYS_STA_AT, SYS_STA_CODEC
from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.plant.plcs import S7Plc
from plc.telegram import Command, JournalEntry
from plc.wires.channel import ChannelError
from plc.wires.s7_client import S7Client
from plc.wires.s7_map import WRITE_HEADER, BlockArray, S7Map, requests

HEAD, TAIL = CMD_CODEC.offset("CmdSeqHead"), CMD_CODEC.offset("CmdSeqTail")


@dataclass(slots=True)
class S7Channel:
    """One connection; see `plc.wires.channel.Channel`."""

    spec: S7Plc
    map: S7Map
    pushes: bool = False
    _client: S7Client = field(init=False)
    _seen: dict[str, tuple[bytes, StatusImage | None]] = field(
        default_factory=dict[str, tuple[bytes, StatusImage | None]]
    )

    def __post_init__(self) -> None:
        """Make the client of this connection."""
        self._client = S7Client(self.spec)

    async def open(self, ring: Callable[[], None]) -> None:
        """Connect and agree on the PDU; `ring` is never called, an S7 PLC pushes nothing."""
        await self._client.open()
        if CMD_CODEC.size > self._client.pdu_bytes - WRITE_HEADER:
            raise ChannelError(f"a PDU of {self._client.pdu_bytes} bytes is too small for a telegram")

    def touched(self) -> set[str]:
        """Return nothing: an S7 PLC pushes nothing."""
        return set()

    async def read_sys(self) -> SysStatus:
        """Return SYS_STA."""
        raw = await self._client.read(self.map.sys_db, SYS_STA_AT, SYS_STA_CODEC.size)
        return images.sys_status(SYS_STA_CODEC.unpack(raw))

    async def write_sys(self, image: SysImage) -> None:
        """Write SYS_CMD."""
        await self._client.write(self.map.sys_db, 0, SYS_CMD_CODEC.pack(images.sys_command_values(image)))

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
        raw = await self._client.read(self.map.res.db, self.map.res.start(device), RES_CODEC.size)
        return images.box_result(RES_CODEC.unpack(raw))

    async def write_command(self, device: str, seq: int, command: Command) -> None:
        """Write the body, then in a request of its own the tail."""
        start = self.map.cmd.start(device)
        values = images.command_values(seq, command) | {"EvtAckSeq": 0, "CmdSeqTail": seq}
        raw = CMD_CODEC.pack(values)
        await self._client.write(self.map.cmd.db, start + HEAD, raw[HEAD:TAIL])
        await self._client.write(self.map.cmd.db, start + TAIL, raw[TAIL:])

    async def write_event_ack(self, device: str, seq: int) -> None:
        """Write EvtAckSeq."""
        await self._client.write(self.map.cmd.db, self.map.cmd.start(device), seq.to_bytes(2, "big"))

    async def close(self) -> None:
        """End the connection."""
        await self._client.close()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._client.abort()

    async def _blocks(self, array: BlockArray, devices: Iterable[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for group in requests(array, devices, self._client.pdu_bytes):
            first, size = array.start(group[0]), array.codec.size
            raw = await self._client.read(array.db, first, array.start(group[-1]) + size - first)
            found |= {device: raw[array.start(device) - first :][:size] for device in group}
        return found
