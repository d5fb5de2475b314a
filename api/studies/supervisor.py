"""Runs what was wished for, one study at a time, in a child with low priority; a restart takes up what was open.

The wish in its folder is the only state: routes write it, the supervisor looks at it. A study that was cut off goes
on with the replications that it has, because its command does so by itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path

from api.studies import wishes
from api.studies.offered import offered
from api.studies.standing import FINDINGS
from api.studies.wishes import FOUND, OPEN, Wish

LOG = "study.log"
log = logging.getLogger(__name__)
LOOK_S, GRACE_S = 0.5, 2.0
NICENESS = 10
LAST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Minds the studies of a site: `files` are the study files, `root` holds a folder for each result."""

    files: Path
    root: Path

    async def run(self) -> None:
        """Run studies until cancelled; the child ends with us and is taken up again at the next start."""
        while True:
            try:
                folder = self.next()
                if folder is not None:
                    await self._study(folder)
                    continue
            except OSError:  # a disk that is full or gone must not end the console
                log.exception("a study could not be run")
            await asyncio.sleep(LOOK_S)

    def next(self) -> Path | None:
        """Return the folder of the study that comes next: what was running already, then who asked first."""
        found = [(wish, folder) for _, folder in wishes.results(self.root) if (wish := wishes.read(folder))]
        waiting = [(wish.state != "running", wish.asked_at, folder) for wish, folder in found if wish.state in OPEN]
        return min(waiting)[2] if waiting else None

    async def _study(self, folder: Path) -> None:
        wish = wishes.read(folder)
        if wish is None:
            return
        if wish.file not in offered(self.files):
            wishes.write(folder, wish.model_copy(update={"state": "failed", "said": f"{wish.file} is gone"}))
            return
        wishes.write(folder, wish.model_copy(update={"state": "running"}))
        process = await self._start(folder, wish)
        try:
            cancelled = await self._watch(process, folder)
        finally:
            await end(process)
        if not cancelled:
            _close(folder, wish, process.returncode)

    def _command(self, folder: Path, wish: Wish) -> list[str]:
        count = [] if wish.replications is None else ["--replications", str(wish.replications)]
        return [
            sys.executable, "-P", "-m", "api.studies.child", "study", str((self.files / wish.file).resolve()),
            "--out", str((folder / FOUND).resolve()), "--workers", str(wish.workers), *count,
        ]  # fmt: skip

    async def _start(self, folder: Path, wish: Wish) -> Process:
        with (folder / LOG).open("wb") as heard:
            process = await asyncio.create_subprocess_exec(
                *self._command(folder, wish), stdin=PIPE, stdout=DEVNULL, stderr=heard, start_new_session=True
            )
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        return process

    async def _watch(self, process: Process, folder: Path) -> bool:
        """Wait for the end; return whether somebody took the wish back meanwhile."""
        waiting = asyncio.ensure_future(process.wait())
        while not waiting.done():
            await asyncio.wait((waiting,), timeout=LOOK_S)
            wish = wishes.read(folder)
            if wish is None or wish.state == "cancelled":
                return True
        return False


async def end(process: Process) -> None:
    """End a child and its workers, politely first."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        waiting = asyncio.ensure_future(process.wait())
        await asyncio.wait((waiting,), timeout=GRACE_S)
    _signal(process, signal.SIGKILL)  # a worker may outlive who started it
    await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _close(folder: Path, wish: Wish, code: int | None) -> None:
    found = wishes.read(folder)
    if found is None or found.state != "running":
        return
    if code == 0 and (folder / FOUND / FINDINGS).is_file():
        wishes.write(folder, wish.model_copy(update={"state": "done", "said": ""}))
        return
    said = (folder / LOG).read_bytes()[-LAST_WORDS:].decode("utf-8", errors="replace").strip()
    wishes.write(folder, wish.model_copy(update={"state": "failed", "said": said or f"exit code {code}"}))
