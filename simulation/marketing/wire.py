"""HTTP/1.1 as far as a stand-in needs it: a listener on the loopback interface, and one POST to somebody else.

Heads are at most 16 KiB, bodies 16 MiB; what is bigger, chunked or no HTTP closes the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOST = "127.0.0.1"
MOST_HEAD, MOST_BODY = 16 * 1024, 16 * 1024 * 1024
END = b"\r\n\r\n"
BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; names of headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """A reply."""

    status: int
    body: bytes


Talk = Callable[[Asked], Awaitable[Said | None]]
"""Answers a request; None hangs up without a word."""


@dataclass(slots=True)
class Listener:
    """Listens on a port, 0 for a free one; started again it takes the port that it had."""

    talk: Talk
    port: int = 0
    _server: asyncio.Server | None = None
    _open: dict[asyncio.StreamWriter, asyncio.Task[None]] = field(
        default_factory=dict[asyncio.StreamWriter, "asyncio.Task[None]"]
    )

    async def start(self) -> None:
        """Listen; raises OSError if the port is taken."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port, limit=MOST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone, as a killed process is: talks under way end without a reply."""
        if self._server is not None:
            self._server.close()
        under_way = list(self._open.values())
        for one in under_way:
            one.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = asyncio.current_task()
        if mine is not None:
            self._open[writer] = mine
        try:
            while (asked := await read_request(reader)) is not None:
                said = await self.talk(asked)
                if said is None:
                    break
                writer.write(head_of(f"HTTP/1.1 {said.status} -", said.body) + said.body)
                await writer.drain()
        except (*BROKEN, asyncio.CancelledError):
            pass
        finally:
            self._open.pop(writer, None)
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """Return the next request on a connection, None at its end; raises ValueError for what is none."""
    try:
        first, headers = parse(await reader.readuntil(END))
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise
    parts = first.split(" ")
    if len(parts) != 3 or parts[0] != "POST":  # noqa: PLR2004
        raise ValueError(first)
    return Asked(parts[1], headers, await reader.readexactly(_length(headers)))


async def post(url: str, body: bytes, *, headers: Mapping[str, str], timeout_s: float) -> Said:
    """Send one POST and return the reply; raises OSError, TimeoutError or ValueError if there is none."""
    where = urlsplit(url)
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_connection(where.hostname, where.port or 80, limit=MOST_HEAD)
        try:
            more = {"host": where.netloc, "connection": "close", **headers}
            writer.write(head_of(f"POST {where.path} HTTP/1.1", body, more) + body)
            await writer.drain()
            first, known = parse(await reader.readuntil(END))
            return Said(int(first.split(" ")[1]), await reader.readexactly(_length(known)))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError) as error:
            raise ValueError("no reply") from error
        finally:
            writer.close()


def head_of(first: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the head of a message with a JSON body."""
    known = {"content-type": "application/json; charset=utf-8", "content-length": str(len(body)), **(headers or {})}
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in known.items())]).encode() + END


def parse(head: bytes) -> tuple[str, dict[str, str]]:
    r"""Return the first line and the headers of a message.

    >>> parse(b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n")
    ('POST /a HTTP/1.1', {'content-length': '2'})
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}


def _length(headers: Mapping[str, str]) -> int:
    written = headers.get("content-length", "0")
    if not written.isascii() or not written.isdigit() or int(written) > MOST_BODY or "transfer-encoding" in headers:
        raise ValueError("content-length")
    return int(written)
