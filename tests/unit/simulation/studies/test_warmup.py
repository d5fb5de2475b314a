import numpy as np
import pytest

from simulation.studies.statistics.warmup import Cut, filled, mser5, welch


def falling(count, tau, height, *, runs, seed=1):
    """The mean over runs of 100 + height exp(-t / tau) with noise."""
    at = np.arange(count)
    noise = np.random.default_rng(seed).normal(0, 5, (runs, count)).mean(axis=0)
    return 100 + height * np.exp(-at / tau) + noise


def test_a_bias_that_is_known_is_cut_off_and_little_more():
    series = falling(400, 20, 60, runs=20)
    cut = mser5(series.tolist())
    assert 20 <= cut.entries <= 160  # one to eight time constants
    assert not cut.at_limit
    assert abs(series[cut.entries :].mean() - 100) < abs(series.mean() - 100) / 3


def test_a_series_without_bias_is_hardly_cut():
    cuts = [mser5(falling(400, 1, 0, runs=20, seed=seed).tolist()) for seed in range(20)]
    assert np.median([cut.entries for cut in cuts]) <= 40


def test_a_series_that_never_settles_says_so():
    assert mser5(np.arange(400.0).tolist()).at_limit
    assert mser5(falling(100, 300, 60, runs=50).tolist()).at_limit


def test_a_short_series_is_left_alone_and_said_to_be_unsettled():
    assert mser5([1.0] * 19) == Cut(0, at_limit=True)


def test_the_moving_average_keeps_a_line_and_takes_the_noise_out():
    assert welch(list(range(20)), 3) == tuple(map(float, range(20)))
    noisy = falling(400, 1, 0, runs=1).tolist()
    assert np.std(welch(noisy, 10)[10:-10]) < np.std(noisy) / 3
    with pytest.raises(ValueError, match="0 values"):
        welch([1.0], -1)


def test_gaps_take_the_value_before():
    assert filled([None, None]) == [0.0, 0.0]
    assert filled([None, 3.0, None]) == [3.0, 3.0, 3.0]
