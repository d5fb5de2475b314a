"""A crane of the twin that makes single and dual cycles in a rack, and the rows that hold it against theory.

The crane is a process of the twin's kernel; how long it takes from place to place is what
`plc.plant.travel.crane_travel_s` says, which the machines of the twin use.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np
import simpy

from plc.plant import travel
from plc.plant.storage import Crane
from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.rack import Rack, closed_form_s, continuous_s, cycles_s
from simulation.validate.rows import Estimate, Experiment, Figure, Look, estimated

XY = tuple[float, float]
Legs = Generator[simpy.Event, object, None]

HOME: XY = (0.0, 0.0)
CYCLES = {"cycles": Bounds(100, 1_000_000)}
BOZER_WHITE = "Bozer and White 1984, IIE Trans. 16(4)"
INERTIA_FREE = 1e9  # m/s2: what the textbooks' crane of constant speed is to the twin


@dataclass(frozen=True, slots=True)
class Shuttle:
    """A crane in the kernel, and the legs of its cycles."""

    env: simpy.Environment
    crane: Crane

    def single(self, place: XY) -> Legs:
        """Take a load over, put it away at `place`, come back."""
        yield self.env.timeout(self.crane.fork_s)
        yield self._travel(HOME, place)
        yield self.env.timeout(self.crane.fork_s)
        yield self._travel(place, HOME)

    def dual(self, put: XY, get: XY) -> Legs:
        """Take a load over, put it away, fetch another one, hand it over."""
        yield self.env.timeout(self.crane.fork_s)
        yield self._travel(HOME, put)
        yield self.env.timeout(self.crane.fork_s)
        yield self._travel(put, get)
        yield self.env.timeout(self.crane.fork_s)
        yield self._travel(get, HOME)
        yield self.env.timeout(self.crane.fork_s)

    def _travel(self, start: XY, end: XY) -> simpy.Event:
        return self.env.timeout(travel.crane_travel_s(self.crane, start, end))


def crane(rack: Rack, *, cycles: int) -> Experiment:
    """Return single and dual cycles to random slots, two distinct ones to a dual cycle, against their exact means.

    Raises OutOfBounds.
    """
    _check(cycles)
    single, dual = cycles_s(rack)
    figures = (
        Figure("single", single, "s", "mean over all slots"),
        Figure("dual", dual, "s", "mean over all ordered pairs of two slots"),
    )
    return Experiment("crane, random slots", figures, lambda look: _timed(rack.crane(), _slots(rack, cycles, look)))


def anywhere(rack: Rack, *, cycles: int) -> Experiment:
    """Return the same for loads anywhere in the rack, against Bozer and White's integrals with acceleration."""
    _check(cycles)
    single, dual = continuous_s(rack)
    figures = (
        Figure("single", single, "s", f"{BOZER_WHITE}, with acceleration"),
        Figure("dual", dual, "s", f"{BOZER_WHITE}, with acceleration"),
    )
    return Experiment("crane, random points", figures, lambda look: _timed(rack.crane(), _points(rack, cycles, look)))


def constant_speed(rack: Rack, *, cycles: int) -> Experiment:
    """Return the same for a crane of constant speed, against Bozer and White's closed form."""
    _check(cycles)
    single, dual = closed_form_s(rack)
    figures = (
        Figure("single", single, "s", f"{BOZER_WHITE}: T (1 + b²/3)"),
        Figure("dual", dual, "s", f"{BOZER_WHITE}: T (4/3 + b²/2 - b³/30)"),
    )
    free = replace(rack, ax=INERTIA_FREE, ay=INERTIA_FREE).crane()
    return Experiment("crane, constant speed", figures, lambda look: _timed(free, _points(rack, cycles, look)))


def _check(cycles: int) -> None:
    if found := problems({"cycles": cycles}, CYCLES):
        raise OutOfBounds(found)


def _slots(rack: Rack, cycles: int, look: Look) -> Iterator[tuple[XY, XY]]:
    """Yield two distinct slots to a cycle, every ordered pair as likely as any other."""
    centres, draws = rack.centres(), look.draws("slots")
    size = cycles * look.factor
    first = draws.integers(rack.slots, size=size)
    second = (first + draws.integers(1, rack.slots, size=size)) % rack.slots
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        yield centres[a], centres[b]


def _points(rack: Rack, cycles: int, look: Look) -> Iterator[tuple[XY, XY]]:
    drawn = look.draws("points").random((cycles * look.factor, 4)) * np.array([rack.length_m, rack.height_m] * 2)
    for ax, ay, bx, by in drawn.tolist():
        yield (ax, ay), (bx, by)


def _timed(spec: Crane, pairs: Iterator[tuple[XY, XY]]) -> list[Estimate]:
    """Return the single cycles to the first and the dual cycles to both places of each pair, as the twin times them."""
    env = simpy.Environment()
    single: list[float] = []
    dual: list[float] = []
    env.process(_working(Shuttle(env, spec), pairs, single, dual))
    env.run()
    return [estimated(single), estimated(dual)]


def _working(
    shuttle: Shuttle, pairs: Iterator[tuple[XY, XY]], single: list[float], dual: list[float]
) -> Generator[simpy.Event, object, None]:
    env = shuttle.env
    for put, get in pairs:
        began_s = env.now
        yield from shuttle.single(put)
        between_s = env.now
        yield from shuttle.dual(put, get)
        single.append(between_s - began_s)
        dual.append(env.now - between_s)
