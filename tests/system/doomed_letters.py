"""Serve a site whose sender of letters dies by its own hand: SIGKILL in a chosen gap, on the n-th occasion.

    python doomed_letters.py PLANT GAP N

What is wired is what `metrostack serve` wires; the sender is only watched. The gap is written to standard output before
the process dies in it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api import serve
from api.cli.plant import load_plant
from api.marketing import sender
from api.marketing.sender import Heard, Sender
from api.marketing.wire import Call, Reply
from api.settings import Settings
from tests.system.doomed import Doom
from wms.marketing import sending

TAKE_TO_COMMIT = "take-to-commit"  # chosen, but not booked as sent
COMMIT_TO_WIRE = "commit-to-wire"  # booked as sent, the wire has seen nothing of it
ON_THE_WIRE = "on-the-wire"  # the receiver has it, and has not answered
ANSWER_TO_BOOK = "answer-to-book"  # the receiver has answered, the books know nothing of it
BOOK_TO_COMMIT = "book-to-commit"  # booked, but not committed
COMMIT_TO_NEXT = "commit-to-next"  # booked and committed
GAPS = (TAKE_TO_COMMIT, COMMIT_TO_WIRE, ON_THE_WIRE, ANSWER_TO_BOOK, BOOK_TO_COMMIT, COMMIT_TO_NEXT)


@dataclass(frozen=True, slots=True)
class Watched:
    """A client whose requests tell when they have been written."""

    inner: httpx.AsyncClient
    doom: Doom

    @property
    def cookies(self) -> httpx.Cookies:
        """Return what the client itself has."""
        return self.inner.cookies

    def stream(self, method: str, url: str, **rest: Any) -> Any:
        """Return the exchange of the client itself."""

        async def trace(name: str, _found: Any) -> None:
            if name == "http11.send_request_body.complete":
                self.doom.pass_by(ON_THE_WIRE)

        return self.inner.stream(method, url, extensions={"trace": trace}, **rest)


def watch(doom: Doom) -> None:
    """Have the sender of letters watched."""
    exchange, sent, answered, book = sender._exchange, sending.sent, sending.answered, Sender._book

    async def exchange_watched(client: httpx.AsyncClient, url: str, call: Call) -> Reply:
        doom.pass_by(COMMIT_TO_WIRE)
        reply = await exchange(Watched(client, doom), url, call)  # type: ignore[arg-type]
        doom.pass_by(ANSWER_TO_BOOK)
        return reply

    def sent_watched(*args: Any) -> None:
        sent(*args)
        doom.pass_by(TAKE_TO_COMMIT)

    def answered_watched(*args: Any) -> str:
        state = answered(*args)
        doom.pass_by(BOOK_TO_COMMIT)
        return state

    def book_watched(self: Sender, heard: Sequence[Heard]) -> None:
        book(self, heard)
        doom.pass_by(COMMIT_TO_NEXT)

    sender._exchange, Sender._book = exchange_watched, book_watched  # type: ignore[method-assign]
    sending.sent, sending.answered = sent_watched, answered_watched


def main(plant: str, gap: str, occasion: str) -> None:
    """Serve until the occasion comes."""
    watch(Doom(gap, "-", int(occasion)))
    serve.run_serve(serve.Options(load_plant(Path(plant)), Settings(), shared_time=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
