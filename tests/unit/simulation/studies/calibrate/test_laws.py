"""Samples drawn by known laws are known again; what is no sample of anything is told as such."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.studies.calibrate.fitting import mtbf
from simulation.studies.calibrate.laws import look

CHANCE = np.random.default_rng(20_261_121)
DRAWN = {
    "exponential": CHANCE.exponential(300.0, 200),
    "lognormal": CHANCE.lognormal(3.0, 0.8, 200),
    "uniform": CHANCE.uniform(0.9, 1.1, 200),
    "normal": CHANCE.normal(0.0, 5.0, 200),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_law_is_known_again(name: str) -> None:
    found = look(DRAWN[name].tolist())
    assert found.law.name == name
    assert found.law.p_value is not None
    assert found.law.p_value >= 0.05


def test_parameters_are_in_the_unit_of_the_sample() -> None:
    scale = dict(look(DRAWN["exponential"].tolist()).law.parameters)["scale"]
    assert scale == pytest.approx(float(DRAWN["exponential"].mean()))
    logs = np.log(DRAWN["lognormal"])
    found = dict(look(DRAWN["lognormal"].tolist()).law.parameters)
    assert (np.log(found["scale"]), found["s"]) == pytest.approx((logs.mean(), logs.std()), rel=1e-3)


def test_two_modes_are_no_law_but_a_sample() -> None:
    both = np.concatenate([CHANCE.normal(10, 0.1, 100), CHANCE.normal(50, 0.1, 100)])
    found = look(CHANCE.permutation(both).tolist())
    assert (found.law.name, found.law.why_not) == ("empirical", "refused")
    assert found.low < 30 < found.high


def test_a_machine_that_gets_slower_is_not_fitted() -> None:
    found = look((np.arange(100) + CHANCE.normal(0, 5, 100)).tolist())
    assert found.law.why_not == "trend"


def test_neighbours_that_tell_the_next_are_not_fitted() -> None:
    noise = CHANCE.normal(0, 1, 300)
    wave = [10.0]
    for one in noise:
        wave.append(10 + 0.8 * (wave[-1] - 10) + float(one))
    assert look(wave).law.why_not in ("correlated", "trend")


@pytest.mark.parametrize(("values", "why"), [([1.0, 2.0, 4.0], "few"), ([3.0] * 50, "constant"), ([5.0], "few")])
def test_few_or_equal_values_stay_as_they_are(values: list[float], why: str) -> None:
    found = look(values)
    assert found.law.why_not == why
    assert found.low <= found.mean <= found.high


def test_nothing_to_see_is_said() -> None:
    with pytest.raises(ValueError, match="no values"):
        look([])
    with pytest.raises(ValueError, match="no failure"):
        mtbf(10.0, 0)


def test_the_interval_of_a_mean_holds_it_as_often_as_it_says() -> None:
    inside = 0
    for _ in range(300):
        found = look(CHANCE.exponential(1.0, 10).tolist())
        inside += found.low <= 1.0 <= found.high
    assert inside >= 0.85 * 300  # skewed and few: known to be a little short of 95 %


def test_mtbf_holds_the_truth_as_often_as_it_says() -> None:
    inside = 0
    for stops in CHANCE.poisson(100.0 / 8.0, 1_000):
        found = mtbf(100.0, int(stops))
        inside += found.low <= 8.0 <= found.high
    assert inside >= 930
