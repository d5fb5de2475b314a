"""The controller's end of an OPC UA PLC: one asyncua client for one connection.

A subscription only tells which devices to read; what counts is what was read. asyncua's own reconnect is
never used: against servers that answer Republish with an empty message it loops or goes deaf.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node as UaNode
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.attribute_ids import AttributeIds

from plc import images
from plc.layout import Codec, Value
from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.plant.plcs import OpcuaPlc
from plc.telegram import Command, JournalEntry
from plc.wires.channel import ChannelError
from plc.wires.opcua_nodes import SYS, Block, data_value, node_ids
from plc.wires.opcua_security import ClientSecurity, application_uri

REQUEST_S = 1.5
SESSION_MS = 30_000
AT_ONCE = 16  # devices in one read request, about 400 nodes
STEADY_READS = 5
WATCHED = ("EvtSeqTail", "CmdAckSeq", "StateCurrent", "StatusWord", "ActMission", "AlarmSeq", "PosX_mm", "PosY_mm")
T = TypeVar("T")
# NOTE: the library complains whenever a lost connection is closed; a LinkDown says that once, with its reason.
logging.getLogger("asyncua.client").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class OpcuaChannel:
    """One connection; see `plc.wires.channel.Channel`."""

    spec: OpcuaPlc
    blocks: Mapping[Block, Codec]
    security: ClientSecurity
    pushes: bool = True
    _client: Client = field(init=False)
    _ids: dict[Block, list[ua.NodeId]] = field(default_factory=dict[Block, list[ua.NodeId]])
    _touched: set[str] = field(default_factory=set[str])
    _ring: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        """Make the client object of this connection."""
        url = f"opc.tcp://{self.spec.host}:{self.spec.port}"
        self._client = Client(url, timeout=REQUEST_S, auto_reconnect=False)
        self._client.session_timeout = SESSION_MS

    async def open(self, ring: Callable[[], None]) -> None:
        """Connect, find the namespace by its URI, and subscribe."""
        self._ring = ring
        await _asked(self._connect())
        try:
            namespace = await _asked(self._client.get_namespace_index(self.spec.namespace))
        except ValueError:
            raise ChannelError(f"the server has no namespace {self.spec.namespace}") from None
        self._ids = node_ids(namespace, self.blocks)
        await _asked(self._subscribe())

    def touched(self) -> set[str]:
        """Return and forget the devices that were pushed since the last call."""
        devices, self._touched = self._touched, set()
        return devices

    def datachange_notification(self, node: UaNode, val: object, data: object) -> None:
        """Note which device was pushed; called by asyncua."""
        self._touched.add(str(node.nodeid.Identifier).partition(".")[0])
        if self._ring is not None:
            self._ring()

    def status_change_notification(self, status: object) -> None:
        """Wake the owner, who finds out what happened to the subscription; called by asyncua."""
        if self._ring is not None:
            self._ring()

    async def read_sys(self) -> SysStatus:
        """Return SYS_STA."""
        return images.sys_status((await self._read([(SYS, "STA")]))[SYS, "STA"])

    async def write_sys(self, image: SysImage) -> None:
        """Write SYS_CMD."""
        await self._write((SYS, "CMD"), images.sys_command_values(image))

    async def read_commands(self) -> dict[str, CommandImage]:
        """Return the CMD block of every device."""
        wanted = [block for block in self.blocks if block[1] == "CMD" and block[0] != SYS]
        return {owner: images.command_image(v) for (owner, _), v in (await self._read(wanted)).items()}

    async def read_statuses(self, devices: Iterable[str]) -> dict[str, StatusImage]:
        """Return the STA blocks of `devices`, without those that are just being written."""
        found: dict[str, StatusImage] = {}
        for (device, _), values in (await self._read([(device, "STA") for device in devices])).items():
            if (image := images.status_image(values)) is not None:
                found[device] = image
        return found

    async def read_journal(self, device: str) -> tuple[JournalEntry, ...]:
        """Return the JRN block; its nodes are written one by one, so it is read until two readings agree."""
        block = (device, "JRN")
        before = await self._read([block])
        for _ in range(STEADY_READS):
            now = await self._read([block])
            if now == before:
                return images.journal_entries(now[block])
            before = now
        raise ChannelError(f"the journal of {device} does not stand still")

    async def read_result(self, device: str) -> BoxResult:
        """Return the RES block."""
        return images.box_result((await self._read([(device, "RES")]))[device, "RES"])

    async def write_command(self, device: str, seq: int, command: Command) -> None:
        """Write the body, then in a request of its own the tail."""
        await self._write((device, "CMD"), images.command_values(seq, command))
        await self._write((device, "CMD"), {"CmdSeqTail": seq})

    async def write_event_ack(self, device: str, seq: int) -> None:
        """Write EvtAckSeq."""
        await self._write((device, "CMD"), {"EvtAckSeq": seq})

    async def close(self) -> None:
        """End session and connection, politely if that takes less than a second."""
        with contextlib.suppress(ua.UaError, OSError, TimeoutError):
            await asyncio.wait_for(self._client.disconnect(), 1.0)
        self.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._client.disconnect_socket()

    async def _connect(self) -> None:
        s = self.security
        if s.certificate:
            self._client.application_uri = application_uri(s.certificate)
            await self._client.set_security(
                SecurityPolicyBasic256Sha256, s.certificate, s.private_key,
                server_certificate=s.server_certificate or None, mode=ua.MessageSecurityMode.SignAndEncrypt,
            )  # fmt: skip
        if s.user:
            self._client.set_user(s.user)
            self._client.set_password(s.password)
        await self._client.connect()

    async def _subscribe(self) -> None:
        subscription = await self._client.create_subscription(max(50, self.spec.poll_ms), self)  # pyright: ignore[reportArgumentType]
        watched = [
            self._client.get_node(node_id)
            for (_, block), codec in self.blocks.items()
            if block == "STA"
            for node, node_id in zip(codec.nodes, self._ids[_, block], strict=True)
            if node.name in WATCHED
        ]
        if watched:
            await subscription.subscribe_data_change(watched, queuesize=1)

    async def _read(self, blocks: list[Block]) -> dict[Block, dict[str, Any]]:
        """Return the values of whole blocks; a block is never split across two requests."""
        found: dict[Block, dict[str, Any]] = {}
        for start in range(0, len(blocks), AT_ONCE):
            part = blocks[start : start + AT_ONCE]
            ids = [node_id for block in part for node_id in self._ids[block]]
            answers = iter(await _asked(self._client.uaclient.read_attributes(ids, AttributeIds.Value)))
            for block in part:
                found[block] = {node.name: _good(next(answers), block) for node in self.blocks[block].nodes}
        return found

    async def _write(self, block: Block, values: Mapping[str, Value]) -> None:
        nodes = [
            pair for pair in zip(self._ids[block], self.blocks[block].nodes, strict=True) if pair[1].name in values
        ]
        sent = [data_value(node, values[node.name]) for _, node in nodes]
        results = await _asked(self._client.uaclient.write_attributes([node_id for node_id, _ in nodes], sent))
        for (node_id, _), result in zip(nodes, results, strict=True):
            if not result.is_good():
                raise ChannelError(f"{node_id.Identifier}: {result.name}")


def _good(answer: ua.DataValue, block: Block) -> Any:
    if answer.StatusCode is not None and not answer.StatusCode.is_good():
        raise ChannelError(f"{block[0]}.{block[1]}: {answer.StatusCode.name}")
    return None if answer.Value is None else answer.Value.Value


async def _asked(call: Awaitable[T]) -> T:
    """Await a call of the library; its errors, and futures that it cancels itself, become ChannelError."""
    try:
        return await call
    except (ua.UaError, TimeoutError) as error:
        raise ChannelError(f"{type(error).__name__}: {error}") from error
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ChannelError("the connection was closed") from None
