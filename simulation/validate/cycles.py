"""The rows of a crane before a rack: single and dual cycles of the twin's crane, against their exact means."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.driver import Driver, Legs, before
from simulation.validate.interval import Estimate, estimated
from simulation.validate.rack import Rack
from simulation.validate.rows import Experiment, Figure, Look
from simulation.validate.textbook import BOZER_WHITE, closed_form_s

BOUNDS = {"cycles": Bounds(100, 1_000_000, "(fewer give no interval)")}
SAMPLES = "independent cycles"
PARTS = 20  # in which it is told how far it is
FINE = 99  # columns and levels of a rack that is nearly continuous


def crane(rack: Rack, *, cycles: int) -> Experiment:
    """Return single and dual cycles to random slots, two distinct ones to a dual cycle, against their exact means.

    Raises OutOfBounds.
    """
    if found := problems({"cycles": cycles}, BOUNDS):
        raise OutOfBounds(found)
    figures = (
        Figure("single", rack.grid().single_s(), "s", "mean over all slots"),
        Figure("dual", rack.grid().dual_s(), "s", "mean over all ordered pairs of two slots"),
    )
    return Experiment("rack", f"crane, {shown(rack)}", figures, lambda look: _run(rack, cycles, look), SAMPLES)


def constant_speed(rack: Rack, *, cycles: int) -> Experiment:
    """Return the same for a crane of constant speed and a rack of 99 x 99 slots, against Bozer and White's closed form.

    The form has loads anywhere; what it is off by for that many slots is known by counting, and is its tolerance.
    """
    fine = replace(rack, columns=FINE, levels=FINE, ax=math.inf, ay=math.inf)
    (single, dual), exact = closed_form_s(fine), fine.grid()
    figures = (
        Figure("single", single, "s", f"{BOZER_WHITE}: T (1 + b²/3)", abs(single - exact.single_s())),
        Figure("dual", dual, "s", f"{BOZER_WHITE}: T (4/3 + b²/2 - b³/30)", abs(dual - exact.dual_s())),
    )
    return replace(crane(fine, cycles=cycles), key="constant_speed", figures=figures)


def shown(rack: Rack) -> str:
    """Return what a rack and its crane are, for people."""
    along, up = f"{rack.vx:g} m/s, {rack.ax:g} m/s2", f"{rack.vy:g} m/s, {rack.ay:g} m/s2"
    size = f"{rack.length_m:g} x {rack.height_m:g} m, {rack.columns} x {rack.levels} slots"
    return f"{size}, along {along}, up {up}, fork {rack.fork_s:g} s"


def drawn(slots: int, size: int, look: Look) -> Iterator[tuple[int, int]]:
    """Yield two distinct slots at a time, every ordered pair as likely as any other."""
    draws = look.draws("slots")
    first = draws.integers(slots, size=size)
    second = (first + draws.integers(1, slots, size=size)) % slots
    return zip(first.tolist(), second.tolist(), strict=True)


def timed(driver: Driver, pairs: Iterator[tuple[str, str]], size: int, look: Look) -> list[Estimate]:
    """Return the single cycles to the first and the dual cycles to both slots of each pair, as the twin times them."""
    single, dual = list[float](), list[float]()
    part = -(-size // PARTS)
    for _ in range(PARTS):
        driver.env.run(driver.env.process(_working(driver, islice(pairs, part), single, dual)))
        look.told(len(single) / size)
    return [estimated(single), estimated(dual)]


def _run(rack: Rack, cycles: int, look: Look) -> list[Estimate]:
    driver, names = before(rack)
    size = cycles * look.factor
    pairs = ((names[put], names[get]) for put, get in drawn(rack.slots, size, look))
    return timed(driver, pairs, size, look)


def _working(driver: Driver, pairs: Iterator[tuple[str, str]], single: list[float], dual: list[float]) -> Legs:
    env = driver.env
    for put, get in pairs:
        began_s = env.now
        yield from driver.single(put)
        between_s = env.now
        yield from driver.dual(put, get)
        single.append(between_s - began_s)
        dual.append(env.now - between_s)
