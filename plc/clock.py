"""The two clocks anybody reads: plant time (physics, orders, dwell) and wire time (links, sockets).

Plant time runs `speed` times as fast as the event loop; wire time runs with the loop. On an ordinary
loop that makes wire time the wall clock, so library time-outs keep their meaning at any speed. On the
jumping loop of `simulation.clock` both are plant time, which is why infinite speed needs the memory wire.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs `speed` times as fast as `loop`, and read `start_s` when the loop read `loop_start_s`."""

    loop: asyncio.AbstractEventLoop
    speed: float = 1.0
    start_s: float = 0.0
    loop_start_s: float = 0.0

    @staticmethod
    def started(loop: asyncio.AbstractEventLoop, *, speed: float = 1.0, start_s: float = 0.0) -> Clock:
        """Return a clock that reads `start_s` now; `speed` must be finite and above zero."""
        if not (0 < speed < math.inf):
            raise ValueError(f"a clock needs a finite speed above zero, not {speed}")
        return Clock(loop, speed, start_s, loop.time())

    def now_s(self) -> float:
        """Return the time in seconds since the epoch of the plant."""
        return self.start_s + (self.loop.time() - self.loop_start_s) * self.speed

    def now_ms(self) -> int:
        """Return the time in whole milliseconds, as the journal stores it."""
        return round(self.now_s() * 1000)

    def call_later(self, delay_s: float, action: Callable[[], object]) -> asyncio.TimerHandle:
        """Run `action` once, `delay_s` of this clock from now."""
        return self.loop.call_later(max(0.0, delay_s) / self.speed, action)

    async def sleep(self, delay_s: float) -> None:
        """Wait `delay_s` of this clock."""
        await asyncio.sleep(max(0.0, delay_s) / self.speed)
