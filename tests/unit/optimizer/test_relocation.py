from __future__ import annotations

import numpy as np
import pytest

from optimizer.relocation.moves import Stored, Terms, best_moves


def rack(seed: int, units: int, slots: int) -> Stored:
    chance = np.random.default_rng(seed)
    place = chance.permutation(slots)[:units].astype(np.int64)
    return Stored(
        chance.uniform(5, 60, slots), np.full(slots, 1000), place, chance.exponential(1, units), np.full(units, 1000)
    )


def test_gains_fall_short_of_nothing_that_is_promised_and_shrink_from_move_to_move() -> None:
    stored, terms = rack(1, 60, 80), Terms(days=7)
    before = float(stored.calls_day @ stored.travel_s[stored.slot]) * 7
    found = best_moves(stored, 10, terms)
    spent = sum(move.takes_s for move in found.moves)
    assert found.gain_s == pytest.approx(before - found.proof.objective - spent)
    assert len(found.moves) == 10 and found.stopped == "limit"
    assert found.proof.bound <= found.proof.objective < before
    assert len({move.target for move in found.moves}) == 10


def test_the_first_move_is_the_best_of_all() -> None:
    stored, terms = rack(2, 8, 12), Terms(days=5, fork_s=15)
    free = set(range(12)) - set(stored.slot.tolist())
    best = max(
        calls * (stored.travel_s[s] - stored.travel_s[t]) * 5 - stored.travel_s[s] - stored.travel_s[t] - 15
        for s, calls in zip(stored.slot, stored.calls_day, strict=True)
        for t in free
    )
    assert best_moves(stored, 1, terms).moves[0].gain_s == pytest.approx(best)


def test_moving_stops_when_it_no_longer_pays() -> None:
    stored = rack(3, 40, 50)
    found = best_moves(stored, 1000, Terms(days=0.5, fork_s=30))
    assert found.stopped == "unpaying" and len(found.moves) < 1000
    assert all(move.gain_s > 0 for move in found.moves)
    assert best_moves(stored, 1000, Terms(days=0.001)).moves == ()


def test_no_unit_goes_where_it_is_too_high() -> None:
    stored = Stored(np.array([50.0, 1.0]), np.array([1500, 900]), np.array([0]), np.array([9.0]), np.array([1200]))
    assert best_moves(stored, 5, Terms()).moves == ()


def test_two_units_in_one_slot_are_refused() -> None:
    with pytest.raises(ValueError, match="two units"):
        Stored(np.ones(3), np.ones(3, np.int64), np.array([1, 1]), np.ones(2), np.ones(2, np.int64))
