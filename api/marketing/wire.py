"""What passes between the sender and an adapter: calls that a letter becomes, and replies that become an answer."""

from __future__ import annotations

import json
import string
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from wms.marketing.outbox import Letter
from wms.marketing.rules import Answer

BIGGEST_REPLY = 1024 * 1024
ZIPPED, EITHER = ("gzip", "x-gzip", "deflate"), zlib.MAX_WBITS | 32
WELL = range(200, 300)
FIELD_CHARSET = "gb18030"
"""Of platforms that do not speak UTF-8; it holds GBK and GB 2312."""
PLAIN = {"accept-encoding": "identity"}
"""We ask for no compression: what a few bytes unfold to must not be decided by who answers."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP POST. `path` is appended to the receiver's URL; `key` names the call on the wire for ever."""

    path: str
    body: bytes
    key: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, cut at 1 MiB."""

    status: int
    body: bytes


class Adapter(Protocol):
    """A profile: our words into calls, replies into answers. It holds no state that a restart would miss."""

    def calls(self, letter: Letter) -> Sequence[Call]:
        """Return the calls that a letter becomes, in their order; none if the profile has no word for it.

        The same letter always gives the same calls. Raises ValueError, or Refused, for what cannot be said: the letter
        is dead then, with that reason.
        """
        ...

    def answer(self, letter: Letter, call: Call, reply: Reply) -> Answer:
        """Return what a reply means."""
        ...


def key_on_wire(key: str, site: str = "") -> str:
    """Return the name of a letter on the wire, behind the site's own: ASCII, whatever a task is called.

    >>> key_on_wire("box_packed:81", "S1"), key_on_wire("proposal:批 1:1")
    ('S1:box_packed:81', 'proposal:%E6%89%B9%201:1')
    """
    return quote(f"{site}:{key}" if site else key, safe=string.punctuation)


async def bounded(chunks: AsyncIterator[bytes], encoding: str, *, most: int) -> bytes:
    """Return at most `most` bytes of a reply; one that is compressed all the same is unfolded no further than that.

    What cannot be unfolded is b"": no profile understands it.
    """
    raw = bytearray()
    async for chunk in chunks:
        raw += chunk
        if len(raw) >= most:
            break
    if encoding.strip().lower() not in ZIPPED:
        return bytes(raw[:most])
    try:
        return zlib.decompressobj(EITHER).decompress(bytes(raw), most)
    except zlib.error:
        return b""


def object_in(body: bytes) -> dict[str, Any]:
    """Return the one JSON object that a reply is, in UTF-8, UTF-16 or GB 18030.

    Raises ValueError for anything else, and for what can be read in two ways: a name that stands there twice, NaN.

    >>> object_in('{"resultFlag": "1"}'.encode("utf-16")), object_in('{"a": "重复"}'.encode("gb18030"))
    ({'resultFlag': '1'}, {'a': '重复'})
    """
    try:
        try:
            text = body.decode(json.detect_encoding(body))
        except UnicodeDecodeError:
            text = body.decode(FIELD_CHARSET)
        said = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(said, dict):
        raise ValueError("no JSON object")
    return said


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(word)


def by_status(reply: Reply) -> Answer | None:
    """Return what the status alone means to any profile: come again later; None if the body has the say."""
    if reply.status >= 500 or reply.status in (401, 403, 404, 408, 425, 429) or 300 <= reply.status < 400:  # noqa: PLR2004
        return Answer("later", f"HTTP {reply.status}")
    return None
