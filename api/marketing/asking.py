"""Questions to the platform: one HTTP POST each, checked both ways against the field list before it is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from api.errors import Problem
from api.marketing.platform import REFUSED, TAKEN, bearer, flag_in
from api.marketing.wire import PLAIN, WELL, bounded, object_in
from wms.marketing.platform import asking
from wms.marketing.platform.asking import Query
from wms.marketing.platform.check import check
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.site import Site

MOST_BYTES = 16 * 1024 * 1024
MOST_PAGES = 50
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A way to ask one platform: its client, where it is, its key, and the words of both sides."""

    client: httpx.AsyncClient
    url: str
    site: Site
    book: CodeBook
    key: str = ""

    async def ask(self, query: Query) -> Any:
        """Return what the platform answers, in our own words.

        Raises Problem 502: platform_silent, platform_refused with its words, or platform_answer_unfit with each misfit.
        """
        _must_fit(query.asked_as, query.body, query.group, code="message_does_not_fit")
        answer = await self._exchange(query)
        flag, words = flag_in(answer), str(answer.get("errorInfo") or "")
        if flag == REFUSED:
            raise Problem(502, "platform_refused", message=query.message, words=words[:500])
        if flag != TAKEN:
            raise Problem(502, "platform_silent", message=query.message, why="no resultFlag")
        _must_fit(query.answered_as, answer, query.group, code="platform_answer_unfit")
        try:
            return asking.read_answer(query, answer, self.site, self.book)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            problems = f"{type(error).__name__} {error}"[:500]
            raise Problem(502, "platform_answer_unfit", message=query.message, problems=problems) from error

    async def _exchange(self, query: Query) -> Mapping[str, Any]:
        """Return the object that a platform answers with; raises Problem if there is none within the client's time."""
        url, limit_s = self.url + asking.path_of(query.message), self.client.timeout.read
        headers = PLAIN | bearer(self.key)
        try:
            async with (
                asyncio.timeout(limit_s),
                self.client.stream("POST", url, json=query.body, headers=headers) as reply,
            ):
                encoding = reply.headers.get("content-encoding", "")
                body = await bounded(reply.aiter_raw(), encoding, most=MOST_BYTES)
            if reply.status_code not in WELL:
                raise ValueError(f"HTTP {reply.status_code}")
            return object_in(body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            why = str(error)[:100] if type(error) is ValueError else type(error).__name__
            raise Problem(502, "platform_silent", message=query.message, why=why) from error

    async def codes(self, *names: str) -> list[dict[str, str]]:
        """Return all code tables of the platform, or those with some names, page by page."""
        found: list[dict[str, str]] = []
        for page in range(MOST_PAGES):
            rows: list[dict[str, str]] = await self.ask(asking.codes(page, self.site, self.book, names=names))
            news = [row for row in rows if row not in found[-len(rows) :]]
            if not news:  # an empty page is the end, and the same one again as well
                break
            found += news
        return found

    async def stock(self, task: str) -> list[dict[str, str]]:
        """Return everything that is given out of stock for a task, page by page."""
        found: list[dict[str, str]] = []
        for page in range(MOST_PAGES):
            rows: list[dict[str, str]] = await self.ask(asking.stock(task, page, self.site))
            found += rows
            if len(rows) < asking.PAGE_SIZE:
                break
        return found


def _must_fit(name: str, body: Mapping[str, Any], group: str, *, code: str) -> None:
    wrong = check(name, body, group=group)
    if wrong:
        problems = "; ".join(one.words() for one in wrong[:SHOWN])
        raise Problem(502, code, message=name, problems=problems)
