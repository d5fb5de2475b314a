"""The scheduling platform's profile on the wire: letters as its messages, its replies {resultFlag, errorInfo}.

A message is checked against the field list before it is sent: what does not fit is a dead letter that says which field
of which message is wrong, and nothing of it goes out.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from api.marketing.wire import WELL, Call, Reply, by_status, object_in
from wms.errors import Refused
from wms.marketing import splitting
from wms.marketing.outbox import Letter
from wms.marketing.platform import messages
from wms.marketing.platform.asking import path_of
from wms.marketing.platform.check import check
from wms.marketing.platform.codebook import CodeBook, book_of
from wms.marketing.platform.site import Site
from wms.marketing.platform.words import means
from wms.marketing.rules import Answer, done, later, refused
from wms.stock import code_tables

TAKEN, REFUSED = "1", "0"
MOST_PROBLEMS = 5
FRESH_S = 30.0
_BAR_CODE = re.compile(r"(?<!\d)\d{22}(?!\d)")


@dataclass(slots=True)
class Books:
    """The code book of a site as its database has it, read again after half a minute."""

    generation: str
    reading: Callable[[], Session]
    now_s: Callable[[], float] = time.monotonic
    _read: tuple[float, CodeBook] | None = field(default=None)

    def __call__(self) -> CodeBook:
        """Return the code book."""
        if self._read is None or self.now_s() - self._read[0] > FRESH_S:
            with self.reading() as session:
                book = book_of(self.generation, code_tables.rows_of(session, self.generation))
            self._read = (self.now_s(), book)
        return self._read[1]


def brought_along(generation: str) -> CodeBook:
    """Return the code book as the software brings it along."""
    return book_of(generation, code_tables.rows_from_files(generation))


@dataclass(frozen=True, slots=True)
class PlatformAdapter:
    """Speaks to one platform. `prefix` goes before every key, so that two sites never meet."""

    site: Site
    book: Callable[[], CodeBook]
    key: str = ""
    prefix: str = ""

    def calls(self, letter: Letter) -> Sequence[Call]:
        """Return the messages that a letter is; raises Refused for one that does not fit the field list."""
        body = {**letter.body, "task": letter.body.get("task") or letter.task}
        found = messages.calls_for(letter.kind, body, self.site, self.book())
        for one in found:
            _must_fit(one)
        return [self._call(one, key) for one, key in zip(found, keys_of(letter.key, found), strict=True)]

    def _call(self, one: messages.Call, key: str) -> Call:
        text = json.dumps(one.body, ensure_ascii=False, separators=(",", ":")).encode()
        named = f"{self.prefix}:{key}" if self.prefix else key
        return Call(path_of(one.message), text, named, bearer(self.key))

    def answer(self, letter: Letter, call: Call, reply: Reply) -> Answer:
        """Return what a reply means: taken, refused for some meters or for all, or to be sent again."""
        if (known := by_status(reply)) is not None:
            return known
        flag, words = flag_of(reply.body)
        if flag == TAKEN and reply.status in WELL:
            return done(words)
        if flag != REFUSED:
            return later(f"HTTP {reply.status}: resultFlag {flag[:20]!r}")
        if means("known", words):
            return done(words)
        if means("again", words):
            return later(words)
        return refused(words or f"HTTP {reply.status}", tuple(dict.fromkeys(_BAR_CODE.findall(words))))


def keys_of(key: str, calls: Sequence[messages.Call]) -> list[str]:
    """Return the name on the wire of each call of a letter.

    One of several parts is named by what it says and by the letter that stood in this place first: if a later one is
    refused for some meters, and the rest goes out as another letter, the receiver knows the parts that it has already.
    """
    if len(calls) == 1:
        return [key]
    if len({one.message for one in calls}) == len(calls):
        return [f"{key}:{n}" for n in range(1, len(calls) + 1)]
    first = splitting.first_key(key)
    said = [json.dumps([one.message, one.body], sort_keys=True) for one in calls]
    return [f"{first}:{n}-{hashlib.sha256(text.encode()).hexdigest()[:12]}" for n, text in enumerate(said, 1)]


def _must_fit(one: messages.Call) -> None:
    wrong = check(one.checked_as, one.body, group=one.group)
    if wrong:
        more = f" +{len(wrong) - MOST_PROBLEMS}" if len(wrong) > MOST_PROBLEMS else ""
        words = "; ".join(each.words() for each in wrong[:MOST_PROBLEMS]) + more
        raise Refused("message_does_not_fit", message=one.message, problems=words)


def flag_of(body: bytes) -> tuple[str, str]:
    """Return resultFlag and errorInfo of a reply, blanks where it is none.

    >>> flag_of(b'{"resultFlag": 1, "errorInfo": null}'), flag_of(b"<html>")
    (('1', ''), ('', ''))
    """
    try:
        said = object_in(body)
    except ValueError:
        return "", ""
    return flag_in(said), str(said.get("errorInfo") or "")


def flag_in(said: Mapping[str, Any]) -> str:
    """Return resultFlag as the interface writes it: some platforms say 1 or true for "1".

    >>> flag_in({"resultFlag": True}), flag_in({"resultFlag": 0}), flag_in({})
    ('1', '0', '')
    """
    flag = said.get("resultFlag", "")
    return str(int(flag)) if isinstance(flag, bool) else str(flag)


def bearer(key: str) -> dict[str, str]:
    """Return the header that shows a key; none without a key."""
    return {"authorization": f"Bearer {key}"} if key else {}
