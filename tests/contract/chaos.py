"""A TCP proxy that cuts and black-holes connections on command, without privileges."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field


@dataclass(slots=True)
class ChaosProxy:
    """Forwards to `target`; while `black_hole` is set bytes are kept back, and delivered afterwards."""

    target: tuple[str, int]
    black_hole: bool = False
    refuse: bool = False
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _clear: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Listen on a free port."""
        self._clear.set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self.refuse = True
        for writer in list(self._writers):
            if not writer.is_closing():  # else its end has gone by itself
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    def restore(self) -> None:
        """Let everything pass again, also what was held back."""
        self.refuse = self.black_hole = False
        self._clear.set()

    def swallow(self) -> None:
        """Keep back every byte without closing anything."""
        self.black_hole = True
        self._clear.clear()

    async def stop(self) -> None:
        """Close everything."""
        self.restore()
        self.cut()
        if self._server is not None:
            self._server.close()
            await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.refuse:
                raise ConnectionRefusedError
            up_reader, up_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        await asyncio.gather(self._pump(reader, up_writer), self._pump(up_reader, writer))
        self._writers -= {writer, up_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._clear.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
