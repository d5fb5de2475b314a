"""One S7 connection: python-snap7's AsyncClient, used by one task.

NOTE: on Python 3.11 that client loses cancellations, so nothing here is cancelled or put under a time-out of
ours except connecting; its own time-out ends a read, and `abort` drops the transport.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from snap7 import AsyncClient
from snap7.error import S7Error
from snap7.type import Parameter

from plc.plant.plcs import S7Plc
from plc.wires.channel import ChannelError

CONNECT_S = 3.0
REQUEST_S = 1.5
T = TypeVar("T")


@dataclass(slots=True)
class S7Client:
    """Reads and writes bytes of data blocks; every error is a ChannelError."""

    spec: S7Plc
    _client: AsyncClient = field(default_factory=AsyncClient)

    @property
    def pdu_bytes(self) -> int:
        """The PDU that both sides agreed on."""
        return self._client.pdu_length

    async def open(self) -> None:
        """Connect and agree on the PDU."""
        self._client.set_param(Parameter.PDURequest, self.spec.pdu_bytes)
        opening = self._client.connect(self.spec.host, self.spec.rack, self.spec.slot, tcp_port=self.spec.port)
        await _asked(asyncio.wait_for(opening, CONNECT_S))
        if self._client.connection is not None:
            self._client.connection.timeout = REQUEST_S

    async def read(self, db: int, start: int, size: int) -> bytes:
        """Return bytes of a DB; in one request if they fit the PDU."""
        return bytes(await _asked(self._client.db_read(db, start, size)))

    async def write(self, db: int, start: int, raw: bytes) -> None:
        """Write bytes of a DB; in one request if they fit the PDU."""
        await _asked(self._client.db_write(db, start, bytearray(raw)))

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


async def _asked(call: Awaitable[T]) -> T:
    """Await a call of the library; its errors become ChannelError."""
    try:
        return await call
    except (S7Error, TimeoutError) as error:
        raise ChannelError(str(error) or type(error).__name__) from error
