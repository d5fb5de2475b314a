"""Bench equipment over one TCP connection: a line of JSON in its CRC-16 envelope for each call and each answer.

    > {"n": 7, "call": "source.apply", "with": {"load": {...}}}
    < {"n": 7}                         still at work, every second
    < {"n": 7, "gives": ...}           or {"n": 7, "device": "source", "error": "overload"}

    > {"n": 7, "cancel": true}         nobody waits any more: a ramp that has not ended must not end

Calls may overlap; answers carry the number of their call. A line that is silent while a call is under way, or
whose envelope is spoilt, is closed: every call on it ends with EquipmentError, and the next one connects anew.
Equipment takes its source off when its last connection ends or has said nothing for fifteen seconds: nobody
watches the thermometers then.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from plc.bench.calls import CALLS
from plc.bench.envelope import EnvelopeSpoilt, seal, unseal
from plc.bench.equipment import Ambient, Equipment, EquipmentError, Load, PositionState, Pulses, Reference
from plc.meters.channel import MeterChannel

SILENCE_S = 5.0
"""Of wire time without a byte while a call is under way."""
LINE_BYTES = 1 << 20


@dataclass(slots=True)
class EquipmentLine:
    """The connection to the equipment of one bench at `tcp://host:port`; opened when first needed."""

    url: str
    silence_s: float = SILENCE_S
    _writer: asyncio.StreamWriter | None = None
    _left: asyncio.StreamWriter | None = None  # of the connection that was lost last
    _reading: asyncio.Task[None] | None = None
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict[int, "asyncio.Future[Any]"])
    _number: int = 0
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def call(self, name: str, **arguments: Any) -> Any:
        """Return what the equipment answers; raises EquipmentError."""
        device, spec = name.partition(".")[0], CALLS[name]
        writer = await self._open(device)
        self._number += 1
        number, answer = self._number, asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        given = {key: spec.takes[key].dump_python(value, mode="json") for key, value in arguments.items()}
        try:
            self._write(writer, {"n": number, "call": name, "with": given})
            await writer.drain()
            return spec.gives.validate_python(await answer)
        except asyncio.CancelledError:
            self._write(writer, {"n": number, "cancel": True})
            raise
        except (OSError, ValueError) as error:
            raise EquipmentError(device, str(error) or type(error).__name__) from error
        finally:
            self._waiting.pop(number, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # a caller that was cancelled never asks

    async def close(self) -> None:
        """Close the connection."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._lost("closed")
        if self._left is not None:
            with suppress(OSError):
                await self._left.wait_closed()

    def _write(self, writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
        if not writer.is_closing():
            writer.write((seal(json.dumps(message)) + "\n").encode())

    async def _open(self, device: str) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is None:
                parts = urlsplit(self.url)
                try:
                    async with asyncio.timeout(self.silence_s):
                        reader, self._writer = await asyncio.open_connection(
                            parts.hostname, parts.port, limit=LINE_BYTES
                        )
                except (OSError, TimeoutError) as error:
                    raise EquipmentError(device, f"{self.url}: {error or 'no answer'}") from error
                self._reading = asyncio.create_task(self._read(reader))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        why = "the connection was closed"
        try:
            while line := await self._line(reader):
                self._take(json.loads(unseal(line)))
        except (EnvelopeSpoilt, ValueError, OSError) as error:
            why = str(error) or "no sign of life"
        self._lost(why)

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        """Return the next line; raises TimeoutError if none comes while somebody waits for an answer."""
        coming = asyncio.ensure_future(reader.readline())
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=self.silence_s)
                if done:
                    return coming.result()
                if self._waiting:
                    raise TimeoutError("no sign of life")
        finally:
            coming.cancel()

    def _take(self, said: dict[str, Any]) -> None:
        answer = self._waiting.get(said.get("n", 0))
        if answer is None or answer.done():
            return
        if "error" in said:
            answer.set_exception(EquipmentError(str(said.get("device", "")), str(said["error"])))
        elif "gives" in said:
            answer.set_result(said["gives"])

    def _lost(self, why: str) -> None:
        writer, self._writer, self._reading = self._writer, None, None
        if writer is not None:
            self._left = writer
            with suppress(OSError):
                writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError(why))


@dataclass(frozen=True, slots=True)
class _Source:
    line: EquipmentLine

    async def apply(self, load: Load) -> None:
        await self.line.call("source.apply", load=load)

    async def off(self) -> None:
        await self.line.call("source.off")


@dataclass(frozen=True, slots=True)
class _Standard:
    line: EquipmentLine

    async def read(self) -> Reference:
        return await self.line.call("standard.read")

    async def reset_energy(self) -> None:
        await self.line.call("standard.reset_energy")


@dataclass(frozen=True, slots=True)
class _Boards:
    line: EquipmentLine

    async def measure(self, positions: Sequence[int], *, readings: int, reading_s: float) -> dict[int, list[Decimal]]:
        return await self.line.call("boards.measure", positions=list(positions), readings=readings, reading_s=reading_s)

    async def count(self, positions: Sequence[int]) -> None:
        await self.line.call("boards.count", positions=list(positions))

    async def pulses(self, positions: Sequence[int]) -> dict[int, Pulses]:
        return await self.line.call("boards.pulses", positions=list(positions))

    async def timing(self, positions: Sequence[int], *, gates: int, gate_s: float) -> dict[int, list[Decimal]]:
        return await self.line.call("boards.timing", positions=list(positions), gates=gates, gate_s=gate_s)


@dataclass(frozen=True, slots=True)
class _Positions:
    line: EquipmentLine

    async def press(self, positions: Sequence[int]) -> None:
        await self.line.call("positions.press", positions=list(positions))

    async def release(self) -> None:
        await self.line.call("positions.release")

    async def states(self) -> dict[int, PositionState]:
        return await self.line.call("positions.states")

    async def bypass(self, position: int) -> None:
        await self.line.call("positions.bypass", position=position)

    async def rejoin(self, positions: Sequence[int]) -> None:
        await self.line.call("positions.rejoin", positions=list(positions))

    async def ambient(self) -> Ambient:
        return await self.line.call("positions.ambient")


def equipment_on(line: EquipmentLine, channels: dict[int, MeterChannel]) -> Equipment:
    """Return the equipment at the end of a line, with one serial channel to the meter of each position."""
    return Equipment(_Source(line), _Standard(line), _Boards(line), _Positions(line), channels)
