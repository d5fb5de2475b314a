"""Telemetry to a platform that wants it: what goes on, told at once and never again (POST <url>/topics/<topic>).

It begins with what happens from now on. While the platform is away nothing is kept: results and boxes go by letters,
which are never lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from api.context import Context
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
from wms.rows import table

POLL_S = 1.0
AT_ONCE = 500
log = logging.getLogger(__name__)
_fact = table(FactRow)


@dataclass(slots=True)
class Reporter:
    """Tells one platform what goes on, until it is cancelled. `after` is the last fact that was looked at."""

    context: Context
    platform: Connection
    after: int = -1

    async def run(self) -> None:
        """Tell what happens, for ever."""
        books = Books(self.platform.site.generation, self.context.reading)
        async with httpx.AsyncClient(timeout=self.platform.timeout_s) as client:
            while True:
                try:
                    book = await asyncio.to_thread(books)
                    await self.round(client, book)
                except (SQLAlchemyError, WmsError) as error:
                    log.warning("telemetry to %s: %s", self.platform.name, error)
                await asyncio.sleep(POLL_S)

    async def round(self, client: httpx.AsyncClient, book: CodeBook) -> int:
        """Tell what has happened since the last round, and return how much of it was heard."""
        told = 0
        for topic, body in await asyncio.to_thread(self._news, book):
            try:
                reply = await client.post(
                    f"{self.platform.url}/topics/{topic}", json=body, headers=bearer(self.platform.key)
                )
                told += reply.is_success
            except httpx.HTTPError as error:
                log.info("telemetry to %s is not heard: %s", self.platform.name, type(error).__name__)
                break
        return told

    def _news(self, book: CodeBook) -> Sequence[tuple[str, Body]]:
        """Return the topics to tell; the first time only remember where the journal ends."""
        with self.context.reading() as session:
            if self.after < 0:
                self.after = int(session.connection().execute(sa.select(sa.func.max(_fact.c.id))).scalar() or 0)
                return []
            facts = journal.read(session, self.after, AT_ONCE)
            found = [one for fact in facts for one in news.news_of(fact, lambda lot: about.lot_in(session, lot).task)]
        if facts:
            self.after = facts[-1].id
        topics = [topic_of(one, self.platform.site, book) for one in found]
        return [(topic, body) for topic, body in topics if not _unfit(topic, body)]


def _unfit(topic: str, body: Body) -> bool:
    """Return whether news does not fit its topic: it is left out, and the log says why."""
    wrong = check(topic, body, group="condition")
    if wrong:
        log.warning("telemetry %s is left out: %s", topic, "; ".join(one.words() for one in wrong[:3]))
    return bool(wrong)
