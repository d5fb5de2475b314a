"""Two stations with a belt of the twin between them, and the rows that hold it against the exact shares.

The belt is the twin's own segment (`simulation/devices/conveyor.py`) in the twin's own hall, with room for `buffer`
loads besides the one in work at its end. It takes 0.06 s for the length of a load, which is nothing next to the
10,000 s that the slower station works in the twin, whatever was asked: only the ratio counts.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
import simpy

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.model import Plant
from plc.plant.places import spot
from plc.telegram import Command, Event
from simulation.devices.conveyor import Conveyor
from simulation.hall import Hall
from simulation.loads import Load
from simulation.validate.axes import Array
from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.interval import Estimate, estimated
from simulation.validate.pair import Pair
from simulation.validate.rows import RUNS, Experiment, Figure, Look
from simulation.world import World

BOUNDS = {"parts": Bounds(2_000, 2_000_000, "(fewer give no interval)")}
SLOWER_S = 10_000.0
BELT_SHARE = 1e-4  # of the time: what the belt may take for itself
SOURCE = {"exponential": "birth-death chain of B + 3 levels", "constant": "the faster waits for the slower"}
Works = Generator[simpy.Event, object, None]


def line(pair: Pair, *, parts: int) -> Experiment:
    """Return the shares blocked and starved, and the loads an hour, of two stations; twenty runs share the `parts`.

    Raises OutOfBounds.
    """
    found = problems({"parts": parts}, BOUNDS)
    if not found and parts < (least := RUNS * (pair.buffer + 3) ** 2):
        found.append(f"--parts is {parts}: with --buffer {pair.buffer} it takes {least} or more for an interval")
    if found:
        raise OutOfBounds(found)
    (blocked, starved), per_hour, source = pair.shares(), pair.per_hour(), SOURCE[pair.law]
    figures = (
        Figure("blocked", blocked, "", source, BELT_SHARE),
        Figure("starved", starved, "", source, BELT_SHARE),
        Figure("throughput", per_hour, "1/h", source, BELT_SHARE * per_hour),
    )

    def run(look: Look) -> list[Estimate]:
        size = parts * look.factor // RUNS
        if pair.law == "constant":
            return [Estimate(share) for share in _run(pair, size, look.draws("constant"))]
        runs: list[tuple[float, float, float]] = []
        for number in range(RUNS):
            runs.append(_run(pair, size, look.draws(f"run {number}")))
            look.told((number + 1) / RUNS)
        return [estimated(samples) for samples in zip(*runs, strict=True)]

    title = f"line, {pair.law}, {pair.mean_1_s:g} s and {pair.mean_2_s:g} s, buffer {pair.buffer}"
    samples = "one run, no chance" if pair.law == "constant" else f"{RUNS} independent runs"
    return Experiment(f"buffer_{pair.buffer}", title, figures, run, samples)


@dataclass(slots=True)
class Ear:
    """The PLC of the belt, as far as it is heard here: when a load is wholly on, and when one stands at the end."""

    env: simpy.Environment
    on: simpy.Event
    there: simpy.Event

    def say(self, device: str, event: Event) -> None:
        """Wake the station that waits for this."""
        (self.on if event.code is EvtCode.PICKED else self.there).succeed()

    def changed(self, device: str) -> None:
        """Nothing is published."""

    def publish(self) -> None:
        """Nothing is published."""

    def freeze(self) -> None:
        """Nothing is connected."""

    def thaw(self) -> None:
        """Nothing is connected."""


@dataclass(slots=True)
class Stretch:
    """Stretches of time: when each began and ended."""

    began_s: list[float] = field(default_factory=list[float])
    ended_s: list[float] = field(default_factory=list[float])

    def share(self, start_s: float, end_s: float) -> float:
        """Return their share of the time from `start_s` to `end_s`; the last one may still last."""
        ended = np.array(self.ended_s + [end_s] * (len(self.began_s) - len(self.ended_s)))
        inside = np.clip(ended, start_s, end_s) - np.clip(np.array(self.began_s), start_s, end_s)
        return float(inside.sum()) / (end_s - start_s)


class Stations:
    """Two stations in the twin's hall, the belt between them from point P1 to P2."""

    def __init__(self, buffer: int) -> None:
        """Build the hall, with the belt at rest and both stations free."""
        self.env = simpy.Environment()
        self.hall = Hall(self.env, _plant(buffer + 1), World())
        self.ear = Ear(self.env, self.env.event(), self.env.event())
        self.belt = Conveyor(self.hall, self.hall.plant.segments["P1-P2"])
        self.hall.settle_in(self.belt, self.ear)
        self.belt.resume(0.0)
        self.blocked, self.starved = Stretch(), Stretch()
        self.done_s: list[float] = []
        self._room = self.env.event()

    def first(self, works_s: Sequence[float]) -> Works:
        """Work on load after load at P1, and send each off when the belt takes it."""
        ends = spot(self.hall.plant, "P1"), spot(self.hall.plant, "P2")
        for number, work_s in enumerate(works_s, 1):
            self.hall.world.add(Load(f"L{number}"), "P1")
            yield self.env.timeout(work_s)
            self.blocked.began_s.append(self.env.now)
            command = Command(CmdCode.TRANSPORT, number, *ends, load_id=f"L{number}")
            while self.belt.judge(command) is not AckCode.ACCEPTED:
                self._room = self.env.event()
                yield self._room
            self.ear.on = self.env.event()
            self.belt.accept(command)
            yield self.ear.on
            self.blocked.ended_s.append(self.env.now)

    def second(self, works_s: Sequence[float]) -> Works:
        """Work on every load that comes to P2, and let it leave the hall."""
        world = self.hall.world
        for work_s in works_s:
            self.starved.began_s.append(self.env.now)
            yield self.ear.there
            self.starved.ended_s.append(self.env.now)
            yield self.env.timeout(work_s)
            self.ear.there = self.env.event()
            load = world.stands["P2"]
            self.hall.take(load, "yard")
            world.remove(load)
            self.hall.settle()
            self.done_s.append(self.env.now)
            if not self._room.triggered:
                self._room.succeed()


