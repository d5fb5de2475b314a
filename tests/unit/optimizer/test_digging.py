from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.digging.plans import DigPlan, NoRoom, dig


def fewest(lanes: tuple[tuple[int, ...], ...], order: tuple[int, ...]) -> int:
    """The fewest moves inside the rack, by breadth-first search over every state."""
    states, moves = {(lanes, order)}, 0
    while states:
        closed = set[tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]]()
        for state, left in states:
            now, rest = state, left
            while (
                rest
                and (at := next((i for i, lane in enumerate(now) if lane and lane[-1] == rest[0]), None)) is not None
            ):
                now, rest = (*now[:at], now[at][:-1], *now[at + 1 :]), rest[1:]
            if not rest:
                return moves
            closed.add((now, rest))
        states = {
            (tuple(lane[:-1] if i == a else (*lane, now[a][-1]) if i == b else lane for i, lane in enumerate(now)), rest)  # noqa: E501
            for now, rest in closed
            for a in range(len(now)) if now[a]
            for b in range(len(now)) if b != a and len(now[b]) < 2
        }  # fmt: skip
        moves += 1
    raise AssertionError("no plan at all")


racks = st.lists(st.integers(0, 2), min_size=2, max_size=4).flatmap(
    lambda sizes: st.permutations(range(sum(sizes))).map(
        lambda units: tuple(tuple(units[sum(sizes[:i]) : sum(sizes[: i + 1])]) for i in range(len(sizes)))
    )
)


def carried_out(lanes: tuple[tuple[int, ...], ...], plan: DigPlan) -> list[int]:
    stands, out = [list(lane) for lane in lanes], list[int]()
    for step in plan.steps:
        assert stands[step.source].pop() == step.unit
        (out if step.target is None else stands[step.target]).append(step.unit)
        assert all(len(lane) <= 2 for lane in stands)
    return out


@settings(max_examples=80, deadline=None)
@given(lanes=racks, count=st.integers(0, 5))
def test_plans_can_be_carried_out_and_lie_between_bound_and_a_little_above_the_fewest(
    lanes: tuple[tuple[int, ...], ...], count: int
) -> None:
    order = tuple(range(min(count, sum(map(len, lanes)))))
    try:
        plan = dig(lanes, order)
    except NoRoom:
        assert sum(map(len, lanes)) >= 2 * len(lanes) - 1
        return
    assert carried_out(lanes, plan) == list(order)
    assert plan.proof.bound <= fewest(lanes, order) <= plan.proof.objective <= plan.proof.bound + 2


def test_a_unit_that_goes_out_later_is_not_put_in_the_way() -> None:
    plan = dig([[0, 2], [1], [3]], [0, 1, 2, 3])
    assert (plan.steps[0].unit, plan.steps[0].target) == (2, 2)
    assert plan.proof.status == "optimal"


def test_a_full_rack_has_no_room() -> None:
    with pytest.raises(NoRoom, match="lane 0: no free place for unit 2"):
        dig([[1, 2], [3, 4]], [1])


@pytest.mark.parametrize(("lanes", "order"), [([[1, 1]], [1]), ([[1]], [2]), ([[1]], [1, 1]), ([[1, 2, 3]], [1])])
def test_racks_that_cannot_be_are_refused(lanes: list[list[int]], order: list[int]) -> None:
    with pytest.raises(ValueError, match=r"lane holds|each unit"):
        dig(lanes, order)
