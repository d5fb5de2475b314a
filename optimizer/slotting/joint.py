"""Units to slots with everything that counts: greedy by turnover, then exchanges, against the bound of sorting.

The cost is crane seconds a day: calls times (travel + digging), plus crowding of a lot in an aisle, plus imbalance of
the aisles. Each unit's share of it is kept, factor by factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.effort import Proof
from optimizer.slotting.field import Floats, Free, Numbers, Units, Weights, fits
from optimizer.slotting.sorting import least_cost


@dataclass(frozen=True, slots=True)
class Factors:
    """What each unit's slot cost when it was chosen, in seconds a day; -1 slots cost nothing."""

    travel: Floats
    digging: Floats
    spread: Floats
    balance: Floats


@dataclass(frozen=True, slots=True)
class Slotting:
    """`slot[u]` is the slot of unit `u`, -1 where none was left that fits; the proof is of travel and digging alone.

    The objective counts the units that were placed.
    """

    slot: Numbers
    factors: Factors
    proof: Proof


class _Aisles:
    """How full the aisles are with calls and lots while units are placed."""

    def __init__(self, free: Free, units: Units, weights: Weights) -> None:
        self._weights, self._count = weights, int(free.aisle.max(initial=0)) + 1
        self._present = np.unique(free.aisle)
        self._calls = np.zeros(self._count)
        self._lots: dict[int, Floats] = {}
        self._units = units

    def costs(self, unit: int) -> tuple[Floats, Floats]:
        """Return by aisle what spread and balance cost for a unit."""
        crowd = self._lots.get(int(self._units.lot[unit]), np.zeros(self._count))
        crowded = np.maximum(0.0, crowd - crowd[self._present].min())
        ahead = self._calls - self._calls[self._present].min()
        return self._weights.spread_s * crowded, self._weights.balance_s * ahead

    def take(self, unit: int, aisle: int) -> None:
        """Count a unit into an aisle."""
        self._calls[aisle] += self._units.calls_day[unit]
        self._lots.setdefault(int(self._units.lot[unit]), np.zeros(self._count))[aisle] += 1


def place(free: Free, units: Units, weights: Weights | None = None) -> Slotting:
    """Return a slot for each unit, the busiest first, each where it costs least then.

    A unit goes no higher and no stronger than need be where the cost is the same. Takes units x slots steps in numpy:
    for many thousands without height, weight or aisles to mind, take `nearest_first`.
    """
    count, seconds = len(units.calls_day), free.travel_s + free.dig_s
    aisles = _Aisles(free, units, weights or Weights())
    slot, shares, is_free = np.full(count, -1, np.int64), np.zeros((4, count)), np.ones(len(seconds), np.bool_)
    for unit in np.argsort(-units.calls_day, kind="stable").tolist():
        able = np.flatnonzero(is_free & fits(free, units, unit))
        if not len(able):
            continue
        spread, balance = aisles.costs(unit)
        at = free.aisle[able]
        cost = units.calls_day[unit] * seconds[able] + spread[at] + balance[at]
        least = able[cost <= cost.min() + 1e-9]
        chosen = int(least[np.lexsort((free.load_kg[least], free.height_mm[least]))[0]])
        aisle, calls = int(free.aisle[chosen]), units.calls_day[unit]
        shares[:, unit] = calls * free.travel_s[chosen], calls * free.dig_s[chosen], spread[aisle], balance[aisle]
        slot[unit], is_free[chosen] = chosen, False
        aisles.take(unit, aisle)
    return Slotting(slot, Factors(*shares), _proof(free, units, slot))


def exchanged(free: Free, units: Units, slot: Numbers, *, rounds: int, seed: int) -> Numbers:
    """Return the slots after exchanges of two units, each kept if it lessens travel and digging and both still fit.

    Only units in the same aisle change places, so that spread and balance hardly move. Deterministic for a seed.
    """
    chance, after = np.random.default_rng(seed), slot.copy()
    seconds, placed = free.travel_s + free.dig_s, np.flatnonzero(slot >= 0)
    if len(placed) < 2:  # noqa: PLR2004
        return after
    for one, two in chance.choice(placed, (rounds, 2)).tolist():
        a, b = int(after[one]), int(after[two])
        gain = (units.calls_day[one] - units.calls_day[two]) * (seconds[a] - seconds[b])
        same = one != two and free.aisle[a] == free.aisle[b]
        if gain > 0 and same and bool(fits(free, units, one)[b]) and bool(fits(free, units, two)[a]):
            after[one], after[two] = b, a
    return after


def _proof(free: Free, units: Units, slot: Numbers) -> Proof:
    """Return the crane seconds a day of those placed beside the least, which forgets height, weight and aisles."""
    placed = slot >= 0
    calls, seconds = units.calls_day[placed], free.travel_s + free.dig_s
    cost = float(calls @ seconds[slot[placed]])
    return Proof(cost, min(cost, least_cost(calls, seconds)), 0.0)
