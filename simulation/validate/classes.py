"""Storage by classes in the twin: its most wanted units near, fetched and replaced by the twin's crane.

The rack has 100 x 100 slots. Units have a rank, the most wanted first. An order wants the unit of a rank; the crane
goes there from the door, brings it, and puts another unit of that rank away where the policy says. The way is timed
from setting out to the pick. Curves and the ends of classes are in `curve.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from simulation.validate.axes import Array
from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.curve import Curve
from simulation.validate.interval import Estimate, estimated
from simulation.validate.rack import Rack
from simulation.validate.rows import RUNS, Experiment, Figure, Look
from simulation.validate.store import Store, Zone

BOUNDS = {"classes": Bounds(1, 3), "cycles": Bounds(2_000, 1_000_000, "(fewer give no interval)")}
SOURCE = "Hausman, Schwarz and Graves 1976"
SIDE = 100  # columns and levels: the ends of classes, in steps of 0.01 T, fall between slots
RACK = Rack(90.0, 30.0, SIDE, SIDE, vx=3.0, vy=1.0, ax=math.inf, ay=math.inf, fork_s=0.0)
END_S = 30.0  # the T of that rack
TAKEN = 0.9  # of the slots of a class, so that a unit that comes has a choice


def storage(curve: Curve, *, classes: int, cycles: int) -> Experiment:
    """Return the mean way to a wanted unit, in T, with so many classes (1: random). Raises OutOfBounds."""
    if found := problems({"classes": classes, "cycles": cycles}, BOUNDS):
        raise OutOfBounds(found)
    ends = curve.best_ends(classes)
    zones = by_class(ends)
    text = f"{SOURCE}, up to {', '.join(f'{end:g}' for end in ends)} T" if classes > 1 else f"{SOURCE}: 2/3 at random"
    return _experiment(curve, Figure(f"classes_{classes}", curve.by_class(ends), "T", text), zones, cycles=cycles)


def turnover(curve: Curve, *, cycles: int) -> Experiment:
    """Return the same if every unit has the slot of its rank. Raises OutOfBounds."""
    if found := problems({"cycles": cycles}, {"cycles": BOUNDS["cycles"]}):
        raise OutOfBounds(found)
    figure = Figure("full_turnover", curve.by_turnover(), "T", f"{SOURCE}: 4s / (5s + 1)")
    return _experiment(curve, figure, by_rank(), cycles=cycles)


def by_class(ends: Sequence[float]) -> list[Zone]:
    """Return the zones of classes that end at `ends` T: nine slots of ten are taken, any of them by any unit of it."""
    zones: list[Zone] = []
    begin = 0
    for end in ends:
        slots = range(begin, round(end * SIDE) ** 2)
        zones.append(Zone(slots, max(1, round(TAKEN * len(slots)))))
        begin = slots.stop
    return zones


def by_rank() -> list[Zone]:
    """Return a zone of one slot for every unit."""
    return [Zone(range(slot, slot + 1), 1) for slot in range(RACK.slots)]


def _experiment(curve: Curve, figure: Figure, zones: Sequence[Zone], *, cycles: int) -> Experiment:
    name = f"{curve.articles * 100:g}/{curve.demand * 100:g}"
    off = abs(figure.theory - _counted(curve, zones))
    run: Callable[[Look], list[Estimate]] = partial(_run, curve, zones, cycles)
    figures = (replace(figure, tolerance=off),)
    return Experiment(f"curve_{name}", f"storage, {name} curve", figures, run, f"{RUNS} independent runs")


def _run(curve: Curve, zones: Sequence[Zone], cycles: int, look: Look) -> list[Estimate]:
    means: list[float] = []
    cumulated = np.cumsum(_demands(curve, sum(zone.units for zone in zones)))
    for number in range(RUNS):
        draws = look.draws(f"run {number}")
        ranks = np.searchsorted(cumulated[:-1], draws.random(cycles * look.factor // RUNS), side="right")
        store = Store(RACK, zones, draws)
        means.append(store.mean_way_s(ranks.tolist()) / END_S)
        look.told((number + 1) / RUNS)
    return [estimated(means)]


def _demands(curve: Curve, units: int) -> Array:
    """Return the share of the demand that each unit makes, the most wanted first."""
    return np.diff([curve.of_stock(n / units) for n in range(units + 1)])


def _counted(curve: Curve, zones: Sequence[Zone]) -> float:
    """Return the mean way, in T, by counting over slots and units: what the formula has is without either."""
    ways = np.sort(RACK.grid().out_s().ravel()) / END_S
    zonal = np.array([ways[zone.slots.start : zone.slots.stop].mean() for zone in zones])
    of_unit = np.repeat(zonal, [zone.units for zone in zones])
    return float(_demands(curve, of_unit.size) @ of_unit)
