"""A small receiver on a real socket: it keeps what it has taken by key, and behaves as badly as it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CROOKED = ("lost", "reply lost", "late", "wrong", "garbled")
Behave = Callable[[str, int], str]
"""(key, how many times it has come) -> "" for good behaviour, one of CROOKED, or "refuse <bar code>"."""


@dataclass(slots=True)
class Receiver:
    """Speaks our own profile. What it has taken outlives a restart; `calls` counts how often each key has come."""

    behave: Behave = lambda key, nth: ""
    taken: dict[str, dict[str, Any]] = field(default_factory=dict[str, "dict[str, Any]"])
    calls: dict[str, int] = field(default_factory=dict[str, int])
    headers: dict[str, dict[str, str]] = field(default_factory=dict[str, "dict[str, str]"])
    bodies: dict[str, bytes] = field(default_factory=dict[str, bytes])
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    _server: asyncio.Server | None = None
    _talks: dict[asyncio.StreamWriter, asyncio.Event] = field(default_factory=dict[asyncio.StreamWriter, asyncio.Event])

    async def start(self) -> None:
        """Listen; the second time on the same port as the first."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        for writer, over in list(self._talks.items()):
            writer.close()
            await over.wait()

    async def heard(self, count: int) -> None:
        """Wait until so many different letters were taken."""
        while len(self.taken) < count:
            self.changed.clear()
            await self.changed.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks[writer] = asyncio.Event()
        try:
            while (asked := await _request(reader)) is not None:
                said = await self._reply(*asked)
                if said is None:
                    return
                status, body = said
                head = f"HTTP/1.1 {status} x\r\ncontent-length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            self._talks.pop(writer).set()

    async def _reply(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        key = headers["idempotency-key"]
        self.calls[key] = self.calls.get(key, 0) + 1
        how = self.behave(key, self.calls[key])
        if how == "lost":
            return None
        if how == "wrong":
            return 503, b"busy"
        if how.startswith("refuse"):
            return 422, json.dumps({"message": "not ours", "refused": how.split()[1:]}).encode()
        if key not in self.taken:
            self.taken[key], self.headers[key], self.bodies[key] = json.loads(body), headers, body
            self.changed.set()
        if how == "reply lost":
            return None
        if how == "late":
            await asyncio.sleep(0.6)
        return 200, b"\xff{" if how == "garbled" else b"{}"


async def _request(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes] | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    lines = head.decode().split("\r\n")[1:]
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return headers, body
