"""The stand-in itself: a platform on a real socket that hears, remembers, answers badly, and sends its own errands.

It takes what is well-formed and of a task that it has issued; a call under a key that it has taken gets the same reply.
What it has acknowledged is in its store before the reply leaves, so that a restart loses nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.marketing import answering, hearing
from simulation.marketing.hearing import Unheard
from simulation.marketing.manners import Conduct, Manners
from simulation.marketing.records import Records
from simulation.marketing.wire import Asked, Listener, Said

WRONG = (Said(500, b"busy"), Said(200, b'{"resultFlag":'), Said(200, b'{"errorInfo": "?"}'))
PATH = "/restful/sxyk/detectService"
LONGEST_KEY = 200
FLAG, WORDS = "resultFlag", "errorInfo"


class Platform:
    """One platform: its store in `file` outlives it, its port stays its own."""

    def __init__(self, file: Path | str, manners: Manners | None = None, *, port: int = 0) -> None:
        self.records, self.manners = Records(file), manners or Manners()
        self._listener = Listener(self._talk, port)

    @property
    def port(self) -> int:
        """The port that it listens on, once it does."""
        return self._listener.port

    @property
    def url(self) -> str:
        """What a site enters as the url of this receiver."""
        return f"http://127.0.0.1:{self.port}{PATH}"

    async def start(self) -> None:
        """Listen; raises OSError if the port is taken."""
        await self._listener.start()

    async def stop(self) -> None:
        """Be gone at once, with whatever is under way."""
        await self._listener.stop()
        self.records.close()

    def issue(self, task: Mapping[str, Any], boxes: Mapping[str, list[str]] | None = None) -> None:
        """Issue a verification task, in the fields of the interface, with the boxes that belong to it if any are known.

        It is known from now on, and an errand brings it to the site.
        """
        number = str(task["taskNo"])
        self.records.file("task", number, dict(task))
        key = f"setVerificationTaskinfo:{number}"
        if boxes and self.records.reply_to(f"given:{number}", "given", "") is None:
            words = answering.given(number, boxes)
            self.records.take(f"given:{number}", "given", "", reply="", words=words)
        self.records.errand(key, "setVerificationTaskinfo", task)

    def issue_after(self, before: str, task: Mapping[str, Any]) -> None:
        """Issue a task as soon as the site has said that another one is finished; to be said again at every start."""
        self.records.file("next", f"{before} {task['taskNo']}", {"before": before, "task": dict(task)})
        self._go_on(before)

    def _go_on(self, before: str) -> None:
        if not self.records.rows("SELECT 1 FROM word WHERE what = 'finished' AND task = ? LIMIT 1", before):
            return
        for one in self.records.all_filed("next").values():
            if one["before"] == before:
                self.issue(one["task"])

    async def _talk(self, asked: Asked) -> Said | None:
        message = asked.path.rpartition("/")[2]
        key = asked.headers.get("idempotency-key", "")[:LONGEST_KEY]
        conduct = self.manners.to(key, self.records.knocked(key)) if key else "well"
        if conduct == "request lost":
            return None
        said = self._hear(message, key, asked.body)
        return await self._spoil(conduct, said, again=lambda: self._hear(message, key, asked.body), key=key)

    async def _spoil(self, conduct: Conduct, said: Said, *, again: Any, key: str) -> Said | None:
        match conduct:
            case "reply lost":
                return None
            case "doubled":
                return again()
            case "late":
                await asyncio.sleep(self.manners.late_s)
                return said
            case "wrong":
                return WRONG[len(key) % len(WRONG)]
            case _:
                return said

    def hear(self, message: str, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Take a message as if it had come over the wire, without bad manners, and return the reply."""
        try:
            return json.loads(self._reply(message, key, body))
        except Unheard as error:
            return {FLAG: "0", WORDS: str(error)}

    def _hear(self, message: str, key: str, raw: bytes) -> Said:
        try:
            said = self.hear(message, key, _object(raw))
        except Unheard as error:
            said = {FLAG: "0", WORDS: str(error)}
        return Said(200, json.dumps(said, ensure_ascii=False).encode())

    def _reply(self, message: str, key: str, body: Mapping[str, Any]) -> str:
        if message in answering.ANSWERS:
            return json.dumps(answering.ANSWERS[message](self.records, body), ensure_ascii=False)
        if message not in hearing.READINGS:
            raise Unheard(f"{message} is unknown")
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        named = key or f"{message}:{text}"  # the interface itself has no key: the same words are the same call
        if (known := self.records.reply_to(named, message, text)) is not None:
            return known
        task = hearing.task_of(body)
        if self.records.filed("task", task) is None:
            raise Unheard(f"taskNo {task} is unknown")
        words = hearing.READINGS[message](task, body)
        reply = json.dumps(answering.TAKEN)
        self._consider(message, task, body)  # first: killed in between, it hears the message once more
        self.records.take(named, message, text, reply=reply, words=words)
        if message == "sendTaskFinish":
            self._go_on(task)
        return reply

    def _consider(self, message: str, task: str, body: Mapping[str, Any]) -> None:
        """Answer a proposal: the first round of a task filed as `choosy` is rejected, any other is approved."""
        if message != "setEquipProposal":
            return
        round_ = str(body["proposalNo"])
        no = round_ == "1" and self.records.filed("choosy", task) is not None
        said = {"sysNo": str(body.get("sysNo", "")), "taskNo": task, "proposalNo": round_}
        said |= {"approveFlag": "0" if no else "1", "reason": "other boxes, please" if no else ""}
        self.records.errand(f"confirmEquipProposal:{task}:{round_}", "confirmEquipProposal", said)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Unheard("no JSON object")
    return body
