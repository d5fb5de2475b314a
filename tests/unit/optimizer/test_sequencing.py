from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.sequencing.pairing import assign, pair_block
from optimizer.sequencing.patience import Patience
from optimizer.sequencing.rolling import Crane, Waiting, next_cycles
from optimizer.travel import Slots, square_in_time

RACK = square_in_time(30, 24)


def slots(chance: np.random.Generator, count: int) -> Slots:
    flat = chance.choice(30 * 24, count, replace=False)
    return np.stack([flat // 24, flat % 24], axis=1).astype(np.int64)


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 5), columns=st.integers(1, 5), seed=st.integers(0, 999))
def test_pairs_cost_what_enumeration_says(rows: int, columns: int, seed: int) -> None:
    costs = np.random.default_rng(seed).integers(0, 1000, (rows, columns)).astype(np.float64)
    table = costs if rows <= columns else costs.T
    best = min(
        sum(table[row, column] for row, column in enumerate(order))
        for order in itertools.permutations(range(max(rows, columns)), min(rows, columns))
    )
    found = assign(costs)
    assert found.cost == best
    assert len(set(found.rows)) == len(set(found.columns)) == min(rows, columns)


@pytest.mark.parametrize("bad", [[[1.0, float("nan")]], [[-1.0]], [[float("inf")]]])
def test_costs_that_are_none_are_refused(bad: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="finite"):
        assign(np.array(bad))


def test_a_block_of_fifty_saves_near_a_fifth_as_measured_before() -> None:
    chance, shares = np.random.default_rng(4), list[float]()
    for _ in range(30):
        stored, fetched = slots(chance, 50), slots(chance, 50)
        ways = RACK.out(stored).sum() + RACK.out(fetched).sum()
        shares.append(
            (ways + pair_block(RACK, stored, fetched).cost) / (ways + np.diag(RACK.between(stored, fetched)).sum())
        )
    assert 1 - np.mean(shares) == pytest.approx(0.192, abs=0.02)


def test_rolling_saves_over_a_fifth_of_dual_cycles_at_ten_waiting() -> None:
    assert rolled(near=True, seed=5) <= (1 - 0.22) * rolled(near=False, seed=5)


def rolled(*, near: bool, seed: int, cycles: int = 2500, warm_up: int = 500) -> float:
    """Mean seconds of a dual cycle: ten waiting retrievals, 54 openings of 720 slots, each cycle opens another."""
    chance = np.random.default_rng(seed)
    order = slots(chance, 720)
    openings, waiting = [tuple(s) for s in order[:54]], [tuple(s) for s in order[54:64]]
    stored, total = [tuple(s) for s in order[64:]], 0.0
    for number in range(cycles):
        crane = Crane(0, RACK, np.array(openings))
        queue = [Waiting(0, (int(x), int(y)), since_s=0.0) for x, y in waiting]
        if near:
            (cycle,) = next_cycles([crane], queue, now_s=0.0)
            assert cycle is not None
            opening, retrieval = cycle.opening or 0, cycle.retrieval or 0
        else:
            opening, retrieval = int(chance.integers(len(openings))), 0
        a, b = np.array([openings[opening]]), np.array([waiting[retrieval]])
        total += float(RACK.out(a)[0] + RACK.between(a, b)[0, 0] + RACK.out(b)[0]) if number >= warm_up else 0.0
        stored.append(openings.pop(opening))
        openings.append(waiting.pop(retrieval))
        waiting.append(stored.pop(int(chance.integers(len(stored)))))
    return total / (cycles - warm_up)


def test_what_is_starved_or_due_goes_before_what_is_near() -> None:
    crane = Crane(0, RACK, np.array([[1, 1]]))
    near, far = Waiting(0, (1, 2), since_s=50.0), Waiting(0, (29, 23), since_s=40.0, due_s=1000.0)
    patience = Patience(starved_s=100, slack_s=20)

    def chosen(now_s: float) -> tuple[int | None, str]:
        (cycle,) = next_cycles([crane], [near, far], now_s=now_s, patience=patience)
        assert cycle is not None
        return cycle.retrieval, cycle.why

    assert chosen(60.0) == (0, "near")
    assert chosen(140.0) == (1, "starved")
    assert next_cycles([crane], [near, far], now_s=985, patience=Patience(1e9, 20))[0].why == "due"  # type: ignore[union-attr]


def test_priority_goes_first_and_cranes_keep_to_their_aisles() -> None:
    cranes = [
        Crane(0, RACK, np.array([[1, 1]])),
        Crane(1, RACK, np.empty((0, 2), np.int64)),
        Crane(2, RACK, np.array([[3, 3]])),
    ]
    waiting = [Waiting(0, (1, 1), 0.0), Waiting(0, (9, 9), 0.0, priority=2), Waiting(1, (4, 4), 0.0)]
    first, second, third = next_cycles(cranes, waiting, now_s=1.0)
    assert first and (first.opening, first.retrieval, first.why) == (0, 1, "priority")
    assert second and (second.opening, second.retrieval) == (None, 2)
    assert third and (third.opening, third.retrieval, third.why) == (0, None, "only")
    assert next_cycles([Crane(3, RACK, np.empty((0, 2), np.int64))], waiting, now_s=1.0) == [None]
