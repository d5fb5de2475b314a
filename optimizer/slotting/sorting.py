"""The exact answer where any unit fits any slot: what moves most to what is nearest, by sorting."""

from __future__ import annotations

import numpy as np

from optimizer.slotting.field import Floats, Numbers


def nearest_first(calls_day: Floats, travel_s: Floats) -> Numbers:
    """Return for each unit its slot, so that the sum of calls times seconds is the least there is.

    The cost separates into calls and seconds, so the rearrangement inequality decides (Hardy, Littlewood & Polya 1934,
    theorem 368). Raises ValueError with more units than slots.

    >>> nearest_first(np.array([1.0, 9.0]), np.array([5.0, 2.0, 7.0])).tolist()
    [0, 1]
    """
    count = len(calls_day)
    if count > len(travel_s):
        raise ValueError(f"{count} units for {len(travel_s)} slots")
    near = np.argpartition(travel_s, count - 1)[:count] if 0 < count < len(travel_s) else np.arange(len(travel_s))
    near = near[np.argsort(travel_s[near], kind="stable")]
    slots = np.empty(count, np.int64)
    slots[np.argsort(-calls_day, kind="stable")] = near[:count]
    return slots


def least_cost(calls_day: Floats, travel_s: Floats) -> float:
    """Return the least sum of calls times seconds: a bound on every assignment, however constrained."""
    return float(calls_day @ travel_s[nearest_first(calls_day, travel_s)])
