"""kill -9 of the site in every gap of sending a letter, and of the platform: it hears of everything once.

The site is `metrostack serve` with a database that has letters in it; the platform listens on a real socket, keeps what
it has taken in a file of its own, and its audit says what it has heard.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from api import database, plant_time
from api.cli.plant import load_plant
from simulation.marketing.audit import audit
from simulation.marketing.platform import Platform
from tests.contract.link_site import NAME, SITE, LinkSite
from tests.contract.rigs import free_port
from tests.system.doomed_letters import GAPS
from tests.system.plants import Files, write_files

DOOMED = Path(__file__).with_name("doomed_letters.py")
METERS, TASKS, EACH_GAP, SPEED = 320, 3, 1, 50.0
PATIENCE_S, LOOK_S = 60.0, 0.05
pytestmark = [pytest.mark.slow, pytest.mark.sockets, pytest.mark.usefixtures("swept")]


@dataclass(slots=True)
class Letterbox:
    """A site that has letters to write, and the processes that have served it."""

    files: Files
    site: LinkSite = field(init=False)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.files.folder.mkdir()
        plant = load_plant(self.files.plant)
        prepare = partial(database.prepare, plant=plant)
        self.site = LinkSite(self.files.folder / "site.db", tasks=TASKS, prepare=prepare)
        plant_time.start_shared(self.files.folder, speed=SPEED, start_s=3_600.0)

    def enter(self, platform: Platform) -> None:
        """Book what was packed, write its letters, and name who is written to."""
        self.site.enter(platform, METERS)
        while self.site.write_letters():
            pass
        entry = {"profile": "platform", "url": platform.url, "timeout_s": 2, "options": SITE}
        text = json.dumps({"site": "S1", "receivers": {NAME: entry}})
        (self.files.folder / "marketing.yaml").write_text(text, encoding="utf-8")

    @contextmanager
    def serve(self, *doomed: str) -> Iterator[subprocess.Popen[str]]:
        """Give a process that serves the site; it is dead afterwards."""
        plant = str(self.files.plant)
        command = [str(DOOMED), plant, *doomed] if doomed else ["-m", "api.cli", "serve", plant, "--shared-time"]
        environment = os.environ | {
            "METROSTACK_DATA_DIR": str(self.files.folder), "METROSTACK_PORT": str(self.port),
            "METROSTACK_MARKETING": str(self.files.folder / "marketing.yaml"),
        }  # fmt: skip
        environment.pop("METROSTACK_DATABASE_URL", None)
        with (self.files.folder / "serve.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-P", *command], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        try:
            yield child
        finally:
            child.kill()
            child.communicate()

    def open(self) -> int:
        """Return how many letters are still to be taken."""
        return sum(count for state, count in self.site.states().items() if state in ("waiting", "sent"))

    def last_words(self) -> str:
        """Return the end of the log of the processes."""
        return (self.files.folder / "serve.log").read_text(encoding="utf-8", errors="replace")[-2000:]


async def until(is_so: Callable[[], bool], box: Letterbox) -> None:
    """Wait for something that other processes do; raises AssertionError with their last words."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, box.last_words()
        await asyncio.sleep(LOOK_S)


def test_a_sender_killed_in_every_gap_loses_no_letter_and_doubles_none(tmp_path: Path) -> None:
    async def live(box: Letterbox, gap: str, occasion: int) -> str:
        with box.serve(gap, str(occasion)) as child:
            await until(lambda: child.poll() is not None, box)
            return (child.stdout.read() if child.stdout else "").strip()

    async def play(box: Letterbox, file: Path) -> Platform:
        platform = Platform(file)
        await platform.start()
        box.enter(platform)
        for occasion in range(1, EACH_GAP + 1):
            for gap in GAPS:
                ends[await live(box, gap, occasion)] += 1
            await platform.stop()  # dies as well, and comes back with what it has written down
            platform = Platform(file, port=platform.port)
            await platform.start()
        assert box.open(), "everything was sent before the last kill: bring more"
        with box.serve():
            await until(lambda: not box.open(), box)
        return platform

    async def all_of_it() -> None:
        box = Letterbox(write_files(tmp_path))
        platform = await play(box, tmp_path / "platform.db")
        found, states = audit(platform.records, box.site.happened()), dict(box.site.states())
        await platform.stop()
        box.site.engine.dispose()
        assert states.keys() == {"done"}
        assert found.is_clean, (found.disagreements[:3], found.doubles[:3], found.clashes[:3])
        assert found.calls == states["done"] and found.meters == METERS and not found.unfinished
        assert found.repeats >= 2 * EACH_GAP, "no letter was on the wire when its sender died"

    ends: Counter[str] = Counter()
    asyncio.run(all_of_it())
    assert ends == {f"{gap} -": EACH_GAP for gap in GAPS}


def test_of_two_that_begin_to_serve_at_once_one_does_and_every_letter_goes_once(tmp_path: Path) -> None:
    async def all_of_it() -> None:
        box = Letterbox(write_files(tmp_path))
        platform = Platform(tmp_path / "platform.db")
        await platform.start()
        box.enter(platform)
        with ExitStack() as both:
            pair = [both.enter_context(box.serve()) for _ in range(2)]
            await until(lambda: any(child.poll() is not None for child in pair), box)
            await until(lambda: not box.open(), box)
            assert sorted(child.poll() is None for child in pair) == [False, True]
        found = audit(platform.records, box.site.happened())
        await platform.stop()
        box.site.engine.dispose()
        assert found.is_clean and found.repeats == 0

    asyncio.run(all_of_it())
