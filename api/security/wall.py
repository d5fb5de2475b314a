"""What every answer carries, and how much one address may ask: plain ASGI, so that streams pass unhindered."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer
from api.security.headers import HEADERS

CALLS = ("/api/", "/restful/")
"""Under these paths programs ask; everything else is a file of the console."""


@dataclass(slots=True)
class Limiter:
    """A bucket for each address: it fills with `rate_s` requests a second and holds `burst`."""

    rate_s: float
    burst: float
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict[str, "tuple[float, float]"])
    _known: int = 10_000

    def wait_s(self, address: str, now_s: float) -> float:
        """Take one request of `address`; return 0, or the seconds until it may ask again.

        >>> limiter = Limiter(rate_s=2, burst=1)
        >>> limiter.wait_s("a", 0.0), limiter.wait_s("a", 0.0), limiter.wait_s("a", 0.5)
        (0.0, 0.5, 0.0)
        """
        left, since_s = self._buckets.pop(address, (self.burst, now_s))
        left = min(self.burst, left + (now_s - since_s) * self.rate_s)
        wait_s = 0.0 if left >= 1 else (1 - left) / self.rate_s
        self._buckets[address] = (left - 1 if not wait_s else left, now_s)
        if len(self._buckets) > self._known:
            self._buckets.popitem(last=False)
        return wait_s


class Wall:
    """Adds the headers to every answer, and turns away an address that asks too much of the API or sends too much."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter, max_bytes: int) -> None:
        """Stand before `app`."""
        self.app, self.limiter, self.max_bytes = app, limiter, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 429 or 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_call = scope["path"].startswith(CALLS)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if is_call:
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope) if is_call else None
        await (refusal or self.app)(scope, self._limited(receive), sending)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        client = scope.get("client")
        wait_s = self.limiter.wait_s(client[0] if client else "?", time.monotonic())
        if wait_s:
            return answer(429, "too_many_requests", {"wait_s": round(wait_s, 1)}, {"retry-after": str(int(wait_s) + 1)})
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > self.max_bytes:
            return answer(413, "too_big", {"max_bytes": self.max_bytes})
        return None

    def _limited(self, receive: Receive) -> Receive:
        """Return `receive` that ends a body which grows too big without having said so."""
        taken = 0

        async def receiving() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.max_bytes:
                raise HTTPException(413)
            return message

        return receiving
