"""The benches of the demo in memory: a client for each bench of the twin, in the same loop as everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.bench.local import LocalServer
from plc.clock import Clock
from plc.meters.soft_box import SoftBox
from plc.plant.model import Plant
from simulation.bench.bench import VirtualBench
from wcs.bench.client import BenchClient
from wcs.bench.habits import Habits
from wcs.bench.spool import Spool

POLL_S = 15.0


class Benches:
    """Clients at work; `stop` ends them, and lets out what went wrong in one."""

    def __init__(
        self, plant: Plant, benches: Mapping[str, VirtualBench], engine: Engine, clock: Clock, ring: Callable[[], None]
    ) -> None:
        """Make a client for each of `benches`."""
        server = LocalServer(lambda: Session(engine), clock.now_ms, rang=ring)
        habits = Habits(poll_s=POLL_S, epoch=plant.epoch)
        self.clients = [
            BenchClient(
                name, server, equipment=bench.equipment(), spool=Spool(), clock=clock, box=SoftBox(), habits=habits
            )
            for name, bench in benches.items()
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Let every client look for work."""
        self._tasks = [asyncio.create_task(c.run_forever(), name=f"bench {c.bench}") for c in self.clients]

    def check(self) -> None:
        """Raise what has ended a client."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def stop(self) -> None:
        """End every client."""
        for client in self.clients:
            client.stop()
        await asyncio.gather(*self._tasks)
