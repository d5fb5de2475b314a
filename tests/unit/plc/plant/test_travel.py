"""Travel times against hand values."""

from __future__ import annotations

from pathlib import Path

import pytest

from plc.plant.load import load
from plc.plant.places import UnknownPlace
from plc.plant.travel import conveyor_s, crane_cycle_s, crane_travel_s, crane_xy_m, entry_s, trapezoid

PLANT = load(Path(__file__).parents[4] / "plants" / "turnkey.yaml")


@pytest.mark.parametrize(
    ("distance_m", "speed_m_s", "accel_m_s2", "seconds"),
    [
        (7.33, 175 / 60, 0.4, 8.56),
        (8.45, 50 / 60, 0.5, 11.81),
        (24.27, 175 / 60, 0.4, 15.61),
        (31.6, 175 / 60, 0.4, 18.13),
        (8.0, 50 / 60, 0.5, 11.27),
    ],
)
def test_a_move_takes_what_a_public_calculation_sheet_says(
    distance_m: float, speed_m_s: float, accel_m_s2: float, seconds: float
) -> None:
    assert trapezoid(distance_m, speed_m_s, accel_m_s2) == pytest.approx(seconds, abs=0.006)


def test_triangle_and_trapezoid_meet_where_the_speed_is_just_reached() -> None:
    edge_m = 3.0**2 / 0.5
    assert trapezoid(edge_m, 3.0, 0.5) == pytest.approx(trapezoid(edge_m - 1e-9, 3.0, 0.5))


def test_the_slower_axis_of_a_crane_counts() -> None:
    crane = PLANT.cranes["SC1"]
    assert crane_travel_s(crane, (0, 0), (27.0, 0)) == pytest.approx(27 / 2.7 + 2.7 / 0.45 + 1.5)
    assert crane_travel_s(crane, (0, 0), (27.0, 14.4)) == pytest.approx(14.4 / 0.8 + 0.8 / 0.45 + 1.5)
    assert crane_travel_s(crane, (5, 5), (5, 5)) == 0


def test_a_crane_cycle_is_one_move_between_two_fork_cycles() -> None:
    crane = PLANT.cranes["SC1"]
    assert crane_xy_m(PLANT, "A1-2-20-01") == pytest.approx((27.0, 0.0))
    assert crane_cycle_s(PLANT, crane, "A1I", "A1-2-20-01") == pytest.approx(18 + 10 + 6 + 1.5)
    with pytest.raises(UnknownPlace):
        crane_xy_m(PLANT, "L1")


def test_a_belt_moves_at_its_speed() -> None:
    segment = PLANT.segments["L3-A1I"]
    assert conveyor_s(segment) == pytest.approx(16.0)
    assert entry_s(PLANT, segment) == pytest.approx(4.8)
