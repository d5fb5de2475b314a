from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.slotting.field import Free, Units, Weights
from optimizer.slotting.joint import exchanged, place
from optimizer.slotting.rivals import abc_classes, by_chance, closest_open, weighted_score
from optimizer.slotting.sorting import least_cost, nearest_first

NOTHING = Weights(spread_s=0.0, balance_s=0.0)


def field(seed: int, units: int, slots: int, *, classes: int = 1) -> tuple[Free, Units]:
    chance = np.random.default_rng(seed)
    height = chance.integers(1, classes + 1, slots) * 1000
    free = Free(
        chance.uniform(5, 60, slots), chance.integers(0, 4, slots), height, np.full(slots, 800.0), np.zeros(slots)
    )
    tall = chance.integers(1, classes + 1, units) * 1000
    return free, Units(chance.exponential(1.0, units), chance.integers(0, 5, units), tall, np.full(units, 500.0))


@settings(max_examples=40, deadline=None)
@given(units=st.integers(0, 5), more=st.integers(0, 2), seed=st.integers(0, 999))
def test_sorting_costs_what_enumeration_says(units: int, more: int, seed: int) -> None:
    free, stored = field(seed, units, units + more)
    best = min(
        sum(calls * free.travel_s[slot] for calls, slot in zip(stored.calls_day, order, strict=True))
        for order in itertools.permutations(range(units + more), units)
    )
    assert least_cost(stored.calls_day, free.travel_s) == pytest.approx(best)
    slots = nearest_first(stored.calls_day, free.travel_s)
    assert len(set(slots.tolist())) == units


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999))
def test_every_unit_gets_a_slot_of_its_own_that_is_high_enough(seed: int) -> None:
    free, units = field(seed, 20, 30, classes=3)
    found = place(free, units)
    used = found.slot[found.slot >= 0]
    assert len(set(used.tolist())) == len(used)
    assert (free.height_mm[used] >= units.height_mm[found.slot >= 0]).all()
    assert (
        found.proof.bound
        <= found.proof.objective
        == pytest.approx((found.factors.travel + found.factors.digging).sum())
    )
    after = exchanged(free, units, found.slot, rounds=200, seed=1)
    placed = after >= 0
    assert sorted(after.tolist()) == sorted(found.slot.tolist())
    assert (free.height_mm[after[placed]] >= units.height_mm[placed]).all()
    assert units.calls_day[placed] @ free.travel_s[after[placed]] <= found.proof.objective + 1e-9


def test_without_weights_and_classes_the_joint_answer_is_the_exact_one() -> None:
    free, units = field(3, 200, 500)
    found = place(free, units, NOTHING)
    assert found.proof.gap == pytest.approx(0.0, abs=1e-9)


def test_lots_are_spread_and_aisles_balanced() -> None:
    free, units = field(4, 80, 400)
    plain, minded = place(free, units, NOTHING), place(free, units, Weights(spread_s=40.0, balance_s=4.0))

    def most_of_a_lot(slot: np.ndarray) -> int:
        return max(np.bincount(free.aisle[slot[units.lot == lot]], minlength=4).max() for lot in range(5))

    def imbalance(slot: np.ndarray) -> float:
        load = np.bincount(free.aisle[slot], units.calls_day, minlength=4)
        return float(load.max() / load.mean())

    assert most_of_a_lot(minded.slot) < most_of_a_lot(plain.slot)
    assert imbalance(minded.slot) < imbalance(plain.slot)
    assert minded.factors.balance.sum() > 0 == plain.factors.balance.sum()


def test_a_slot_that_must_be_dug_out_is_left_to_what_moves_seldom() -> None:
    free = Free(np.array([5.0, 6.0]), np.zeros(2, np.int64), np.full(2, 1000), np.full(2, 800.0), np.array([20.0, 0.0]))
    units = Units(np.array([0.1, 4.0]), np.array([0, 1]), np.full(2, 1000), np.full(2, 500.0))
    assert place(free, units).slot.tolist() == [0, 1]


def test_slotting_beats_its_rivals_on_the_same_stream() -> None:
    free, units = field(5, 150, 400, classes=2)
    cost = place(free, units).proof.objective
    for slots in (
        by_chance(free, units, 1),
        closest_open(free, units),
        abc_classes(free, units, 1),
        weighted_score(free, units),
    ):
        assert (slots >= 0).all()
        assert cost < units.calls_day @ free.travel_s[slots]


def test_more_units_than_slots_are_left_over_or_refused() -> None:
    free, units = field(6, 5, 3)
    assert (place(free, units).slot >= 0).sum() == 3
    with pytest.raises(ValueError, match="5 units for 3 slots"):
        nearest_first(units.calls_day, free.travel_s)
