"""The theory's side alone, against hand computation, enumeration and published figures."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from plc.plant.travel import crane_travel_s
from simulation.validate.axes import Axis, Grid, move_s
from simulation.validate.bounds import OutOfBounds
from simulation.validate.curve import Curve, read_curve
from simulation.validate.interval import estimated, student_t
from simulation.validate.pair import Pair
from simulation.validate.rack import Rack
from simulation.validate.textbook import closed_form_s, continuous_s, fem_s

# Three cranes, travel only: rack, single and dual cycle by numerical integration elsewhere, checked by drawing points.
PALLET = Rack(80, 24, 80, 24, vx=160 / 60, ax=0.5, vy=50 / 60, ay=0.5, fork_s=0)
MINILOAD = Rack(40, 10, 80, 20, vx=4, ax=2, vy=1.5, ay=1.5, fork_s=0)
UNIT_LOAD = Rack(60, 12, 60, 12, vx=3, ax=0.5, vy=1, ay=0.6, fork_s=0)


@pytest.mark.parametrize(
    ("rack", "single_s", "dual_s"),
    [(PALLET, 46.751, 64.238), (MINILOAD, 14.889, 20.529), (UNIT_LOAD, 32.408, 44.944)],
)
def test_means_with_acceleration(rack: Rack, single_s: float, dual_s: float) -> None:
    assert continuous_s(rack) == pytest.approx((single_s, dual_s), abs=6e-4)
    assert (rack.grid().single_s(), rack.grid().dual_s()) == pytest.approx((single_s, dual_s), rel=1e-3)


def test_counting_pairs_by_distance_is_counting_pairs() -> None:
    rack = Rack(11.0, 7.0, 5, 4, vx=1.5, ax=0.4, vy=0.7, ay=0.3, fork_s=6)
    crane, centres = rack.crane(), rack.centres()
    out = [crane_travel_s(crane, (0, 0), place) for place in centres]
    between = [crane_travel_s(crane, a, b) for a, b in itertools.permutations(centres, 2)]
    assert rack.grid().single_s() == pytest.approx(2 * np.mean(out) + 12)
    assert rack.grid().dual_s() == pytest.approx(2 * np.mean(out) + np.mean(between) + 24)
    assert rack.grid().service_s() == pytest.approx((2 * np.mean(out) + 12, np.mean((2 * np.array(out) + 12) ** 2)))


def test_positioning_comes_with_every_move_but_none_on_the_spot() -> None:
    grid = Grid(Axis(0.0, 1.0, 2, 1.0, math.inf), Axis(0.0, 1.0, 1, 1.0, math.inf), fork_s=2.0, positioning_s=0.5)
    assert grid.out_s().tolist() == [[0.0], [1.5]]
    assert (grid.single_s(), grid.between_s()) == (5.5, 1.5)
    assert grid.test_cycles_s((1, 0), (0, 0)) == (7.0, 4.0, 11.0)


def test_a_move_speeds_up_and_slows_down() -> None:
    # 4.5 m at 0.5 m/s2: a triangle, 2 sqrt(9) = 6 s; 20 m at 2 m/s: 10 s and a ramp of 4 s
    assert move_s([0.0, 4.5, 20.0], 2.0, 0.5).tolist() == pytest.approx([0.0, 6.0, 14.0])


def test_constant_speed_is_the_limit_of_the_integrals() -> None:
    free = replace(UNIT_LOAD, ax=math.inf, ay=math.inf)
    assert continuous_s(free) == pytest.approx(closed_form_s(free), rel=1e-6)


def test_fem_is_exact_where_rack_and_crane_are_square_in_time() -> None:
    square = Rack(30, 10, 30, 10, vx=3, vy=1, ax=math.inf, ay=math.inf, fork_s=0)  # T = 10 s, b = 1
    assert fem_s(square) == pytest.approx((40 / 3, 18.0))
    assert closed_form_s(square) == pytest.approx((40 / 3, 18.0))


@pytest.mark.parametrize(
    ("curve", "full", "two", "three"),
    [("20/60", 0.4908, 0.5459, 0.5176), ("20/80", 0.3275, 0.4273, 0.3750)],
)
def test_ways_by_class_are_the_published_ones(curve: str, full: float, two: float, three: float) -> None:
    read = read_curve(curve)
    assert read.by_turnover() == pytest.approx(full, abs=6e-5)
    assert read.by_class(read.best_ends(2)) == pytest.approx(two, abs=1e-4)
    assert read.by_class(read.best_ends(3)) == pytest.approx(three, abs=1e-4)
    assert read.by_class((1.0,)) == pytest.approx(2 / 3)


def test_classes_without_end_are_full_turnover() -> None:
    curve = Curve(0.2, 0.6)
    assert curve.by_class([n / 2000 for n in range(1, 2001)]) == pytest.approx(curve.by_turnover(), rel=1e-4)


@pytest.mark.parametrize("curve", ["80/20", "20", "0/60", "20/100", "20/60/3", "a/b", "", "60/60"])
def test_what_is_no_curve_is_refused(curve: str) -> None:
    with pytest.raises(OutOfBounds, match="--curve"):
        read_curve(curve)


@pytest.mark.parametrize("buffer", [0, 1, 2, 5])
def test_equal_stations_wait_one_level_of_all(buffer: int) -> None:
    pair = Pair(buffer=buffer)
    assert pair.shares() == pytest.approx((1 / (buffer + 3), 1 / (buffer + 3)))
    assert pair.per_hour() == pytest.approx(120 * (buffer + 2) / (buffer + 3))


def test_what_comes_in_goes_out() -> None:
    pair = Pair(mean_1_s=20, mean_2_s=35, buffer=3)
    blocked, starved = pair.shares()
    assert (1 - blocked) / 20 == pytest.approx((1 - starved) / 35)


@pytest.mark.parametrize(
    ("freedom", "confidence", "point"),
    [(19, 0.95, 2.0930), (19, 0.998, 3.5794), (19, 0.9999, 4.8973), (29, 0.99, 2.7564), (9_999, 0.95, 1.9602)],
)
def test_students_t_is_that_of_the_tables(freedom: int, confidence: float, point: float) -> None:
    assert student_t(freedom, confidence) == pytest.approx(point, rel=2e-3)


def test_intervals_hold_as_often_as_they_say() -> None:
    draws = np.random.default_rng(7).exponential(10.0, (2_000, 200))
    held = [abs(e.mean - 10.0) <= e.half_width(0.95) for e in map(estimated, draws)]
    assert 0.93 < np.mean(held) < 0.97


def test_too_few_samples_make_no_interval() -> None:
    with pytest.raises(ValueError, match="19 samples are too few"):
        estimated([1.0] * 19)
