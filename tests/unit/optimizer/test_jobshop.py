from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.effort import Effort, Proof
from optimizer.jobshop.reading import BadShop, read
from optimizer.jobshop.shop import Choice, Shop, faults, span
from optimizer.jobshop.solving import schedule
from optimizer.jobshop.start import construct

TINY = "2 2 1.5\n2 2 1 3 2 5 1 2 4\n1 2 1 6 2 2\n"
SHORT = Effort(seconds=2.0, workers=1)

choices = st.dictionaries(st.integers(0, 2), st.integers(0, 9), min_size=1, max_size=3).map(
    lambda times: tuple(Choice(machine, time) for machine, time in times.items())
)
shops = st.lists(st.lists(choices, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4).map(
    lambda jobs: Shop(3, tuple(jobs))
)


def text_of(shop: Shop, between: str, average: str) -> str:
    lines = [f"{len(shop.jobs)} {shop.machines}{average}"]
    for job in shop.jobs:
        words = [str(len(job))]
        for operation in job:
            words += [str(len(operation)), *(f"{c.machine + 1} {c.time}" for c in operation)]
        lines.append(between.join(words))
    return "\n".join(lines) + "\n"


def shortest(shop: Shop) -> int:
    """The best makespan by trying every order of operations with every choice; any optimum is among them."""
    steps = [j for j, job in enumerate(shop.jobs) for _ in job]
    best = sum(max(c.time for c in o) for job in shop.jobs for o in job)
    for picks in itertools.product(*(operation for job in shop.jobs for operation in job)):
        pick = dict(zip(((j, o) for j, job in enumerate(shop.jobs) for o in range(len(job))), picks, strict=True))
        for order in set(itertools.permutations(steps)):
            machine, job, done = [0] * shop.machines, [0] * len(shop.jobs), [0] * len(shop.jobs)
            for j in order:
                choice = pick[j, done[j]]
                job[j] = machine[choice.machine] = max(job[j], machine[choice.machine]) + choice.time
                done[j] += 1
            best = min(best, max(job))
    return best


@given(shop=shops, between=st.sampled_from([" ", "\n", "  \t ", "\n\n"]), average=st.sampled_from(["", " 2", " 1.5"]))
def test_a_shop_is_read_back_however_it_is_spaced(shop: Shop, between: str, average: str) -> None:
    assert read(text_of(shop, between, average)) == shop


@given(shop=shops, average=st.sampled_from([" 1.5", " 2.0"]))
def test_a_shop_in_one_line_is_read(shop: Shop, average: str) -> None:
    assert read(text_of(shop, " ", average).replace("\n", " ")) == shop


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert read("\ufeff" + TINY.replace("\n", "\r\n\r\n  \r\n")) == read(TINY)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["line 1: the file is empty"]),
        ("2", ["line 1: ends before the number of machines"]),
        ("x 2\n1 1 1 1", ["line 1: the number of jobs is no whole number: x"]),
        ("0 2\n", ["line 1: the number of jobs is 0, not 1 to 5000"]),
        ("1 2\n\n1 1 3 5", ["line 3: a machine of operation 1 of job 1 is 3, not 1 to 2"]),
        ("1 2\n1 1 0 5", ["line 2: a machine of operation 1 of job 1 is 0, not 1 to 2"]),
        ("1 2\n1 1 1 -5", ["line 2: a time of operation 1 of job 1 is -5, not 0 to 1000000"]),
        ("1 2\n1 1 1 2.5", ["line 2: a time of operation 1 of job 1 is no whole number: 2.5"]),
        ("1 2\n1 0", ["line 2: the number of choices of operation 1 of job 1 is 0, not 1 to 5000"]),
        ("1 2\n1 1 1 5 7", ["line 2: job 1 has 1 numbers too many"]),
        ("2 2\n1 1 9 5\n1 1 1", ["line 2: a machine of operation 1 of job 1 is 9, not 1 to 2",
                                 "line 3: ends before a time of operation 1 of job 2"]),
        ("3 2\n1 1 1 5\n1 1 1 4", ["line 3: ends before the number of operations of job 3"]),
    ],
)  # fmt: skip
def test_every_bad_line_is_named(text: str, problems: list[str]) -> None:
    with pytest.raises(BadShop) as caught:
        read(text)
    assert list(caught.value.problems) == problems


@given(shop=shops, seed=st.integers(0, 99))
def test_the_start_is_a_schedule_and_the_same_for_the_same_seed(shop: Shop, seed: int) -> None:
    placed = construct(shop, seed)
    assert faults(shop, placed) == []
    assert construct(shop, seed) == placed


@settings(max_examples=15, deadline=None)
@given(shop=shops.filter(lambda shop: shop.operations <= 5))
def test_small_shops_are_solved_to_the_optimum_of_enumeration(shop: Shop) -> None:
    found = schedule(shop, SHORT)
    assert faults(shop, found.placed) == []
    assert found.makespan == found.proof.bound == shortest(shop)


def test_workers_in_lockstep_give_the_same_schedule_again() -> None:
    jobs = tuple(tuple((Choice(o % 3, 2 + j), Choice((o + j) % 3, 3 + o)) for o in range(3)) for j in range(4))
    effort = Effort(seconds=60, seed=5, workers=2, work=5.0)
    first, second = (schedule(Shop(3, jobs), effort) for _ in range(2))
    assert first.placed == second.placed


def test_a_budget_that_is_cut_leaves_a_schedule_no_worse_than_the_start_and_a_bound_below() -> None:
    jobs = tuple(tuple((Choice(o % 8, 3 + j % 5), Choice((o + j) % 8, 3 + o % 4)) for o in range(8)) for j in range(15))
    shop, told = Shop(8, jobs), list[tuple[float, float]]()
    found = schedule(shop, Effort(seconds=0.5, workers=1), lambda best, bound: told.append((best, bound)))
    assert faults(shop, found.placed) == []
    assert 0 < found.proof.bound <= found.makespan <= span(construct(shop, 1))
    assert told[0] == (span(construct(shop, 1)), 0)
    assert min(best for best, _ in told) >= found.makespan


def test_faults_of_a_schedule_are_found() -> None:
    shop = read(TINY)
    placed = construct(shop, 1)
    assert faults(shop, placed[1:]) == ["not every operation is placed once"]
    moved = tuple(type(p)(p.job, p.operation, p.machine, 0, p.end - p.start) for p in placed)
    assert any("before the one ahead" in fault for fault in faults(shop, moved))


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"seconds": 1e9}, {"workers": 0}, {"seed": -1}, {"work": 0}])
def test_a_budget_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must lie|must be"):
        Effort(**wrong)  # type: ignore[arg-type]


def test_gap_is_a_share_of_the_bound() -> None:
    assert Proof(110, 100, 0).gap == pytest.approx(0.1)
    assert (Proof(0, 0, 0).gap, Proof(0, 0, 0).status) == (0.0, "optimal")
