import numpy as np
import pytest

from simulation.studies.findings import Interval
from simulation.studies.statistics.intervals import paired, pairwise, quantile, relative, t_interval
from simulation.studies.statistics.stopping import Enough


def covered(draw, truth, *, runs=2000, confidence=0.9):
    return np.mean([(of := t_interval(draw(), confidence)).low <= truth <= of.high for _ in range(runs)])


def test_an_interval_of_normal_values_covers_the_mean_as_often_as_it_says():
    chance = np.random.default_rng(1)
    # 2,000 tries: the share has a standard deviation of .0067
    assert covered(lambda: chance.normal(5, 2, 6).tolist(), 5) == pytest.approx(0.9, abs=0.02)


def test_an_interval_of_the_wait_in_a_queue_covers_what_pollaczek_and_khinchine_say():
    """M/M/1 at rho = 0.5 and a service of 1: the mean wait is 1. Runs of 400 customers after 100, ten replications."""
    chance = np.random.default_rng(2)
    runs, each, customers = 600, 10, 500
    gaps, serves = chance.exponential(2, (runs * each, customers)), chance.exponential(1, (runs * each, customers))
    wait, total = np.zeros(runs * each), np.zeros(runs * each)
    for n in range(1, customers):
        wait = np.maximum(0, wait + serves[:, n - 1] - gaps[:, n])
        total += wait if n >= 100 else 0
    means = (total / (customers - 100)).reshape(runs, each)
    assert np.mean([t_interval(row.tolist(), 0.9).low <= 1 <= t_interval(row.tolist(), 0.9).high for row in means]) == (
        pytest.approx(0.9, abs=0.04)
    )


def test_common_random_numbers_make_the_interval_of_the_difference_narrower():
    chance = np.random.default_rng(3)
    common = chance.normal(0, 5, 20)
    first, second = 50 + common + chance.normal(0, 1, 20), 51 + common + chance.normal(0, 1, 20)
    alone = t_interval(first.tolist()).half_width
    assert paired(first.tolist(), second.tolist()).half_width < alone / 2
    assert paired(first.tolist(), second.tolist()).low <= 1 <= paired(first.tolist(), second.tolist()).high


def test_all_pairs_hold_together_as_often_as_they_say():
    chance, truth = np.random.default_rng(4), {"a": 0.0, "b": 1.0, "c": 3.0, "d": 3.0}
    whole = 0
    for _ in range(1000):
        found = pairwise({name: chance.normal(mean, 1, 8).tolist() for name, mean in truth.items()}, 0.9)
        whole += all(of.low <= truth[b] - truth[a] <= of.high for (a, b), of in found.items())
    assert len(found) == 6
    assert whole / 1000 >= 0.9 - 0.02  # Bonferroni promises no less


def test_quantiles_are_those_of_the_table():
    assert [round(quantile(0.975, n), 3) for n in (1, 4, 30)] == [12.706, 2.776, 2.042]


def test_one_replication_has_no_interval_and_equal_ones_have_a_certain_one():
    assert t_interval([3.0]) == Interval(3.0, None, 1, 0.95)
    assert relative(t_interval([3.0])) == float("inf")
    assert relative(t_interval([0.0, 0.0])) == 0.0
    assert relative(Interval(0.0, 1.0, 5, 0.95)) == float("inf")


@pytest.mark.parametrize(("values", "confidence"), [([], 0.95), ([1.0], 0.0), ([1.0], 1.0)])
def test_what_has_no_interval_is_refused(values, confidence):
    with pytest.raises(ValueError):
        t_interval(values, confidence)


def test_stopping_at_a_relative_half_width_covers_nearly_as_often_as_it_says():
    chance, rule, hits = np.random.default_rng(5), Enough(10, 400, 0.05), 0
    for _ in range(400):
        seen = chance.normal(10, 3, 10).tolist()
        while not rule.stops(len(seen), [t_interval(seen)]):
            seen.append(float(chance.normal(10, 3)))
        hits += abs(t_interval(seen).mean - 10) <= 0.5
    assert hits / 400 == pytest.approx(0.95, abs=0.035)


def test_a_study_goes_on_to_the_least_and_ends_at_the_most():
    narrow, wide, rule = Interval(10, 0.1, 3, 0.95), Interval(10, 5, 3, 0.95), Enough(5, 8, 0.05)
    assert not rule.stops(4, [narrow])
    assert rule.stops(5, [narrow])
    assert not rule.stops(7, [narrow, wide])
    assert rule.stops(8, [wide])
