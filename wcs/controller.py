"""The shell around the decisions: one queue, one writer. Decide, make it durable, then move."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from plc.clock import Clock
from plc.link import Link, Notice, Scanner, StatusSeen
from plc.plant.model import Plant
from wcs import inbox, journal, ledger
from wcs.decision import Book, Effect, GoOnline, Send, Trigger, Wake
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Dispatch, Happening, Started, Tick
from wcs.journal import Fact
from wcs.rows import Change

BATCH = 64
RETRY_S = 1.0
DOOR_POLL_S = 1.0
log = logging.getLogger(__name__)

Watcher = Callable[[list[Change], list[tuple[int, Fact]]], None]
"""Called after each commit with what it changed; must not block."""


@dataclass(slots=True)
class Batch:
    """What one transaction will write, and what may be done once it stands."""

    changes: list[Change] = field(default_factory=list[Change])
    facts: list[tuple[int, Fact]] = field(default_factory=list[tuple[int, Fact]])
    effects: list[Effect] = field(default_factory=list[Effect])


@dataclass(slots=True)
class Controller:
    """The WCS at work. Everything here runs on one loop; `ring` may be called from it, others use its loop."""

    plant: Plant
    engine: Engine
    clock: Clock  # plant time
    wire_clock: Clock
    links: Mapping[str, Link]
    scanners: Mapping[str, Scanner]
    consumers: list[Callable[[], int]] = field(default_factory=list[Callable[[], int]])
    watchers: list[Watcher] = field(default_factory=list[Watcher])
    seen: Callable[[StatusSeen], None] | None = None  # told of every status at once, before it is decided upon
    door_poll_s: float = DOOR_POLL_S  # 0: everybody who uses the door rings
    heard: frozenset[str] = frozenset()  # kinds of facts that consumers ask for; empty: all
    floor: Floor = field(init=False)
    _queue: deque[Happening] = field(init=False, default_factory=deque[Happening])
    _wake: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _rung: bool = field(init=False, default=True)
    _told: bool = field(init=False, default=True)
    _stopping: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Rebuild the floor from the tables."""
        self.floor = self._rebuilt()

    def notify(self, notice: Notice) -> None:
        """Take in what a link or a scanner says."""
        if isinstance(notice, StatusSeen):
            if self.seen is not None:
                self.seen(notice)
            if self.floor.modes.get(notice.device) == notice.status.mode:
                return  # nothing that a decision asks for has changed
        self._queue.append(notice)
        self._wake.set()

    def ring(self) -> None:
        """Say that somebody outside has written: orders and answers at the door, or facts that consumers wait for."""
        self._rung = self._told = True
        self._wake.set()

    async def run(self) -> None:
        """Connect everything and work until `stop`."""
        self._queue.appendleft(Started())
        for link in self.links.values():
            link.start(self.notify)
        for scanner in self.scanners.values():
            scanner.start(self.notify)
        if self.door_poll_s:
            self.wire_clock.call_later(self.door_poll_s, self._poll_door)
        while not self._stopping:
            if not self._queue and not self._rung:
                self._wake.clear()
                await self._wake.wait()
                continue
            if not self.step():
                await self.wire_clock.sleep(RETRY_S)
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Stop working, close every link; nothing is lost by it."""
        self._stopping = True
        self._wake.set()
        for part in (*self.links.values(), *self.scanners.values()):
            await part.stop()

    def step(self) -> bool:
        """Handle up to 64 happenings in one transaction; return whether it stands."""
        taken = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        batch = Batch()
        rung, self._rung = self._rung, False
        told, self._told = self._told, False
        try:
            with Session(self.engine) as session:
                wanted = inbox.fetch(session, BATCH) if rung else []
                for happening in (*taken, *wanted):
                    self._decide(happening, batch)
                ledger.write(session, batch.changes)
                journal.append_dated(session, batch.facts)
                session.commit()
        except SQLAlchemyError:
            log.exception("the transaction failed; nothing was sent, the floor is rebuilt")
            self._queue.extendleft(reversed(taken))
            self._rung = self._told = True
            self._rebuild_after_failure()
            return False
        self._rung = self._rung or len(wanted) >= BATCH
        for effect in batch.effects:
            self._carry_out(effect)
        self._tell(batch, told=told)
        return True

    def _decide(self, first: Happening, batch: Batch) -> None:
        """Decide on a happening and on all that follows from it, devices last."""
        now_ms = self.clock.now_ms()
        steps: deque[Happening] = deque([first])
        devices: dict[str, None] = {}
        while steps or devices:
            if not steps:
                device = next(iter(devices))
                del devices[device]
                steps.append(Dispatch(device))
            decision = decide(self.floor, steps.popleft(), now_ms)
            self.floor.apply(decision.changes)
            batch.changes += decision.changes
            batch.facts += [(now_ms, fact) for fact in decision.facts]
            batch.effects += decision.effects
            for follow in decision.follow:
                if isinstance(follow, Dispatch):
                    devices[follow.device] = None
                else:
                    steps.append(follow)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(device, command):
                self._link_of(device).send(device, command)
            case Book(device, seq):
                self._link_of(device).book(device, seq)
            case Trigger(scanner):
                if (found := self.scanners.get(scanner)) is not None:
                    found.trigger()
            case GoOnline(plc):
                self.links[plc].go_online()
            case Wake(at_ms, devices):
                delay_s = at_ms / 1000 - self.clock.now_s()
                self.clock.call_later(delay_s, lambda: self._happen(Tick(devices)))

    def _tell(self, batch: Batch, *, told: bool) -> None:
        for watcher in self.watchers:
            watcher(batch.changes, batch.facts)
        if not told and not any(not self.heard or fact.kind in self.heard for _, fact in batch.facts):
            return
        for consumer in self.consumers:
            if consumer():
                self._rung = True

    def _happen(self, happening: Happening) -> None:
        self._queue.append(happening)
        self._wake.set()

    def _link_of(self, device: str) -> Link:
        return self.links[self.plant.devices[device].plc]

    def _poll_door(self) -> None:
        if not self._stopping:
            self.ring()
            self.wire_clock.call_later(self.door_poll_s, self._poll_door)

    def _rebuilt(self) -> Floor:
        with Session(self.engine) as session:
            return ledger.load(session, self.plant)

    def _rebuild_after_failure(self) -> None:
        known = self.floor
        try:
            self.floor = self._rebuilt()
        except SQLAlchemyError:
            log.exception("the floor cannot be rebuilt yet; it is tried again")
            return
        self.floor.links, self.floor.modes = known.links, known.modes
        self.floor.last_mission = max(self.floor.last_mission, known.last_mission)
