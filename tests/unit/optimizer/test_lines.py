from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.effort import Effort
from optimizer.lines.hall import Batch, Bench, Hall, cost, length_s, orders_of, timed
from optimizer.lines.planning import greedy, plan, replan, rest_after

CHANGES = ((0, 3, 4), (3, 0, 5), (4, 5, 0))
batches = st.builds(
    Batch,
    family=st.integers(0, 2),
    times_s=st.tuples(st.integers(1, 20), st.none() | st.integers(1, 20)),
    due_s=st.none() | st.integers(0, 40),
    weight=st.integers(0, 3),
)
standing = st.builds(Bench, free_s=st.integers(0, 9), fitted=st.none() | st.integers(0, 2))
halls = st.builds(
    Hall,
    benches=st.tuples(standing, st.just(Bench())),
    batches=st.lists(batches, max_size=4).map(tuple),
    changeover_s=st.just(CHANGES),
)


def twenty(seed: int, *, due: bool) -> Hall:
    chance = random.Random(seed)
    ways = [[0 if a == b else 20 + 3 * abs(a - b) for b in range(5)] for a in range(5)]
    found = list[Batch]()
    for _ in range(20):
        length = chance.randint(30, 120)
        times = tuple(round(length * pace) for pace in (1.0, 1.1, 0.9, 1.3))
        found.append(Batch(chance.randrange(5), times, due_s=chance.randint(400, 900) if due else None))
    benches = tuple(Bench(fitted=chance.randrange(5)) for _ in range(4))
    return Hall(benches, tuple(found), tuple(tuple(row) for row in ways))


def cheapest_by_enumeration(hall: Hall) -> int:
    best = 1 << 60
    for order in itertools.permutations(range(len(hall.batches))):
        for benches in itertools.product((0, 1), repeat=len(order)):
            orders = [[i for i, b in zip(order, benches, strict=True) if b == bench] for bench in (0, 1)]
            if all(hall.batches[i].times_s[b] is not None for b in (0, 1) for i in orders[b]):
                best = min(best, cost(hall, timed(hall, orders)))
    return best


@settings(max_examples=12, deadline=None)
@given(hall=halls)
def test_small_halls_are_planned_at_the_cost_of_enumeration(hall: Hall) -> None:
    found = plan(hall, Effort(seconds=2, workers=1))
    assert sorted(each.batch for each in found.placed) == list(range(len(hall.batches)))
    assert timed(hall, orders_of(hall, found.placed)) == found.placed
    best = cheapest_by_enumeration(hall)
    assert found.proof.objective == best
    assert greedy(hall).proof.bound <= found.proof.bound <= best <= greedy(hall).proof.objective


@pytest.mark.parametrize("due", [False, True])
def test_twenty_batches_come_within_ten_per_cent_of_the_bound(due: bool) -> None:
    hall = twenty(7, due=due)
    found = plan(hall, Effort(seconds=6, workers=2))
    assert found.proof.gap <= 0.10
    assert found.proof.objective == cost(hall, found.placed) <= greedy(hall).proof.objective


def test_what_runs_stays_when_a_bench_fails_and_its_batch_is_verified_again() -> None:
    hall = twenty(3, due=False)
    before = greedy(hall).placed
    now_s = length_s(before) // 3
    rest = rest_after(hall, before, failed=2, now_s=now_s)
    after = replan(before, rest, now_s=now_s, effort=Effort(seconds=1, workers=1)).placed
    assert sorted(each.batch for each in after) == list(range(20))
    running = {each for each in before if each.start_s <= now_s < each.end_s and each.bench != 2}
    assert running and running <= set(after)
    assert not [each for each in after if each.bench == 2 and each.end_s > now_s]
    for bench in range(4):
        times = sorted((each.start_s, each.end_s) for each in after if each.bench == bench)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(times))


def test_a_bench_that_comes_back_is_planned_from_then_on() -> None:
    hall = twenty(3, due=False)
    before = greedy(hall).placed
    rest = rest_after(hall, before, failed=0, now_s=100, back_s=160)
    assert rest.hall.benches[0].free_s == 60
    after = replan(before, rest, now_s=100, effort=Effort(seconds=1, workers=1)).placed
    assert min(each.start_s for each in after if each.bench == 0 and each.end_s > 100) >= 160


def test_a_hall_that_makes_no_sense_is_refused_whole() -> None:
    with pytest.raises(ValueError, match=r"batch 0: there is no family 4.*batch 1: no bench can verify it"):
        Hall((Bench(),), (Batch(4, (1,)), Batch(0, (None,))))
    with pytest.raises(ValueError, match="change-over 0 to 1 takes longer than by way of 2"):
        Hall((Bench(),), (), ((0, 9, 1), (9, 0, 1), (1, 1, 0)))
