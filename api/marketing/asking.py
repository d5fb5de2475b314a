"""Questions to the platform: one HTTP POST each, checked both ways against the field list before it is believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from api.errors import Problem
from api.marketing.platform import REFUSED, TAKEN, bearer
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
        flag, words = str(answer.get("resultFlag", "")), str(answer.get("errorInfo") or "")
        if flag == REFUSED:
            raise Problem(502, "platform_refused", message=query.message, words=words[:500])
        if flag != TAKEN:
            raise Problem(502, "platform_silent", message=query.message, why="no resultFlag")
        _must_fit(query.answered_as, answer, query.group, code="platform_answer_unfit")
        return asking.read_answer(query, answer, self.site, self.book)

    async def _exchange(self, query: Query) -> Mapping[str, Any]:
        path = asking.path_of(query.message)
        try:
            async with self.client.stream("POST", self.url + path, json=query.body, headers=bearer(self.key)) as reply:
                body = bytearray()
                async for chunk in reply.aiter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise Problem(502, "platform_silent", message=query.message, why="too much")
            said: Any = json.loads(bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise Problem(502, "platform_silent", message=query.message, why=type(error).__name__) from error
        return said if isinstance(said, Mapping) else {}

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
