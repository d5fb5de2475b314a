"""The device's end of an S7 PLC: data blocks behind python-snap7's server.

The server has threads of its own; what they tell enters the loop by `call_soon_threadsafe`.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from snap7 import Server
from snap7.type import SrvArea, SrvEvent

from plc import images
from plc.blocks import CMD_CODEC, JRN_CODEC, RES_CODEC, STA_CODEC, SYS_CMD_CODEC, SYS_STA_AT, SYS_STA_CODEC
from plc.link import BoxResult, CommandImage, StatusImage, SysImage, SysStatus
from plc.plant.plcs import S7Plc
from plc.telegram import JournalEntry
from plc.wires.s7_map import S7Map

DATA_WRITTEN = 0x0004_0000
log = logging.getLogger(__name__)


class _Server(Server):
    """The library's server, which forgets its clients' sockets; without them `stop` waits seconds for each."""

    sockets: set[socket.socket]

    def _handle_client(self, client_socket: socket.socket, address: tuple[str, int]) -> None:
        self.sockets.add(client_socket)
        try:
            super()._handle_client(client_socket, address)
        finally:
            self.sockets.discard(client_socket)


@dataclass(slots=True)
class S7Port:
    """The DBs of one PLC, all zero when it opens."""

    plc: str
    spec: S7Plc
    map: S7Map
    areas: dict[int, bytearray] = field(init=False)
    _server: _Server | None = None
    _device_at: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the DBs."""
        self.areas = {db: bytearray(size) for db, size in self.map.sizes().items()}
        self._device_at = {index: device for device, index in self.map.cmd.index.items()}

    async def open(self, wake: Callable[[str], None]) -> None:
        """Listen on the address of the plant file; raises OSError if the port is taken."""
        loop = asyncio.get_running_loop()
        host = (await loop.getaddrinfo(self.spec.host, self.spec.port, family=socket.AF_INET))[0][4][0]
        _probe(str(host), self.spec.port)
        self.areas[self.map.cmd.db][:] = bytes(self.map.cmd.size)
        server = _Server(log=False)
        server.sockets = set()
        for db, area in self.areas.items():
            server.register_area(SrvArea.DB, db, area)

        def written(event: SrvEvent) -> None:
            if event.EvtCode == DATA_WRITTEN and not loop.is_closed():
                loop.call_soon_threadsafe(self._woken, wake, event.EvtParam2, event.EvtParam3)

        server.set_events_callback(written)
        server.start_to(str(host), self.spec.port)
        self._server = server

    def command(self, device: str) -> CommandImage:
        """Return the CMD block of `device` as it stands."""
        raw = self._get(self.map.cmd.db, self.map.cmd.start(device), CMD_CODEC.size)
        return images.command_image(CMD_CODEC.unpack(raw))

    def sys(self) -> SysImage:
        """Return the SYS block that the WCS writes."""
        return images.sys_image(SYS_CMD_CODEC.unpack(self._get(self.map.sys_db, 0, SYS_CMD_CODEC.size)))

    def publish(self, device: str, image: StatusImage) -> None:
        """Show the status, in one piece."""
        self._put(self.map.sta.db, self.map.sta.start(device), STA_CODEC.pack(images.status_values(image)))

    def publish_journal(self, device: str, entries: tuple[JournalEntry, ...]) -> None:
        """Show the journal."""
        self._put(self.map.jrn.db, self.map.jrn.start(device), JRN_CODEC.pack(images.journal_values(entries)))

    def publish_result(self, device: str, result: BoxResult) -> None:
        """Show the RES block of a line."""
        self._put(self.map.res.db, self.map.res.start(device), RES_CODEC.pack(images.result_values(result)))

    def publish_sys(self, status: SysStatus) -> None:
        """Show the SYS block."""
        self._put(self.map.sys_db, SYS_STA_AT, SYS_STA_CODEC.pack(images.sys_status_values(status)))

    async def close(self) -> None:
        """Stop listening and drop every client."""
        server, self._server = self._server, None
        if server is None:
            return
        server.running = False
        for client in list(server.sockets):
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError as error:
                log.debug("a client had gone already: %s", error)
        server.running = True  # NOTE: `stop` does nothing to a server that is not running
        server.stop()

    def _woken(self, wake: Callable[[str], None], db: int, start: int) -> None:
        """Tell which block was written; the tail of a telegram is enough, its body says nothing yet."""
        if db == self.map.sys_db:
            wake("SYS")
        elif db == self.map.cmd.db and (device := self._device_at.get(start // CMD_CODEC.size)):
            wake(device)

    def _get(self, db: int, start: int, size: int) -> bytes:
        if self._server is None:
            return bytes(self.areas[db][start : start + size])
        self._server.lock_area(SrvArea.DB, db)
        try:
            return bytes(self.areas[db][start : start + size])
        finally:
            self._server.unlock_area(SrvArea.DB, db)

    def _put(self, db: int, start: int, raw: bytes) -> None:
        if self._server is None:
            self.areas[db][start : start + len(raw)] = raw
            return
        self._server.lock_area(SrvArea.DB, db)
        try:
            self.areas[db][start : start + len(raw)] = raw
        finally:
            self._server.unlock_area(SrvArea.DB, db)


def _probe(host: str, port: int) -> None:
    """Raise OSError if the port is taken: the library shares ports (SO_REUSEPORT) and would split our clients."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
