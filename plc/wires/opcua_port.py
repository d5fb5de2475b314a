"""The device's end of an OPC UA PLC: asyncua's server with the nodes of the contract.

Two defaults of the library are unsafe and mended here: any user called admin gets everything, and a Republish of
an unknown message is answered with an empty one, which sends clients into a loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from asyncua import ua
from asyncua.common.callback import Callback, CallbackType, ServerItemCallback
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.server.server import Server
from cryptography import x509

from plc import images
from plc.layout import Codec, Node, Value
from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.plant.plcs import OpcuaPlc
from plc.telegram import JournalEntry
from plc.wires.opcua_nodes import ROOT, SYS, WRITTEN_BY_WCS, Block, data_value, empty, node_ids
from plc.wires.opcua_security import ServerSecurity, application_uri, load_certificate

LAST = ("CmdAckSeq", "EvtSeqHead", "EvtSeqTail")  # of a STA block, written behind everything else
WAKING = frozenset({"CmdSeqTail", "EvtAckSeq", "CtrlWord", "SessionId"})
_republish = InternalSubscription.republish


def _republish_or_refuse(subscription: InternalSubscription, nb: int) -> ua.NotificationMessage:
    message = _republish(subscription, nb)
    if not cast(Any, message).SequenceNumber:
        raise ua.uaerrors.BadMessageNotAvailable
    return message


@dataclass(frozen=True, slots=True)
class _Users:
    """Lets in who is listed, or anybody if nobody is; nobody is an administrator."""

    users: Mapping[str, str]

    def get_user(
        self, iserver: InternalServer, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        """Return the user's role, or None to refuse."""
        if self.users and (username is None or self.users.get(username) != password):
            return None
        return User(role=UserRole.User, name=username)


