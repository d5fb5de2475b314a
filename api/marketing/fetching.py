"""Destination codes fetched ahead of packing (function 3), from the platforms that hand them out.

A line packs qualified meters of a task only with a code; fetched for a shift ahead, they let it go on while the
platform is away. What was given twice is entered once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from api.context import Context
from api.errors import Problem
from api.marketing.asking import Line
from api.marketing.connection import Connection
from api.marketing.platform import Books
from wms.desk import Desk
from wms.errors import WmsError
from wms.marketing import gates
from wms.marketing.platform import asking
from wms.marketing.tables import TaskRow
from wms.rows import table

POLL_S, LONGEST_S = 2.0, 60.0
MOST_TASKS = 100
UNDER_WAY = ("planned", "running")
log = logging.getLogger(__name__)
_task = table(TaskRow)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Keeps codes ahead for the tasks of one platform, until it is cancelled."""

    context: Context
    platform: Connection

    async def run(self) -> None:
        """Fetch what is short, for ever; a platform that is silent is asked again, more and more rarely."""
        books, pause_s = Books(self.platform.site.generation, self.context.reading), POLL_S
        async with httpx.AsyncClient(timeout=self.platform.timeout_s) as client:
            while True:
                await asyncio.sleep(pause_s)
                try:
                    book = await asyncio.to_thread(books)
                    one = self.platform
                    await self.round(Line(client, one.url, one.site, book, one.key))
                    pause_s = POLL_S
                except (Problem, WmsError, SQLAlchemyError) as error:
                    log.warning("destination codes of %s: %s", self.platform.name, error)
                    pause_s = min(LONGEST_S, pause_s * 2)

    async def round(self, line: Line) -> int:
        """Fetch codes for every task that is short of them, and return how many are new.

        Raises Problem if the platform gives no usable answer.
        """
        new = 0
        for task, count in (await asyncio.to_thread(self._short)).items():
            codes: list[str] = await line.ask(asking.destinations(task, count, site=line.site, book=line.book))
            new += await asyncio.to_thread(self._offer, task, codes)
        if new:
            self.context.ring()
        return new

    def _short(self) -> Mapping[str, int]:
        """Return how many codes each task under way should have more: those with less than half of what is kept."""
        ahead = self.platform.site.codes_ahead
        query = sa.select(_task.c.key).where(_task.c.sender == self.platform.name, _task.c.state.in_(UNDER_WAY))
        query = query.where(_task.c.kind != "count").order_by(_task.c.priority.desc(), _task.c.number)
        with self.context.reading() as session:
            desk = Desk(session, self.context.now_ms())
            keys = list(session.connection().execute(query.limit(MOST_TASKS)).scalars())
            left = {key: gates.free(desk, key, gates.PASSED) for key in keys}
        return {key: ahead - n for key, n in left.items() if 2 * n < ahead}

    def _offer(self, task: str, codes: list[str]) -> int:
        with self.context.session() as session:
            desk = Desk(session, self.context.now_ms())
            new = gates.offer(desk, task, gates.PASSED, codes)
            desk.close()
            session.commit()
        return new
