import numpy as np
import pytest

from simulation.studies.statistics.selection import select


def slippage(chance, *, systems, common, replications=2000):
    """The best is better than all others by the indifference, 1: the hardest case."""
    noise = chance.normal(0, 4, (systems, replications)) * np.sqrt(1 - common)
    shared = chance.normal(0, 4, replications) * np.sqrt(common)
    means = np.zeros(systems)
    means[3] = 1.0
    return means[:, None] + noise + shared


def tried(common):
    chance, right, used = np.random.default_rng(11), 0, []
    for _ in range(150):
        choice = select(slippage(chance, systems=6, common=common), first=10, indifference=1.0)
        right += choice.best == 3
        used.append(choice.used)
        assert choice.sure
    return right / 150, float(np.mean(used))


def test_the_best_is_found_as_often_as_it_says_and_sooner_with_common_random_numbers():
    apart, used_apart = tried(0.0)
    together, used_together = tried(0.5)
    assert apart >= 0.95 - 0.02
    assert together >= 0.95 - 0.02
    assert used_together < 0.75 * used_apart


def test_too_few_replications_leave_candidates_and_no_certainty():
    choice = select(
        slippage(np.random.default_rng(1), systems=6, common=0.0, replications=12), first=10, indifference=1
    )
    assert not choice.sure
    assert len(choice.left) > 1
    assert choice.best in choice.left


def test_what_is_far_apart_is_told_at_once():
    values = np.array([[10.0], [20.0], [5.0]]) + np.random.default_rng(1).normal(0, 0.1, (3, 10))
    choice = select(values, first=10, indifference=0.5)
    assert (choice.best, choice.left, choice.used) == (1, (1,), 10)


def test_equal_ones_are_as_good_as_each_other():
    assert select(np.ones((3, 10)), first=5, indifference=0.1).sure


@pytest.mark.parametrize(("first", "indifference"), [(1, 1.0), (11, 1.0), (5, 0.0)])
def test_terms_that_promise_nothing_are_refused(first, indifference):
    with pytest.raises(ValueError):
        select(np.ones((2, 10)), first=first, indifference=indifference)


def test_differences_that_are_nothing_at_first_do_not_make_it_certain():
    shared = np.array([22.0, 19.0, 13.0, 22.0, 16.0])
    choice = select(np.array([shared, shared - [0, 0, 0, 2.7, 0]]), first=3, indifference=0.9, chance=0.9)
    assert not choice.sure
    assert choice.left == (0, 1)
    assert select(np.array([shared, shared]), first=3, indifference=0.9).sure
