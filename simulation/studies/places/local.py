"""Processes of this machine, each begun from nothing, watched: one that is killed is replaced and its work begun again.

The pools of the standard library and joblib give up all their work when one process is killed.
"""

from __future__ import annotations

import signal
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from simulation.studies.errors import ReplicationFailed
from simulation.studies.places.crew import MOST_DEATHS, Crew, Errand, Failed, Going, Heard, Lost, Returned, Work

TELL_EVERY_S = 900.0
END_S, LOOK_S = 5.0, 1.0


@dataclass(slots=True)
class _Hand:
    """One process, the pipe to it, and what it is doing."""

    process: BaseProcess
    pipe: Connection[Any, Any]
    errand: Errand | None = None


class LocalCrew:
    """Processes of this machine."""

    def __init__(self, work: Work, scenarios: Sequence[Any], workers: int) -> None:
        """Begin the processes."""
        # A forked process would bring the parent's state along; a spawned one knows what it is told, as elsewhere.
        self._context = get_context("spawn")
        self._told = (work, tuple(scenarios))
        self._deaths: Counter[Errand] = Counter()
        self._hands: list[_Hand] = []
        for _ in range(workers):
            self._hands.append(self._hire())

    def width(self) -> int:
        """Return how many processes there are."""
        return len(self._hands)

    def send(self, errand: Errand) -> None:
        """Give a process something to do; raises ValueError if none is free."""
        hand = next((hand for hand in self._hands if hand.errand is None), None)
        if hand is None:
            raise ValueError("every process has something to do")
        _give(hand, errand)

    def hear(self) -> Heard | None:
        """Wait for the next that a process says, or for its end."""
        busy = [hand for hand in self._hands if hand.errand is not None]
        ready = connection.wait([hand.pipe for hand in busy], timeout=LOOK_S)
        for hand in busy:
            if hand.pipe in ready:
                return self._listen(hand)
        return None

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for hand in self._hands:
            hand.process.terminate()
        for hand in self._hands:
            _end(hand)

    def _listen(self, hand: _Hand) -> Heard:
        errand = hand.errand
        assert errand is not None
        try:
            heard: Heard = hand.pipe.recv()
        except (EOFError, OSError):  # a dead process closes its end, also in the middle of a word
            self._deaths[errand] += 1
            if self._deaths[errand] >= MOST_DEATHS:
                raise ReplicationFailed(
                    f"replication {errand.replication} ended its process {MOST_DEATHS} times; is there enough memory?"
                ) from None
            self._replace(hand)
            return Lost(errand)
        if not isinstance(heard, Going):
            hand.errand = None
        return heard

    def _replace(self, hand: _Hand) -> None:
        _end(hand)
        fresh = self._hands[self._hands.index(hand)] = self._hire()
        if hand.errand is not None:
            _give(fresh, hand.errand)

    def _hire(self) -> _Hand:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_labour, args=(theirs, *self._told), daemon=True)
        process.start()
        theirs.close()  # or the end of the process would never be heard
        return _Hand(process, ours)


def _give(hand: _Hand, errand: Errand) -> None:
    hand.errand = errand
    with suppress(OSError):  # it has ended meanwhile, which will be heard
        hand.pipe.send(errand)


def _end(hand: _Hand) -> None:
    hand.pipe.close()
    hand.process.terminate()
    hand.process.join(END_S)
    if hand.process.is_alive():
        hand.process.kill()
        hand.process.join()
    hand.process.close()


def _labour(pipe: Connection[Any, Any], work: Work, scenarios: tuple[Any, ...]) -> None:
    """Run errands until nobody sends any; what runs in the processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who sends
    try:
        while True:
            pipe.send(_run(pipe, pipe.recv(), work, scenarios))
    except (EOFError, OSError):  # the sender is gone
        return


def _run(pipe: Connection[Any, Any], errand: Errand, work: Work, scenarios: tuple[Any, ...]) -> Heard:
    last_s = 0.0

    def told(plant_s: float) -> None:
        nonlocal last_s
        if plant_s >= last_s + TELL_EVERY_S:
            last_s = plant_s
            pipe.send(Going(errand, plant_s))

    try:
        return Returned(errand, work(scenarios[errand.scenario], errand.replication, told=told))
    except Exception:  # whatever it is, it is told where people see it
        return Failed(errand, traceback.format_exc())


@dataclass(frozen=True, slots=True)
class LocalPlaces:
    """So many processes of this machine."""

    workers: int

    @contextmanager
    def open(self, work: Work, scenarios: Sequence[Any]) -> Iterator[Crew]:
        """Return processes that run `work`, ended at the end."""
        crew = LocalCrew(work, scenarios, self.workers)
        try:
            yield crew
        finally:
            crew.close()
