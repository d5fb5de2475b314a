"""Let a bench be seen while it works: its equipment and its line server as before, with a screen that looks on.

screen = Screen()
server, equipment = Heard(remote, screen), seen(equipment, screen)
client = BenchClient(..., habits=Habits(frames=screen.heard))
create_task(show_forever(screen, remote, client.spool, equipment=equipment, clock=clock, bench="BN1"))
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from api.bench.picture import BenchShown
from api.bench.screen import Screen
from plc.bench.equipment import (
    Ambient,
    Equipment,
    EquipmentError,
    ErrorBoards,
    Load,
    Positions,
    PositionState,
    PowerSource,
    Pulses,
)
from plc.clock import Clock
from wcs.bench.client import LineServer
from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.records import Instruction, Report, Run
from wcs.bench.sheet import RunSheet
from wcs.bench.spool import Spool

SHOW_S = 2.0


class Shows(Protocol):
    """Somebody who takes the picture of a bench."""

    async def show(self, bench: str, shown: BenchShown) -> None:
        """Take it; raises ServerAway or ServerRefused."""
        ...


async def show_forever(
    screen: Screen, server: Shows, spool: Spool, *, equipment: Equipment, clock: Clock, bench: str
) -> None:
    """Show a bench every two seconds of real time until cancelled; who looks on is never in the way of the tests."""
    while True:
        await asyncio.sleep(SHOW_S)
        if not screen.looked:  # nobody asks the positions between runs
            with suppress(EquipmentError, OSError, TimeoutError):
                await equipment.positions.states()
                await equipment.positions.ambient()
        with suppress(ServerAway, ServerRefused):
            await server.show(bench, screen.document(spool, at_ms=clock.now_ms()))


@dataclass(frozen=True, slots=True)
class Heard:
    """A line server whose reports a screen hears as well."""

    server: LineServer
    screen: Screen

    async def next_run(self, bench: str) -> Run | None:
        """Return the run that stands on a bench."""
        return await self.server.next_run(bench)

    async def sheet(self, number: int) -> RunSheet:
        """Return a run sheet."""
        return await self.server.sheet(number)

    async def report(self, report: Report) -> Instruction:
        """Book a part of a report."""
        self.screen.told(report)
        return await self.server.report(report)


def seen(equipment: Equipment, screen: Screen) -> Equipment:
    """Return equipment that does the same, and tells `screen` what it was asked and what it said."""
    return replace(
        equipment, source=_Source(equipment.source, screen), boards=_Boards(equipment.boards, screen),
        positions=_Positions(equipment.positions, screen),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Source:
    source: PowerSource
    screen: Screen

    async def apply(self, load: Load) -> None:
        await self.source.apply(load)
        self.screen.applied(load)

    async def off(self) -> None:
        await self.source.off()
        self.screen.applied(None)


@dataclass(frozen=True, slots=True)
class _Boards:
    boards: ErrorBoards
    screen: Screen

    async def measure(self, positions: Sequence[int], *, readings: int, reading_s: float) -> dict[int, list[Decimal]]:
        found = await self.boards.measure(positions, readings=readings, reading_s=reading_s)
        self.screen.measured(found)
        return found

    async def count(self, positions: Sequence[int]) -> None:
        await self.boards.count(positions)

    async def pulses(self, positions: Sequence[int]) -> dict[int, Pulses]:
        return await self.boards.pulses(positions)

    async def timing(self, positions: Sequence[int], *, gates: int, gate_s: float) -> dict[int, list[Decimal]]:
        return await self.boards.timing(positions, gates=gates, gate_s=gate_s)


@dataclass(frozen=True, slots=True)
class _Positions:
    positions: Positions
    screen: Screen

    async def press(self, positions: Sequence[int]) -> None:
        await self.positions.press(positions)

    async def release(self) -> None:
        await self.positions.release()

    async def states(self) -> dict[int, PositionState]:
        found = await self.positions.states()
        self.screen.saw(found)
        return found

    async def bypass(self, position: int) -> None:
        await self.positions.bypass(position)

    async def rejoin(self, positions: Sequence[int]) -> None:
        await self.positions.rejoin(positions)

    async def ambient(self) -> Ambient:
        found = await self.positions.ambient()
        self.screen.breathed(found)
        return found
