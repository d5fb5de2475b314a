"""The sender of one receiver: takes what is due, sends it, books what was said; at least once on the wire.

Between two steps it may be killed: a letter that was sent and not answered is sent again under the same key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.marketing.wire import BIGGEST_REPLY, PLAIN, Adapter, Call, Reply, bounded, key_on_wire
from wms.desk import Desk
from wms.errors import WmsError
from wms.marketing import sending
from wms.marketing.outbox import Letter
from wms.marketing.rules import Answer, away, done, later, refused

POLL_S = 0.5
AT_ONCE = 8
"""Letters on the wire at the same time, each of another task."""
NO_ANSWER = "no answer"
log = logging.getLogger(__name__)
Heard = tuple[Letter, Answer]


@dataclass(frozen=True, slots=True)
class Post:
    """Whom to write to and how: `name` of the receiver's row, where, by which profile; a call takes `timeout_s`."""

    name: str
    url: str
    adapter: Adapter
    timeout_s: float = 15.0


@dataclass(slots=True)
class Sender:
    """Writes to one receiver until it is cancelled. `reading` and `writing` open sessions, `now_ms` is plant time."""

    post: Post
    reading: Callable[[], Session]
    writing: Callable[[], Session]
    now_ms: Callable[[], int]
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Send what is due, for ever: whatever goes wrong in a round, there is a next one."""
        async with httpx.AsyncClient(timeout=self.post.timeout_s, follow_redirects=False) as client:
            while True:
                try:
                    busy = await self.round(client)
                except Exception:  # nobody would notice that letters have stopped for good
                    log.exception("letters to %s: a round was given up", self.post.name)
                    busy = 0
                if not busy:
                    await self._wait()

    async def round(self, client: httpx.AsyncClient) -> int:
        """Send what is due now and return how many letters that were."""
        letters = await asyncio.to_thread(self._take)
        if not letters:
            return 0
        answers = await asyncio.gather(*(self._send(client, letter) for letter in letters))
        await asyncio.to_thread(self._book, weighed(list(zip(letters, answers, strict=True))))
        return len(letters)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self.bell.wait()
        except TimeoutError:
            return
        self.bell.clear()

    def _take(self) -> list[Letter]:
        """Return what is to be sent, booked as sent before the wire sees it; nothing is written if nothing is due."""
        with self.reading() as session:
            found = sending.due(session, self.post.name, at_ms=self.now_ms(), limit=AT_ONCE)
        if found:
            with self.writing() as session:
                sending.sent(session, *(letter.number for letter in found))
                session.commit()
        return found

    def _book(self, heard: Sequence[Heard]) -> None:
        """Book all answers in one transaction; one that cannot be booked must not take the others with it."""
        try:
            self._write(heard)
        except OperationalError:  # the database is busy: all of them are sent again
            raise
        except Exception:
            log.exception("answers of %s cannot be booked together", self.post.name)
            for one in heard:
                self._book_alone(*one)

    def _book_alone(self, letter: Letter, answer: Answer) -> None:
        try:
            self._write([(letter, answer)])
        except OperationalError:
            raise
        except Exception as error:
            log.exception("the answer of %s to letter %s cannot be booked", self.post.name, letter.number)
            self._write([(letter, later(f"cannot be booked: {type(error).__name__}"))])

    def _write(self, heard: Sequence[Heard]) -> None:
        with self.writing() as session:
            desk = Desk(session, self.now_ms())
            for letter, answer in heard:
                sending.answered(desk, letter.number, answer)
            desk.close()
            session.commit()

    async def _send(self, client: httpx.AsyncClient, letter: Letter) -> Answer:
        """Send all calls of a letter, as far as they are taken, and return what was said to it."""
        try:
            calls = await asyncio.to_thread(self.post.adapter.calls, letter)  # some take 0.1 s to say
        except (ValueError, WmsError) as error:
            return refused(str(error))
        except Exception as error:  # an adapter's bug must not stop the letters of other tasks
            log.exception("letter %s to %s cannot be said", letter.number, self.post.name)
            return later(repr(error))
        answer = done()
        for call in calls:
            answer = await self._call(client, letter, call)
            if answer.meaning != "done":
                return answer
        return answer

    async def _call(self, client: httpx.AsyncClient, letter: Letter, call: Call) -> Answer:
        try:
            async with asyncio.timeout(self.post.timeout_s):  # of the whole call: one byte a second is no answer
                reply = await _exchange(client, self.post.url + call.path, call)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return away(f"{NO_ANSWER}: {type(error).__name__} {error}".strip())
        except Exception as error:
            log.exception("letter %s to %s cannot be sent", letter.number, self.post.name)
            return later(f"cannot be sent: {error!r}")
        try:
            return self.post.adapter.answer(letter, call, reply)
        except Exception as error:  # a reply that nobody has thought of
            log.exception("the answer of %s to letter %s is not understood", self.post.name, letter.number)
            return later(f"not understood: {error!r}")


def weighed(heard: Sequence[Heard]) -> list[Heard]:
    """Return what was said, seen together: a letter without an answer among answered ones is that letter's trouble.

    Only if nobody got an answer is the receiver away, and all other letters wait with it.
    """
    if all(answer.meaning == "away" for _, answer in heard):
        return list(heard)
    return [(one, later(answer.words) if answer.meaning == "away" else answer) for one, answer in heard]


async def _exchange(client: httpx.AsyncClient, url: str, call: Call) -> Reply:
    headers = {"content-type": "application/json; charset=utf-8", **PLAIN, **call.headers}
    headers["idempotency-key"] = key_on_wire(call.key)
    async with client.stream("POST", url, content=call.body, headers=headers) as response:
        client.cookies.clear()  # nobody is logged in here: what a receiver has us carry would only grow
        encoding = response.headers.get("content-encoding", "")
        body = await bounded(response.aiter_raw(), encoding, most=BIGGEST_REPLY)
        return Reply(response.status_code, body)
