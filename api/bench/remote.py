"""The line server by HTTP, as a bench client in its own process reaches it."""

from __future__ import annotations

from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from api.bench.picture import BenchShown
from plc.bench.envelope import EnvelopeSpoilt, seal, unseal
from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.records import Instruction, Report, Run
from wcs.bench.sheet import RunSheet

TIMEOUT_S = 20.0
TRIES = 3
"""Of one request whose envelope was spoilt on its way."""
NOTHING = "null"
Value = TypeVar("Value", bound=BaseModel)
_LATER = frozenset({401, 403, 404, 408, 413, 429})
"""The site is not as it should be: the bench keeps what it has, and asks again."""


class RemoteServer:
    """A `LineServer` at `url` (the site's, without /api): `RemoteServer("http://10.0.0.2:8470", key)`."""

    def __init__(
        self, url: str, key: str, *, timeout_s: float = TIMEOUT_S, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Reach `url` with the key of bench clients; nothing is asked yet. `transport`: another way than TCP."""
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/api/v1", headers=headers, timeout=timeout_s, transport=transport
        )

    async def next_run(self, bench: str) -> Run | None:
        """Return the run that stands on a bench."""
        payload = await self._ask("POST", f"/benches/{bench}/next-run")
        return None if payload == NOTHING else _understood(Run, payload)

    async def sheet(self, number: int) -> RunSheet:
        """Return a run sheet."""
        return _understood(RunSheet, await self._ask("GET", f"/benches/sheets/{number}"))

    async def report(self, report: Report) -> Instruction:
        """Send a part of a report."""
        payload = await self._ask("POST", f"/benches/{report.bench}/reports", seal(report.model_dump_json()))
        return _understood(Instruction, payload)

    async def show(self, bench: str, shown: BenchShown) -> None:
        """Show what a bench is like at this moment; nobody keeps it."""
        await self._ask("POST", f"/benches/{bench}/live", seal(shown.model_dump_json()))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: str | None = None) -> str:
        """Return the payload of the answer; what was spoilt on its way, there or back, is sent again."""
        for _ in range(TRIES):
            answer = await self._send(method, path, body)
            if answer.is_success:
                try:
                    return unseal(answer.content)
                except EnvelopeSpoilt:
                    continue
            code = _code(answer)
            if code == "bad_crc":
                continue
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or (
                answer.status_code in _LATER and code != "unknown_sheet"
            ):
                raise ServerAway(f"{answer.status_code} {code}")
            raise ServerRefused(code, answer.text[:300])
        raise ServerAway("every envelope was spoilt on its way")

    async def _send(self, method: str, path: str, body: str | None) -> httpx.Response:
        try:
            return await self._http.request(method, path, content=body)
        except httpx.HTTPError as error:
            raise ServerAway(f"{type(error).__name__}: {error}") from error


def _understood(kind: type[Value], payload: str) -> Value:
    """Return what an answer says; a server of another version is one that must be put right, and asked again."""
    try:
        return kind.model_validate_json(payload)
    except ValidationError as error:
        raise ServerAway(f"the answer is no {kind.__name__}: {error.errors()[0]['msg']}") from error


def _code(answer: httpx.Response) -> str:
    """Return the code of a problem document, or "" where a proxy has answered."""
    try:
        problem: Any = answer.json()
    except ValueError:
        return ""
    return str(problem.get("code", "")) if isinstance(problem, dict) else ""