def _run(pair: Pair, parts: int, draws: np.random.Generator) -> tuple[float, float, float]:
    """Return blocked, starved and loads an hour over `parts` loads, after the warm-up."""
    stations, size = Stations(pair.buffer), parts + pair.warm_up
    scale = SLOWER_S / max(pair.mean_1_s, pair.mean_2_s)
    stations.env.process(stations.first(_works(pair, pair.mean_1_s * scale, size + pair.buffer + 3, draws).tolist()))
    stations.env.run(stations.env.process(stations.second(_works(pair, pair.mean_2_s * scale, size, draws).tolist())))
    start_s, end_s = stations.done_s[pair.warm_up - 1], stations.done_s[-1]
    per_hour = 3600 * scale * parts / (end_s - start_s)
    return stations.blocked.share(start_s, end_s), stations.starved.share(start_s, end_s), per_hour


def _works(pair: Pair, mean_s: float, size: int, draws: np.random.Generator) -> Array:
    return draws.exponential(mean_s, size) if pair.law == "exponential" else np.full(size, mean_s)


def _plant(capacity: int) -> Plant:
    """Return a plant of one belt: each load takes 1.2 m of it, at 20 m/s."""
    plc = {"kind": "opcua", "host": "127.0.0.1", "port": 48400}
    points = {f"P{n}": {"number": n, "x_m": n, "y_m": 0} for n in (1, 2)}
    belt = {"length_m": 1.2, "speed_m_s": 20.0, "capacity": capacity, "plc": "PLC1", "index": 0}
    return Plant.model_validate(
        {
            "name": "two stations", "epoch": "2026-01-01T00:00:00Z", "plcs": {"PLC1": plc}, "points": points,
            "segments": {"P1-P2": belt}, "aisles": {}, "cranes": {}, "stations": {}, "docks": {}, "reactions": {},
        }
    )  # fmt: skip
