"""Our own profile: one signed webhook for each letter, as it stands in the outbox.

    POST <url>
    Idempotency-Key: <key>
    Metrostack-Timestamp: <seconds since 1970>
    Metrostack-Signature: v1=<HMAC-SHA256 of "<key>.<timestamp>.<body>" in hexadecimal>

    {"number": 7, "kind": "box_packed", "key": "box_packed:81", "task": "T1", "subject": "B1", "at_ms": 0, "body": {..}}

2xx: taken. 400, 409, 413 and 422: refused; a body {"refused": [bar codes], "message": text} refuses those meters alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from api.marketing.wire import WELL, Call, Reply, by_status, key_on_wire, object_in
from wms.marketing.outbox import Letter
from wms.marketing.rules import Answer, done, later, refused

REFUSED = (400, 409, 413, 422)


@dataclass(frozen=True, slots=True)
class OwnAdapter:
    """Signs with `secret`; `site` goes before every key, so that two sites never meet. `now_s` is wall time."""

    secret: str = ""
    site: str = ""
    now_s: Callable[[], float] = time.time

    def calls(self, letter: Letter) -> Sequence[Call]:
        """Return the one webhook that a letter is."""
        key = key_on_wire(letter.key, self.site)
        body = json.dumps(said(letter, key), ensure_ascii=False, sort_keys=True).encode()
        stamp = str(int(self.now_s()))
        headers = {"Metrostack-Timestamp": stamp}
        if self.secret:
            headers["Metrostack-Signature"] = signature(self.secret, key, stamp, body)
        return [Call("", body, key, headers)]

    def answer(self, letter: Letter, call: Call, reply: Reply) -> Answer:
        """Return what a reply means; what it says beside is kept with the letter."""
        if reply.status in WELL:
            return done()
        if (known := by_status(reply)) is not None:
            return known
        if reply.status not in REFUSED:
            return later(f"HTTP {reply.status}")
        said_back = _object(reply.body)
        bars = said_back.get("refused", [])
        words = str(said_back.get("message", "")) or f"HTTP {reply.status}"
        return refused(words, tuple(str(code) for code in bars) if isinstance(bars, list) else ())


def said(letter: Letter, key: str) -> dict[str, Any]:
    """Return a letter as our own profile says it, pushed or fetched."""
    return {
        "number": letter.number, "kind": letter.kind, "key": key, "task": letter.task, "subject": letter.subject,
        "at_ms": letter.created_ms, "body": letter.body,
    }  # fmt: skip


def signature(secret: str, key: str, stamp: str, body: bytes) -> str:
    """Return the signature of a webhook, as its header has it."""
    text = f"{key}.{stamp}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def _object(body: bytes) -> dict[str, Any]:
    try:
        return object_in(body)
    except ValueError:
        return {}
