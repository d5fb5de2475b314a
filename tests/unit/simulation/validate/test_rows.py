"""The rule by which a row holds or fails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from simulation.validate.interval import Estimate, estimated
from simulation.validate.rows import Experiment, Figure, Look, weigh


def fixed(mean: float, *, second: float | None = None, tolerance: float = 0.0) -> Experiment:
    """Return an experiment of theory 10 and standard error 0.1 that says `mean`, at the second look `second`."""

    def run(look: Look) -> Sequence[Estimate]:
        return [Estimate(mean if look.number == 1 or second is None else second, 0.1, 999)]

    return Experiment("key", "title", (Figure("wait", 10.0, "s", "", tolerance),), run, "draws")


def drawn(mean: float, name: int = 0) -> Experiment:
    def run(look: Look) -> Sequence[Estimate]:
        return [estimated(look.draws(f"x {name}").normal(mean, 1.0, 50 * look.factor))]

    return Experiment("key", "title", (Figure("x", 0.0, "s", ""),), run, "draws")


def test_a_row_holds_within_its_interval() -> None:
    (row,) = weigh([fixed(10.19)], 1)
    assert (row.holds, row.looks, row.half_width) == (True, 1, pytest.approx(0.1962, abs=1e-3))


def test_a_row_that_misses_is_looked_at_once_more() -> None:
    (held,), (failed,) = weigh([fixed(10.5, second=10.1)], 1), weigh([fixed(10.5)], 1)
    assert (held.holds, held.looks, held.mean) == (True, 2, 10.1)
    assert (failed.holds, failed.looks) == (False, 2)


def test_a_tolerance_is_added_and_no_more() -> None:
    assert weigh([fixed(10.5, tolerance=0.31)], 1)[0].holds
    assert not weigh([fixed(10.5, tolerance=0.29)], 1)[0].holds


def test_without_chance_only_rounding_is_forgiven() -> None:
    def said(mean: float) -> Experiment:
        return Experiment("key", "title", (Figure("x", 10.0, "s", ""),), lambda look: [Estimate(mean)], "none")

    assert weigh([said(10.000005)], 1)[0].holds
    assert not weigh([said(10.00002)], 1)[0].holds


def test_more_rows_together_have_wider_intervals() -> None:
    alone, together = weigh([fixed(10.0)], 1)[0], weigh([fixed(10.0)] * 30, 1)[0]
    assert together.half_width / alone.half_width == pytest.approx(3.144 / 1.962, rel=1e-2)


def test_true_pages_hold_whatever_the_seed_and_wrong_ones_fail() -> None:
    true = [all(row.holds for row in weigh([drawn(0.0, name) for name in range(20)], seed)) for seed in range(200)]
    assert all(true)
    assert not any(weigh([drawn(0.8)], seed)[0].holds for seed in range(200))


def test_the_same_seed_draws_the_same_and_another_look_anew() -> None:
    def first(look: Look) -> float:
        return float(look.draws("x").random())

    assert first(Look(1)) == first(Look(1))
    assert len({first(Look(1)), first(Look(2)), first(Look(1, 2)), float(Look(1).draws("y").random())}) == 4


def test_how_far_it_is_goes_up_to_all() -> None:
    told: list[float] = []
    weigh([fixed(10.0), fixed(10.5)], 1, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
