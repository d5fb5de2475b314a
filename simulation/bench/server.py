"""Serve a virtual bench: its equipment on TCP as `plc/bench/wire.py` speaks, its meters on ptys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from plc.bench.calls import CALLS
from plc.bench.envelope import EnvelopeSpoilt, seal, unseal
from plc.bench.equipment import Equipment, EquipmentError
from plc.bench.wire import LINE_BYTES
from simulation.bench.ptys import hang_on_ptys

if TYPE_CHECKING:
    from simulation.bench.bench import VirtualBench

_SIGN_OF_LIFE_S = 1.0
_SILENCE_S = 15.0
"""Without a word from a caller, after which it counts as gone."""


@asynccontextmanager
async def serve(bench: VirtualBench, host: str, port: int, *, ptys: str = "") -> AsyncIterator[int]:
    """Serve a bench and give its port; with `ptys`, each position's meter on a pty behind a link of that name."""
    equipment = bench.equipment()
    callers: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        callers.add(task)
        with suppress(asyncio.CancelledError):  # the streams of 3.11 call a cancelled caller an error
            await _Caller(equipment, reader, writer).talk()
        callers.discard(task)
        if not callers:
            with suppress(EquipmentError):
                await equipment.source.off()  # nobody watches the thermometers any more

    server = await asyncio.start_server(talk, host, port, limit=LINE_BYTES)
    try:
        with hang_on_ptys(bench, ptys):
            yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)


@dataclass(slots=True)
class _Caller:
    """One connection: calls run side by side, each answered under its number."""

    equipment: Equipment
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict[int, "asyncio.Task[None]"])

    async def talk(self) -> None:
        """Answer until the caller is gone."""
        beat = asyncio.create_task(self._beat())
        try:
            while True:
                async with asyncio.timeout(_SILENCE_S):
                    line = await self.reader.readline()
                if not line:
                    break
                self._take(json.loads(unseal(line)))
        except (EnvelopeSpoilt, ValueError, KeyError, TypeError, OSError):
            pass  # a line that cannot be trusted is closed; the caller connects anew
        finally:
            for task in (beat, *self.under_way.values()):
                task.cancel()
            with suppress(OSError):
                self.writer.close()

    def _take(self, said: dict[str, Any]) -> None:
        number = int(said["n"])
        if said.get("cancel") is True:
            if number in self.under_way:
                self.under_way[number].cancel()
            return
        name = str(said["call"])
        task = asyncio.create_task(self._do(number, name, dict(said["with"])))
        self.under_way[number] = task
        task.add_done_callback(lambda _: self.under_way.pop(number, None))

    async def _do(self, number: int, name: str, given: dict[str, Any]) -> None:
        device = name.partition(".")[0]
        try:
            gives = await self._perform(name, given)
        except EquipmentError as error:
            self._say({"n": number, "device": error.device, "error": str(error)})
        except (ValidationError, KeyError, AttributeError) as error:
            self._say({"n": number, "device": device, "error": f"not understood: {error}"[:200]})
        else:
            self._say({"n": number, "gives": gives})

    async def _perform(self, name: str, given: dict[str, Any]) -> Any:
        spec = CALLS[name]
        device, _, verb = name.partition(".")
        taken = {key: kind.validate_python(given[key]) for key, kind in spec.takes.items()}
        call = getattr(getattr(self.equipment, device), verb)
        first = [taken.pop(key) for key in list(taken)[:1] if key in ("load", "positions", "position")]
        return spec.gives.dump_python(await call(*first, **taken), mode="json")

    def _say(self, message: dict[str, Any]) -> None:
        if not self.writer.is_closing():
            self.writer.write((seal(json.dumps(message)) + "\n").encode())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_SIGN_OF_LIFE_S)
            for number in list(self.under_way):
                self._say({"n": number})
