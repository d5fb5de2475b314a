"""Storage by classes: how far a crane goes, against Hausman, Schwarz and Graves.

A rack square in time (either end is T away), a crane of constant speed, one way. Demand by article follows an ABC curve
i^s (the most wanted share i of the articles makes i^s of the demand); each article has stock as the square root of its
demand (economic order quantity), so stock up to the share j of the places makes j^(2s/(s+1)) of the demand. Class 1 has
the places up to R1 T, class 2 those up to R2 T, and so on; within a class a place is as good as any other.
Hausman, Schwarz and Graves 1976, Management Science 22(6), 629-638.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import simpy

from plc.plant import travel
from plc.plant.storage import Crane
from simulation.validate.bounds import Bounds, OutOfBounds, problems
from simulation.validate.cycles import HOME, INERTIA_FREE, XY
from simulation.validate.rack import Array, Rack
from simulation.validate.rows import Estimate, Experiment, Figure, Look, estimated

BOUNDS = {
    "demand": Bounds(0.21, 0.99),
    "classes": Bounds(1, 3),
    "cycles": Bounds(100, 1_000_000),
}
FIFTH = 0.2  # of the articles: what ABC curves are named by
SOURCE = "Hausman, Schwarz and Graves 1976"
RACK = Rack(length_m=90.0, height_m=30.0, vx=3.0, vy=1.0, ax=INERTIA_FREE, ay=INERTIA_FREE, fork_s=0.0)
END_S = 30.0  # the T of that rack


@dataclass(frozen=True, slots=True)
class Curve:
    """An ABC curve: `demand` is what the most wanted fifth of the articles makes of the whole (0.6: a 20/60 curve)."""

    demand: float

    @property
    def s(self) -> float:
        """Return the exponent: the share i of the articles makes i^s of the demand."""
        return math.log(self.demand) / math.log(FIFTH)

    def demand_within(self, radius: float) -> float:
        """Return the demand of what stands within `radius` T of the door."""
        return radius ** (4 * self.s / (self.s + 1))

    def turnover(self) -> float:
        """Return the mean way, in T, if every unit stands by its turnover."""
        return 4 * self.s / (5 * self.s + 1)

    def by_class(self, ends: Sequence[float]) -> float:
        """Return the mean way, in T, with classes that end at `ends` T, the last of them at 1.

        >>> round(Curve(0.6).by_class((0.407, 1.0)), 4), round(Curve(0.2000001).by_class((1.0,)), 4)
        (0.5459, 0.6667)
        """
        bands = itertools.pairwise((0.0, *ends))
        return sum((self.demand_within(b) - self.demand_within(a)) * _way(a, b) for a, b in bands)

    def best_ends(self, classes: int) -> tuple[float, ...]:
        """Return the ends of `classes` classes with the shortest way, in steps of 0.01 T.

        >>> Curve(0.8).best_ends(2), Curve(0.8).best_ends(3)
        ((0.28, 1.0), (0.13, 0.47, 1.0))
        """
        steps = [n / 100 for n in range(1, 100)]
        return min(((*ends, 1.0) for ends in itertools.combinations(steps, classes - 1)), key=self.by_class)


def storage(demand: float, *, classes: int, cycles: int) -> Experiment:
    """Return the mean way to a wanted unit in T: random, by class, by full turnover. Raises OutOfBounds."""
    if found := problems({"demand": demand, "classes": classes, "cycles": cycles}, BOUNDS):
        raise OutOfBounds(found)
    curve = Curve(demand)
    ends = curve.best_ends(classes)
    figures = (
        Figure("random", 2 / 3, "", f"{SOURCE}: 2/3"),
        Figure("by_class", curve.by_class(ends), "", f"{SOURCE}, {classes} classes up to {_shown(ends)} T"),
        Figure("full_turnover", curve.turnover(), "", f"{SOURCE}: 4s / (5s + 1)"),
    )

    def run(look: Look) -> list[Estimate]:
        size = cycles * look.factor
        own = np.sqrt(_stock_of_wanted(curve, look.draws("articles").random(size)))
        band = np.searchsorted(ends, own)
        near, far = np.asarray((0.0, *ends))[band], np.asarray(ends)[band]
        return [
            _ways(_places(np.zeros(size), np.ones(size), look.draws("random"))),
            _ways(_places(near, far, look.draws("by class"))),
            _ways(_places(own, own, look.draws("full turnover"))),
        ]

    return Experiment(f"storage, 20/{demand * 100:.4g} curve", figures, run)


def _stock_of_wanted(curve: Curve, demand: Array) -> Array:
    """Return where in the stock, most wanted first (0 to 1), the article stands that makes this share of demand full.

    The article is i = demand^(1/s); the stock of all up to it is i^((s+1)/2), for stock goes as the root of demand.
    """
    article = demand ** (1 / curve.s)
    return article ** ((curve.s + 1) / 2)


def _places(near: Array, far: Array, draws: np.random.Generator) -> list[XY]:
    """Return a place in the rack for each band from `near` to `far` T; within it any spot is as likely as another."""
    radius = np.sqrt(near**2 + draws.random(near.size) * (far**2 - near**2))
    other = radius * draws.random(near.size)
    along = draws.random(near.size) < 0.5  # noqa: PLR2004 - the slower axis is either
    x, y = np.where(along, radius, other), np.where(along, other, radius)
    return list(zip((x * RACK.length_m).tolist(), (y * RACK.height_m).tolist(), strict=True))


def _ways(places: list[XY]) -> Estimate:
    """Return how long the twin's crane takes to the places, in T."""
    env = simpy.Environment()
    ways: list[float] = []
    env.process(_going(env, RACK.crane(), places, ways))
    env.run()
    return estimated(ways)


def _going(
    env: simpy.Environment, crane: Crane, places: list[XY], ways: list[float]
) -> Generator[simpy.Event, object, None]:
    for place in places:
        began_s = env.now
        yield env.timeout(travel.crane_travel_s(crane, HOME, place))
        ways.append((env.now - began_s) / END_S)


def _way(near: float, far: float) -> float:
    """Return the mean way to a spot in the band from `near` to `far`, in T."""
    return 2 / 3 * (far**3 - near**3) / (far**2 - near**2)


def _shown(ends: Sequence[float]) -> str:
    return ", ".join(f"{end:g}" for end in ends)
