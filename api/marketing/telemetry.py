"""Telemetry to a platform that wants it: what goes on, told at once and never again (POST <url>/topics/<topic>).

It begins with what happens from now on. While the platform is away nothing is kept: results and boxes go by letters,
which are never lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import httpx
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.context import Context
from api.marketing import watching
from api.marketing.connection import Connection
from api.marketing.platform import Books, bearer
from wcs import journal
from wcs.store import FactRow
from wms.errors import WmsError
from wms.marketing import about
from wms.marketing.platform import news
from wms.marketing.platform.check import check
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.telemetry import topic_of
from wms.marketing.platform.values import Body
from wms.marketing.platform.watch import Watch
from wms.rows import table

POLL_S, LOOK_S = 1.0, 10.0
LONGEST_S = 20.0
"""A round that takes longer is given up: what it had still to tell is lost."""
AT_ONCE, MOST_BEHIND = 500, 5_000
MOST_TOLD = 200
log = logging.getLogger(__name__)
_fact = table(FactRow)


@dataclass(slots=True)
class Reporter:
    """Tells one platform what goes on, until it is cancelled. `after` is the last fact that was looked at.

    Machines, buffers and output are looked at every ten seconds; of a journal that it cannot follow it leaves out what
    lies behind, and of one round it tells no more than 200 things.
    """

    context: Context
    platform: Connection
    after: int = -1
    watch: Watch = field(default_factory=Watch)

    async def run(self) -> None:
        """Tell what happens, for ever."""
        books, looked_s = Books(self.platform.site.generation, self.context.reading), 0.0
        async with httpx.AsyncClient(timeout=self.platform.timeout_s) as client:
            while True:
                await asyncio.sleep(POLL_S)
                looked_s += POLL_S
                try:
                    book = await asyncio.to_thread(books)
                    async with asyncio.timeout(LONGEST_S):
                        await self.round(client, book)
                        if looked_s >= LOOK_S:
                            looked_s = 0.0
                            await self.look(client, book)
                except (SQLAlchemyError, WmsError, TimeoutError) as error:
                    log.warning("telemetry to %s: %r", self.platform.name, error)

    async def round(self, client: httpx.AsyncClient, book: CodeBook) -> int:
        """Tell what has happened since the last round, and return how much of it was heard."""
        return await self._tell(client, self._fitting(await asyncio.to_thread(self._news), book))

    async def look(self, client: httpx.AsyncClient, book: CodeBook) -> int:
        """Tell how the floor stands as far as that is news, the first time what was checked, and how much was heard."""
        return await self._tell(client, self._fitting(await asyncio.to_thread(self._stands), book))

    async def _tell(self, client: httpx.AsyncClient, topics: Sequence[tuple[str, Body]]) -> int:
        told = 0
        for topic, body in topics[:MOST_TOLD]:
            url = f"{self.platform.url}/topics/{topic}"
            try:
                async with client.stream("POST", url, json=body, headers=bearer(self.platform.key)) as reply:
                    told += reply.is_success  # whatever it says to it, nobody reads
            except httpx.HTTPError as error:
                log.info("telemetry to %s is not heard: %s", self.platform.name, type(error).__name__)
                break
        if (left := len(topics) - MOST_TOLD) > 0:
            log.info("telemetry to %s leaves out %s things", self.platform.name, left)
        return told

    def _news(self) -> Sequence[Body]:
        """Return what has happened; the first time only remember where the journal ends."""
        with self.context.reading() as session:
            last = int(session.connection().execute(sa.select(sa.func.max(_fact.c.id))).scalar() or 0)
            if self.after < 0 or last - self.after > MOST_BEHIND:
                self.after = last
                return []
            facts = journal.read(session, self.after, AT_ONCE)
            found = [one for fact in facts for one in news.news_of(fact, partial(_task_of, session))]
        if facts:
            self.after = facts[-1].id
        return found + self.watch.packed(facts)

    def _stands(self) -> Sequence[Body]:
        at_ms, plant = self.context.now_ms(), self.context.plant
        seen = watching.machines(self.context)
        with self.context.reading() as session:
            buffers = watching.occupied(session, plant)
        checks = self.watch.starts(seen, watching.lines_of(plant), at_ms)
        moved = self.watch.machines(seen, at_ms) + self.watch.stands(buffers, at_ms)
        return [*checks, *moved, *self.watch.over(at_ms)]

    def _fitting(self, found: Sequence[Body], book: CodeBook) -> list[tuple[str, Body]]:
        topics = [topic_of(one, self.platform.site, book) for one in found]
        return [(topic, body) for topic, body in topics if not _unfit(topic, body)]


def _task_of(session: Session, of: object) -> str:
    """Return the task of a lot, by its number on the floor, its name, or the meters in one of its boxes."""
    match of:
        case int():
            lot = about.lot_named(session, of)
        case list():
            lot = about.lot_of(session, [str(code) for code in of])
        case _:
            lot = str(of)
    return about.lot_in(session, lot).task


def _unfit(topic: str, body: Body) -> bool:
    """Return whether news does not fit its topic: it is left out, and the log says why."""
    wrong = check(topic, body, group="condition")
    if wrong:
        log.warning("telemetry %s is left out: %s", topic, "; ".join(one.words() for one in wrong[:3]))
    return bool(wrong)
