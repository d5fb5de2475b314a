"""The client of one bench: fetches runs, runs them, and sends what comes out, in order and however late.

It works without its line server: the run and its sheet are in the spool, parts of the report wait there until the
server has acknowledged them, and the server books each part once by run and part number.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from plc.bench.equipment import Equipment
from plc.clock import Clock
from plc.meters.security import SecurityBox
from wcs.bench.engine import execute
from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.habits import Habits
from wcs.bench.records import Instruction, Report, Run
from wcs.bench.sheet import RunSheet
from wcs.bench.spool import Kept, Spool
from wcs.bench.workplace import Workplace

log = logging.getLogger(__name__)
_HABITS = Habits()


class LineServer(Protocol):
    """The line server as a bench sees it. Each call raises ServerAway or ServerRefused."""

    async def next_run(self, bench: str) -> Run | None:
        """Return the run that stands on a bench, the same one until it is reported as ended."""
        ...

    async def sheet(self, number: int) -> RunSheet:
        """Return a run sheet."""
        ...

    async def report(self, report: Report) -> Instruction:
        """Take a part of a report; one that is known already is acknowledged again and booked no second time."""
        ...


class BenchClient:
    """The client of one bench.

    `BenchClient("BN1", server, equipment=bench.equipment(), spool=Spool(path), clock=clock, box=box)`; then
    `create_task(client.run_forever())`, and `client.stop()` to end it. A run that is under way when it stops goes
    on, by the same spool, in the next client.
    """

    def __init__(
        self,
        bench: str,
        server: LineServer,
        *,
        equipment: Equipment,
        spool: Spool,
        clock: Clock,
        box: SecurityBox,
        habits: Habits = _HABITS,
    ) -> None:
        """Take what the bench works with; nothing happens before `run_forever`."""
        self.bench, self._server, self._habits = bench, server, habits
        self.spool, self._clock = spool, clock
        self._place = Workplace(equipment, clock, spool, box, self._tell, self._orders, self._aborted, habits)
        self._wake, self._changed = asyncio.Event(), asyncio.Event()
        self._stopping = asyncio.Event()
        self._abort = ""
        self.away = False
        """The line server could not be reached when it was last tried."""

    def stop(self) -> None:
        """Let `run_forever` end: the source goes off, what was found is in the spool."""
        self._stopping.set()

    async def run_forever(self) -> None:
        """Work until `stop`."""
        tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._send())]
        ending = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*tasks, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if not task.cancelled():
                task.result()  # only a bug ends them: let it be seen

    async def _work(self) -> None:
        while True:
            run = self.spool.unfinished() or await self._fetch()
            sheet = None if run is None else self.spool.sheet(run.sheet)
            if run is None or sheet is None:
                await self._clock.sleep(self._habits.poll_s)
                continue
            await execute(run, sheet, self._place)
            await self._settled()

    async def _fetch(self) -> Run | None:
        """Return the next run with its sheet in the spool; None if there is none, or no server."""
        try:
            run = await self._server.next_run(self.bench)
            if run is None or self.spool.knows(run.id):  # an ended one comes again until its last part is there
                return None
            if self.spool.sheet(run.sheet) is None:
                self.spool.keep_sheet(await self._server.sheet(run.sheet))
        except ServerAway:
            return None
        except ServerRefused as refusal:
            log.warning("bench %s gets no run: %s", self.bench, refusal.code)
            return None
        return run

    def _tell(self, _: Report) -> None:
        self._wake.set()

    def _aborted(self, run: str) -> bool:
        return run == self._abort

    async def _orders(self) -> Instruction | None:
        run = self.spool.unfinished()
        return self.spool.instruction(run.id) if run is not None and await self._settled() else None

    async def _settled(self) -> bool:
        """Wait until every part is acknowledged; return False as soon as the server is away."""
        self._wake.set()
        while self.spool.waiting():
            self._changed.clear()
            await self._changed.wait()
            if self.away:
                return False
        return True

    async def _send(self) -> None:
        while True:
            kept = self.spool.next_part()
            if kept is None:
                self._wake.clear()
                await self._wake.wait()
            else:
                await self._send_one(kept)

    async def _send_one(self, kept: Kept) -> None:
        try:
            instruction = await self._server.report(kept.report)
        except ServerAway as error:
            if not self.away:
                log.warning("bench %s works without its line server: %s", self.bench, error)
            self.away = True
            self._changed.set()
            await self._clock.sleep(self._habits.retry_s)
            return
        except ServerRefused as refusal:
            log.error("part %d of run %s is refused: %s", kept.report.part, kept.report.run, refusal.code)
            self.spool.refused(kept, refusal.code)
        else:
            self.spool.acknowledged(kept, instruction)
            if instruction.stop == "abort":
                self._abort = kept.report.run
        self.away = False
        self._changed.set()
