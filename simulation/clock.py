"""Let plant time pass: in step with the wall, at a multiple of it, or as fast as the machine can go.

`JumpLoop` is an asyncio loop whose time jumps to its next timer. `PlantStepper` steps a SimPy plant when its
next event is due on a `plc.clock.Clock`, on that loop as on an ordinary one.
"""

from __future__ import annotations

import asyncio
import logging
import math
import selectors
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import simpy

from plc.clock import Clock

BURST = 256  # due events before the sockets get their turn
TOLERANCE_S = 1e-6
LAG_S = 0.25  # of loop time: later than this counts as falling behind
REPORT_S = 5.0  # of loop time, between two announcements of a lag

log = logging.getLogger(__name__)


class NothingCanHappen(RuntimeError):
    """No timer is set and no call is due: every task waits for another, for ever."""


class _JumpSelector(selectors.DefaultSelector):
    """Never waits: says to its loop how far time may jump."""

    loop: JumpLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready now; if nothing is, let the loop's time jump by `timeout`."""
        ready = super().select(0)
        if ready or timeout is None or timeout > 0:
            return ready or self._jump(timeout)
        return ready

    def _jump(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None:
            self.loop.jumped_s += timeout
            return []
        if self.loop.open_ended:
            return super().select(None)
        raise NothingCanHappen(f"nothing can ever happen again; waiting: {_waiting(self.loop)}")


def _waiting(loop: asyncio.AbstractEventLoop) -> str:
    tasks = sorted(task.get_name() + ": " + _place(task) for task in asyncio.all_tasks(loop))
    return ", ".join(tasks) or "no task at all"


def _place(task: asyncio.Task[Any]) -> str:
    frames = task.get_stack(limit=1)
    return f"{frames[-1].f_code.co_qualname} line {frames[-1].f_lineno}" if frames else "ended"


class JumpLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose time jumps to the next timer as soon as nothing else is due.

    With no timer left it raises NothingCanHappen out of `run_until_complete`, unless `open_ended` says that
    another thread may still call in.
    """

    def __init__(self, *, start_s: float = 0.0, open_ended: bool = False) -> None:
        """Begin at `start_s` of loop time."""
        self.jumped_s, self.open_ended = start_s, open_ended
        selector = _JumpSelector()
        selector.loop = self
        super().__init__(selector)
        self._clock_resolution = TOLERANCE_S  # a jump must reach its timer in spite of rounding

    def time(self) -> float:
        """Return the loop's time in seconds."""
        return self.jumped_s


@dataclass(frozen=True, slots=True)
class Pace:
    """How the plant keeps up: `lag_s` of plant time behind its clock, and the speed it really reaches."""

    wanted_speed: float
    reached_speed: float
    lag_s: float

    @property
    def behind(self) -> bool:
        """Whether somebody should see that the plant is slower than its clock says."""
        return self.lag_s > LAG_S * self.wanted_speed


class PlantStepper:
    """Steps `env` on the loop of a clock; `env.now` is plant time in seconds and begins where the clock stands.

    When the plant cannot keep up it goes on in order, slower than its clock; `pace` says how slow, and
    `announce` is told once when that begins, every few seconds while it lasts, and when it is over.
    """

    def __init__(self, clock: Clock, announce: Callable[[Pace], None] | None = None) -> None:
        """Make the plant's environment; nothing moves before `start`."""
        self.clock = clock
        self.env = simpy.Environment(initial_time=clock.now_s())
        self._announce = announce or _log_pace
        self._handle: asyncio.TimerHandle | asyncio.Handle | None = None
        self._handle_due_s = math.inf
        self._running = self._stepping = self._was_behind = False
        self._mark = (clock.loop.time(), clock.now_s())
        self._told_s = -math.inf

    def start(self) -> None:
        """Let the plant run."""
        self._running = True
        self._arm()

    def stop(self) -> None:
        """Stand still; `start` goes on."""
        self._running = False
        if self._handle is not None:
            self._handle.cancel()
        self._handle, self._handle_due_s = None, math.inf

    def inject(self, action: Callable[[], object]) -> None:
        """Run `action` in the plant now, after whatever is due, though no event of the plant calls for it."""

        def act(_: simpy.Event) -> None:
            action()

        self.env.timeout(max(0.0, self.clock.now_s() - self.env.now)).callbacks.append(act)
        if self._running and not self._stepping:
            self._turn()

    def pace(self) -> Pace:
        """Return how the plant keeps up, the reached speed since the pace was last announced."""
        loop_s, plant_s = self._mark
        passed = self.clock.loop.time() - loop_s
        lag_s = max(0.0, self.clock.now_s() - self.env.peek())
        reached = (self.clock.now_s() - lag_s - plant_s) / passed if passed > 0 else self.clock.speed
        return Pace(self.clock.speed, reached, lag_s)

    def _turn(self) -> None:
        """Step what is due, at most a burst of it, and come back when the next is due."""
        env, step = self.env, self.env.step
        due_s = self.clock.now_s() + TOLERANCE_S
        self._stepping = True
        try:
            for _ in range(BURST):
                if env.peek() > due_s:
                    break
                step()
        finally:
            self._stepping = False
        self._watch(due_s - env.peek())
        self._arm()

    def _arm(self) -> None:
        due_s = self.env.peek()
        if not self._running or (due_s == self._handle_due_s and self._handle is not None):
            return
        if self._handle is not None:
            self._handle.cancel()
        self._handle, self._handle_due_s = None, due_s
        if due_s == math.inf:
            return
        delay_s = due_s - self.clock.now_s()
        loop = self.clock.loop
        self._handle = loop.call_soon(self._fire) if delay_s <= 0 else self.clock.call_later(delay_s, self._fire)

    def _fire(self) -> None:
        self._handle, self._handle_due_s = None, math.inf
        self._turn()

    def _watch(self, lag_s: float) -> None:
        """Announce that the plant falls behind, or has caught up."""
        behind = lag_s > LAG_S * self.clock.speed
        now_s = self.clock.loop.time()
        if (behind and now_s - self._told_s >= REPORT_S) or behind < self._was_behind:
            self._announce(self.pace())
            self._mark, self._told_s = (now_s, self.clock.now_s() - max(0.0, lag_s)), now_s
        self._was_behind = behind


def _log_pace(pace: Pace) -> None:
    if pace.behind:
        log.warning(
            "the plant is %.1f s late: it reaches %.1fx of %.1fx", pace.lag_s, pace.reached_speed, pace.wanted_speed
        )
    else:
        log.warning("the plant has caught up with its clock")
