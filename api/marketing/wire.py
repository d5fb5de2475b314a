"""What passes between the sender and an adapter: calls that a letter becomes, and replies that become an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wms.marketing.outbox import Letter
from wms.marketing.rules import Answer

BIGGEST_REPLY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP POST. `path` is appended to the receiver's URL; `key` names the call on the wire for ever."""

    path: str
    body: bytes
    key: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, cut at 64 KiB."""

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


def by_status(reply: Reply) -> Answer | None:
    """Return what the status alone means to any profile: come again later; None if the body has the say."""
    if reply.status >= 500 or reply.status in (401, 403, 404, 408, 425, 429) or 300 <= reply.status < 400:  # noqa: PLR2004
        return Answer("later", f"HTTP {reply.status}")
    return None
