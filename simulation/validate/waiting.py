"""Orders that wait for a crane: a Poisson stream, first come first served, against Pollaczek and Khinchine."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field

import numpy as np
import simpy

from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.cycles import XY, Shuttle
from simulation.validate.rack import Rack, one_way_s
from simulation.validate.rows import Estimate, Experiment, Figure, Look, estimated

BOUNDS = {"load": Bounds(0.05, 0.95), "orders": Bounds(1_000, 2_000_000)}
RUNS = 10


def queue(rack: Rack, *, load: float, orders: int) -> Experiment:
    """Return the mean wait of an order for the crane, single cycles to random slots; `load` is the crane's busy share.

    Ten runs share the `orders`; each begins empty and is looked at when it has forgotten that. Raises OutOfBounds.
    """
    if found := problems({"load": load, "orders": orders}, BOUNDS):
        raise OutOfBounds(found)
    service = 2 * one_way_s(rack) + 2 * rack.fork_s
    mean_s, square = float(service.mean()), float((service**2).mean())
    figure = Figure(
        "wait", load * square / (2 * mean_s * (1 - load)), "s", "Pollaczek-Khinchine: ρ E[S²] / (2 E[S] (1 - ρ))"
    )

    def run(look: Look) -> list[Estimate]:
        size = orders * look.factor // RUNS
        return [estimated([_run(rack, load / mean_s, size, look.draws(f"run {n}")) for n in range(RUNS)])]

    return Experiment(f"queue before a crane, load {load:g}", (figure,), run)


@dataclass(slots=True)
class Counter:
    """Where orders wait: when each came and which slot it wants, and a bell for a crane that has nothing to do."""

    env: simpy.Environment
    orders: deque[tuple[float, XY]] = field(default_factory=deque[tuple[float, XY]])
    bell: simpy.Event | None = None

    def coming(self, gaps_s: Iterable[float], places: Iterable[XY]) -> Generator[simpy.Event, object, None]:
        """Let an order come after each gap."""
        for gap_s, place in zip(gaps_s, places, strict=True):
            yield self.env.timeout(gap_s)
            self.orders.append((self.env.now, place))
            if self.bell is not None:
                self.bell.succeed()
                self.bell = None

    def served(self, shuttle: Shuttle, waits_s: list[float], *, until: int) -> Generator[simpy.Event, object, None]:
        """Serve the orders as they came, noting how long each waited, until there are enough."""
        while len(waits_s) < until:
            if not self.orders:
                self.bell = self.env.event()
                yield self.bell
            came_s, place = self.orders.popleft()
            waits_s.append(self.env.now - came_s)
            yield from shuttle.single(place)


def _run(rack: Rack, per_s: float, orders: int, draws: np.random.Generator) -> float:
    """Return the mean wait of `orders` after those that still knew that the run began empty."""
    load = per_s * float((2 * one_way_s(rack) + 2 * rack.fork_s).mean())
    forgotten = 200 + math.ceil(10 / (1 - math.sqrt(load)) ** 2)  # ten relaxation times of M/M/1, in services
    size = orders + forgotten
    centres = rack.centres()
    env = simpy.Environment()
    counter, waits_s = Counter(env), list[float]()
    gaps_s = draws.exponential(1 / per_s, size).tolist()
    env.process(counter.coming(gaps_s, [centres[slot] for slot in draws.integers(rack.slots, size=size).tolist()]))
    env.run(env.process(counter.served(Shuttle(env, rack.crane()), waits_s, until=size)))
    return float(np.mean(waits_s[forgotten:]))
