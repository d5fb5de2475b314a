"""The plant time that the processes of one plant share.

A demo writes its time base once, and every process that joins reads it, so that a restarted process finds
the time where it left it. A site runs on the wall clock, counted from the epoch of its plant file, and never
starts behind its own journal.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from plc.clock import Clock
from plc.plant.model import Plant

FILE = "clock.json"


def start_shared(folder: Path, *, speed: float, start_s: float) -> None:
    """Begin a time base in `folder`: plant time is `start_s` now and runs `speed` times as fast as the wall."""
    base = {"speed": speed, "start_s": start_s, "monotonic_s": time.monotonic()}
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps(base), encoding="utf-8")
    os.replace(part, folder / FILE)


def join_shared(folder: Path, loop: asyncio.AbstractEventLoop) -> Clock:
    """Return the plant clock of the time base in `folder`; raises FileNotFoundError where there is none."""
    base = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return Clock(loop, base["speed"], base["start_s"], base["monotonic_s"])


def site_clock(plant: Plant, loop: asyncio.AbstractEventLoop, *, last_ms: int) -> Clock:
    """Return a plant clock that follows the wall, but never starts behind `last_ms`, the newest fact."""
    since_epoch_s = (datetime.now(UTC) - plant.epoch).total_seconds()
    return Clock.started(loop, start_s=max(since_epoch_s, last_ms / 1000))
