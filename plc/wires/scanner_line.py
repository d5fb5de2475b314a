"""The byte line to a scanner: a serial device, a pty, or `socket://host:port` behind a serial server."""

from __future__ import annotations

import asyncio
import os
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from serial import Serial, SerialException

PTYS = Path("/dev/pts")
Taken = Callable[[bytes], None]


class Line(Protocol):
    """An open line; what comes in goes to the callback it was opened with, and b"" says that it has ended."""

    def write(self, raw: bytes) -> None:
        """Send bytes; raises OSError."""
        ...

    def close(self) -> None:
        """Close the line; never raises."""
        ...


async def open_line(url: str, baud: int, taken: Taken, *, parity: str = "N") -> Line:
    """Open the line at `url`; raises OSError (a SerialException is one). A pty has no parity, whatever is asked."""
    if url.startswith("socket://"):
        parts = urlsplit(url)
        if parts.hostname is None or parts.port is None:
            raise SerialException(f"{url}: write socket://host:port")
        _, line = await asyncio.get_running_loop().create_connection(
            lambda: _SocketLine(taken), parts.hostname, parts.port
        )
        return line
    return _SerialLine.opened(url, baud, taken, "N" if _is_pty(url) else parity)


def _is_pty(path: str) -> bool:
    return Path(path).resolve().parent == PTYS


@dataclass(slots=True)
class _SerialLine:
    """NOTE: with a parity any later change of a pty fails with termios.error, which is no OSError."""

    serial: Serial
    taken: Taken

    @staticmethod
    def opened(path: str, baud: int, taken: Taken, parity: str) -> _SerialLine:
        try:
            line = _SerialLine(Serial(path, baudrate=baud, parity=parity, timeout=0, write_timeout=0), taken)
        except termios.error as error:
            raise SerialException(f"{path}: {error}") from error
        asyncio.get_running_loop().add_reader(line.serial.fileno(), line.readable)
        return line

    def readable(self) -> None:
        """Pass on what has come. Not by `Serial.read`: it selects, and that knows no file beyond the 1,024th."""
        try:
            raw = os.read(self.serial.fileno(), 4096)
        except BlockingIOError:
            return
        except (OSError, termios.error):
            raw = b""
        if not raw:
            self.close()
        self.taken(raw)

    def write(self, raw: bytes) -> None:
        """Send bytes."""
        self.serial.write(raw)

    def close(self) -> None:
        """Close the device."""
        if self.serial.is_open:
            asyncio.get_running_loop().remove_reader(self.serial.fileno())
            self.serial.close()


@dataclass(slots=True)
class _SocketLine(asyncio.Protocol):
    taken: Taken
    transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.taken(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self.taken(b"")

    def write(self, raw: bytes) -> None:
        """Send bytes."""
        if self.transport is None:
            raise ConnectionResetError("the line is closed")
        self.transport.write(raw)

    def close(self) -> None:
        """Close the socket."""
        if self.transport is not None:
            self.transport.abort()
