"""An enterprise bus on the wire: letters as IEC 61968-100 messages, its replies by Reply.Result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.marketing.platform import bearer
from api.marketing.wire import WELL, Call, Reply, by_status, key_on_wire, object_in
from wms.marketing import cim
from wms.marketing.cim import FAILED, PARTIAL, Bus
from wms.marketing.outbox import Letter
from wms.marketing.rules import Answer, done, later, refused, taken_but


@dataclass(frozen=True, slots=True)
class CimAdapter:
    """Speaks to one bus."""

    bus: Bus
    key: str = ""
    prefix: str = ""

    def calls(self, letter: Letter) -> Sequence[Call]:
        """Return the one message that a letter is; raises Refused for a kind that has no noun."""
        key = key_on_wire(letter.key, self.prefix)
        said = cim.message_of(letter.kind, letter.body, self.bus, key=key, at_ms=letter.created_ms)
        return [Call("", json.dumps(said, ensure_ascii=False).encode(), key, bearer(self.key))]

    def answer(self, letter: Letter, call: Call, reply: Reply) -> Answer:
        """Return what a reply means; a partial one names the meters that were not taken."""
        if (known := by_status(reply)) is not None:
            return known
        try:
            told = cim.reply_of(object_in(reply.body), bars_of(letter.body))
        except ValueError as error:
            return later(f"HTTP {reply.status}: {error}"[:200])
        match told.result:
            case cim.OK if reply.status in WELL:
                return done(told.words)
            case cim.OK:
                return later(f"HTTP {reply.status}: {told.words}")
            case cim.PARTIAL if not told.refused:
                return later(told.words or PARTIAL)
            case cim.PARTIAL:
                return taken_but(told.words or PARTIAL, told.refused)
            case _:
                return refused(told.words or FAILED, told.refused)


def bars_of(body: Mapping[str, Any]) -> list[str]:
    """Return the meters that a letter speaks of.

    >>> bars_of({"bars": ["a"]}), bars_of({"meters": [{"bar_code": "b"}]})
    (['a'], ['b'])
    """
    if "bars" in body:
        return [str(code) for code in body["bars"]]
    return [str(one["bar_code"]) for one in body.get("meters") or ()]