@dataclass(slots=True)
class OpcuaPort:
    """The nodes of one PLC, all empty when it opens; what is published before that is shown then."""

    plc: str
    spec: OpcuaPlc
    blocks: Mapping[Block, Codec]
    security: ServerSecurity = field(default_factory=ServerSecurity)
    _server: Server | None = None
    _ids: dict[Block, list[ua.NodeId]] = field(default_factory=dict[Block, list[ua.NodeId]])
    _names: dict[str, tuple[Block, str]] = field(default_factory=dict[str, tuple[Block, str]])
    _values: dict[Block, dict[str, Any]] = field(init=False)
    _queue: deque[tuple[ua.NodeId, ua.DataValue]] = field(default_factory=deque[tuple[ua.NodeId, ua.DataValue]])
    _writer: asyncio.Task[None] | None = None
    _wake: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        """Begin with empty blocks."""
        self._values = {block: {n.name: empty(n) for n in codec.nodes} for block, codec in self.blocks.items()}

    async def open(self, wake: Callable[[str], None]) -> None:
        """Build the nodes and listen on the address of the plant file; raises OSError if the port is taken."""
        InternalSubscription.republish = _republish_or_refuse  # pyright: ignore[reportAttributeAccessIssue]
        self._wake = wake
        server = Server(user_manager=_Users(self.security.users))  # pyright: ignore[reportArgumentType]
        await server.init()
        server.set_endpoint(f"opc.tcp://{self.spec.host}:{self.spec.port}")
        server.set_server_name(f"Metrostack soft PLC {self.plc}")
        await self._secure(server)
        self._ids = node_ids(await server.register_namespace(self.spec.namespace), self.blocks)
        await self._build(server)
        server.subscribe_server_callback(CallbackType.PostWrite, self._written)
        await server.start()
        self._server = server

    def command(self, device: str) -> CommandImage:
        """Return the CMD block of `device` as it stands."""
        return images.command_image(self._values[device, "CMD"])

    def sys(self) -> SysImage:
        """Return the SYS block that the WCS writes."""
        return images.sys_image(self._values[SYS, "CMD"])

    def publish(self, device: str, image: StatusImage) -> None:
        """Show the status; sequence numbers last."""
        self._show((device, "STA"), images.status_values(image))

    def publish_journal(self, device: str, entries: tuple[JournalEntry, ...]) -> None:
        """Show the journal."""
        self._show((device, "JRN"), images.journal_values(entries))

    def publish_result(self, device: str, result: BoxResult) -> None:
        """Show the RES block of a line."""
        self._show((device, "RES"), images.result_values(result))

    def publish_sys(self, status: SysStatus) -> None:
        """Show the SYS block."""
        self._show((SYS, "STA"), images.sys_status_values(status))

    async def close(self) -> None:
        """Stop serving."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def _secure(self, server: Server) -> None:
        s = self.security
        tokens = [ua.UserNameIdentityToken] if s.users else [ua.AnonymousIdentityToken]
        server.set_identity_tokens(tokens)
        if not s.certificate:
            server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
            return
        await server.set_application_uri(application_uri(s.certificate))
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        await server.load_certificate(s.certificate)
        await server.load_private_key(s.private_key)
        trusted = load_certificate(s.trusted)

        async def validate(certificate: x509.Certificate, _description: ua.ApplicationDescription) -> None:
            if certificate != trusted:
                raise ua.uaerrors.BadCertificateUntrusted

        server.set_certificate_validator(validate)

    async def _build(self, server: Server) -> None:
        """Make the tree Objects/Plant/<owner>/<block>/<field> with the values that stand."""
        namespace = next(iter(self._ids.values()))[0].NamespaceIndex
        root = await server.nodes.objects.add_object(ua.NodeId(ROOT, namespace), f"{namespace}:{ROOT}")  # pyright: ignore[reportArgumentType]
        owners: dict[str, Any] = {}
        for (owner, name), codec in self.blocks.items():
            if owner not in owners:
                owners[owner] = await root.add_object(ua.NodeId(owner, namespace), f"{namespace}:{owner}")  # pyright: ignore[reportArgumentType]
            folder = ua.NodeId(f"{owner}.{name}", namespace)  # pyright: ignore[reportArgumentType]
            block = await owners[owner].add_object(folder, f"{namespace}:{name}")
            for node, node_id in zip(codec.nodes, self._ids[owner, name], strict=True):
                value = data_value(node, self._values[owner, name][node.name]).Value
                made = await block.add_variable(node_id, f"{namespace}:{node.name}", value)
                self._names[str(node_id.Identifier)] = ((owner, name), node.name)
                if name in WRITTEN_BY_WCS:
                    await made.set_writable()

    def _written(self, event: Callback, _service: object) -> None:
        """Take over what a client has written, and wake whoever it concerns."""
        if not isinstance(event, ServerItemCallback) or not event.is_external or self._wake is None:
            return
        woken: dict[str, None] = {}
        for write, result in zip(event.request_params.NodesToWrite, event.response_params, strict=True):
            block, field_name = self._names.get(str(write.NodeId.Identifier), (None, ""))
            if block is None or not result.is_good():
                continue
            self._values[block][field_name] = write.Value.Value.Value
            if field_name in WAKING:
                woken[block[0]] = None
        for device in woken:
            self._wake(device)

    def _show(self, block: Block, values: Mapping[str, Value]) -> None:
        """Queue what has changed; one task writes it in order."""
        shown = self._values[block]
        changed = [
            pair for pair in zip(self._ids.get(block, ()), self.blocks[block].nodes, strict=False)
            if shown[pair[1].name] != values[pair[1].name]
        ]  # fmt: skip
        shown.update(values)
        changed.sort(key=lambda pair: _rank(pair[1]))
        self._queue.extend((node_id, data_value(node, values[node.name])) for node_id, node in changed)
        if self._server is not None and self._queue and (self._writer is None or self._writer.done()):
            self._writer = asyncio.get_running_loop().create_task(self._drain(self._server))

    async def _drain(self, server: Server) -> None:
        while self._queue and self._server is not None:
            await server.write_attribute_value(*self._queue.popleft())


def _rank(node: Node) -> int:
    return LAST.index(node.name) + 1 if node.name in LAST else 0
