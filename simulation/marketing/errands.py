"""The errands of the stand-in: its tasks and approvals brought to the site, in order, until they are taken.

It has bad manners here as well: some messages it sends twice, and of some it never looks at the reply.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from simulation.marketing.manners import Manners
from simulation.marketing.records import Errand, Records
from simulation.marketing.wire import Said, post

PAUSE_S = 0.5
FORGETFUL = ("request lost", "reply lost", "late", "wrong")


@dataclass(slots=True)
class Messenger:
    """Brings errands to the site at `url`; `key` is the machine key that the site has given."""

    records: Records
    manners: Manners
    url: str
    key: str = ""
    timeout_s: float = 15.0

    async def run(self) -> None:
        """Bring whatever there is, for ever; whoever calls cancels."""
        while True:
            if not await self.bring():
                await asyncio.sleep(PAUSE_S)

    async def bring(self) -> bool:
        """Try the oldest errand; return whether another attempt makes sense at once."""
        errand = self.records.next_errand()
        if errand is None:
            return False
        conduct = self.manners.to(errand.key, errand.times + 1)
        try:
            said = await self._post(errand)
            if conduct == "doubled":
                said = await self._post(errand)
        except (OSError, TimeoutError, ValueError) as error:
            self.records.ran(errand.number, "open", f"no answer: {type(error).__name__}")
            return False
        if conduct in FORGETFUL:
            self.records.ran(errand.number, "open", "the reply was lost")
            return True
        return self._book(errand, said)

    async def _post(self, errand: Errand) -> Said:
        headers = {"idempotency-key": errand.key}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        body = json.dumps(errand.body, ensure_ascii=False).encode()
        return await post(f"{self.url}/{errand.message}", body, headers=headers, timeout_s=self.timeout_s)

    def _book(self, errand: Errand, said: Said) -> bool:
        flag, words = flag_of(said)
        state = {"1": "done", "0": "refused"}.get(flag, "open")
        self.records.ran(errand.number, state, words)
        return state != "open"


def flag_of(said: Said) -> tuple[str, str]:
    """Return resultFlag and errorInfo of a reply, "" for none.

    >>> flag_of(Said(200, b'{"resultFlag": "0", "errorInfo": "no"}')), flag_of(Said(502, b"?"))
    (('0', 'no'), ('', 'HTTP 502'))
    """
    try:
        body = json.loads(said.body)
        return str(body.get("resultFlag", "")), str(body.get("errorInfo") or "")
    except (ValueError, AttributeError):
        return "", f"HTTP {said.status}"
