"""The rules that slotting is compared with, each on the same units in order of arrival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.slotting.field import Floats, Free, Numbers, Units, fits

Rule = Callable[[int, Numbers], int]
"""Chooses for a unit one of the slots that are free and fit."""


def by_chance(free: Free, units: Units, seed: int) -> Numbers:
    """Return any slot that fits for each unit."""
    chance = np.random.default_rng(seed)
    return _one_by_one(free, units, lambda unit, able: int(chance.choice(able)))


def closest_open(free: Free, units: Units) -> Numbers:
    """Return the nearest slot that fits for each unit as it comes."""
    return _one_by_one(free, units, lambda unit, able: int(able[np.argmin(free.travel_s[able])]))


def abc_classes(free: Free, units: Units, seed: int) -> Numbers:
    """Return any slot of the unit's class: the busiest 20 % in the nearest 20 % of slots, the next 30 %, the rest.

    Where its own class is full a unit goes to the nearest slot of all.
    """
    chance = np.random.default_rng(seed)
    unit_class = _classes(-units.calls_day)
    slot_class = _classes(free.travel_s)

    def choose(unit: int, able: Numbers) -> int:
        own = able[slot_class[able] == unit_class[unit]]
        return int(chance.choice(own)) if len(own) else int(able[np.argmin(free.travel_s[able])])

    return _one_by_one(free, units, choose)


def weighted_score(free: Free, units: Units) -> Numbers:
    """Return for each unit as it comes the slot whose rank by travel is nearest to the unit's rank by turnover."""
    unit_rank, slot_rank = _ranks(-units.calls_day), _ranks(free.travel_s)

    def choose(unit: int, able: Numbers) -> int:
        return int(able[np.argmin(np.abs(slot_rank[able] - unit_rank[unit]) + 0.1 * slot_rank[able])])

    return _one_by_one(free, units, choose)


def _one_by_one(free: Free, units: Units, rule: Rule) -> Numbers:
    slot, is_free = np.full(len(units.calls_day), -1, np.int64), np.ones(len(free.travel_s), np.bool_)
    for unit in range(len(slot)):
        able = np.flatnonzero(is_free & fits(free, units, unit))
        if len(able):
            slot[unit] = rule(unit, able)
            is_free[slot[unit]] = False
    return slot


def _ranks(values: Floats) -> Floats:
    """Return each value's place among all, from 0 to 1."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(values) - 1, 1)


def _classes(values: Floats) -> Numbers:
    return np.searchsorted(np.array([0.2, 0.5]), _ranks(values), side="right").astype(np.int64)
