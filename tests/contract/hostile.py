"""Receivers that no specification has foreseen, on real sockets: each is what is written to a connection."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

HOST = "127.0.0.1"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]
"""Answers one request whose head was read; the connection is closed behind it."""


@asynccontextmanager
async def listening(talk: Talk, heads: list[bytes], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Give the port of a receiver; `heads` gets the head of each request."""
    under_way: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            heads.append(head)
            await talk(reader, writer, await reader.readexactly(_length(head)))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            under_way.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(serve, HOST, 0, ssl=tls)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        left = [one for one in under_way if one is not None]
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await server.wait_closed()


def says(raw: bytes) -> Talk:
    """Return a receiver that writes these bytes and hangs up."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _body: bytes) -> None:
        writer.write(raw)
        await writer.drain()

    return talk


def reply(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a reply as it stands on the wire."""
    head = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def drips(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _body: bytes) -> None:
    """Write a head, and then a byte now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def continues(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _body: bytes) -> None:
    """Say 100 Continue for ever."""
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def pours(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _body: bytes) -> None:
    """Write a reply that has no end, as fast as it goes."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


def bomb(size: int) -> bytes:
    """Return a small reply that unfolds to `size` bytes though nobody has asked for it."""
    return reply(gzip.compress(b" " * size), "200 OK", "content-encoding: gzip")


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)
