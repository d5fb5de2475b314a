"""Orders that wait for a crane: a Poisson stream, first come first served, against Pollaczek and Khinchine."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field

import numpy as np
import simpy

from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.cycles import shown
from simulation.validate.driver import Driver, Legs, before
from simulation.validate.interval import Estimate, estimated
from simulation.validate.rack import Rack
from simulation.validate.rows import RUNS, Experiment, Figure, Look

BOUNDS = {"load": Bounds(0.05, 0.95), "orders": Bounds(2_000, 2_000_000, "(fewer give no interval)")}
SOURCE = "Pollaczek-Khinchine: ρ E[S²] / (2 E[S] (1 - ρ)), E over all slots"


def queue(rack: Rack, *, load: float, orders: int) -> Experiment:
    """Return the mean wait of an order for the crane, single cycles to random slots; `load` is the crane's busy share.

    Twenty runs share the `orders`; each begins empty and is looked at when it has forgotten that. Raises OutOfBounds.
    """
    found = problems({"load": load, "orders": orders}, BOUNDS)
    if not found and orders < (least := RUNS * _memory(load)):
        found.append(f"--orders is {orders}: at load {load:g} it takes {least} or more for an interval")
    if found:
        raise OutOfBounds(found)
    mean_s, square = rack.grid().service_s()
    figure = Figure("wait", load * square / (2 * mean_s * (1 - load)), "s", SOURCE)

    def run(look: Look) -> list[Estimate]:
        size, waits_s = orders * look.factor // RUNS, list[float]()
        for number in range(RUNS):
            waits_s.append(_run(rack, load, size, look.draws(f"run {number}")))
            look.told((number + 1) / RUNS)
        return [estimated(waits_s)]

    title = f"queue before a crane, load {load:g}, {shown(rack)}"
    return Experiment(f"load_{load:g}", title, (figure,), run, f"{RUNS} independent runs")


@dataclass(slots=True)
class Counter:
    """Where orders wait: when each came and which slot it wants, and a bell for a crane that has nothing to do."""

    env: simpy.Environment
    orders: deque[tuple[float, str]] = field(default_factory=deque[tuple[float, str]])
    bell: simpy.Event | None = None

    def coming(self, gaps_s: Iterable[float], slots: Iterable[str]) -> Generator[simpy.Event, object, None]:
        """Let an order come after each gap."""
        for gap_s, slot in zip(gaps_s, slots, strict=True):
            yield self.env.timeout(gap_s)
            self.orders.append((self.env.now, slot))
            if self.bell is not None:
                self.bell.succeed()
                self.bell = None

    def served(self, driver: Driver, waits_s: list[float], *, until: int) -> Legs:
        """Serve the orders as they came, noting how long each waited, until there are enough."""
        while len(waits_s) < until:
            if not self.orders:
                self.bell = self.env.event()
                yield self.bell
            came_s, slot = self.orders.popleft()
            waits_s.append(self.env.now - came_s)
            yield from driver.single(slot)


def _run(rack: Rack, load: float, orders: int, draws: np.random.Generator) -> float:
    """Return the mean wait of `orders` after those that still knew that the run began empty."""
    forgotten = 200 + 10 * _memory(load)
    size = orders + forgotten
    driver, names = before(rack)
    counter, waits_s = Counter(driver.env), list[float]()
    gaps_s = draws.exponential(rack.grid().service_s()[0] / load, size).tolist()
    driver.env.process(counter.coming(gaps_s, [names[slot] for slot in draws.integers(rack.slots, size=size).tolist()]))
    driver.env.run(driver.env.process(counter.served(driver, waits_s, until=size)))
    return float(np.mean(waits_s[forgotten:]))


def _memory(load: float) -> int:
    """Return after how many services a queue has forgotten most of how it was: the relaxation time of M/M/1."""
    return math.ceil(1 / (1 - math.sqrt(load)) ** 2)
