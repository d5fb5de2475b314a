"""Tours of a day: every one can be driven, none is forgotten, and none is shorter than the bound."""

from __future__ import annotations

from itertools import permutations
from math import cos, dist, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.effort import Effort
from optimizer.routing.bounds import least_m
from optimizer.routing.fleet import LEFT_M, MOST_M, Round, RoutePlan, Stop, Vehicle, length
from optimizer.routing.planning import greedy, plan
from optimizer.routing.timing import chain
from optimizer.routing.ways import Place, drive_s, roads_m

SHORT = Effort(seconds=0.3)
HOUR_S = 3600


def a_day(stops: list[Stop], vehicles: list[Vehicle], *, trips: int = 1) -> Round:
    """Return a day with stops in a row, 10 km apart, the depot at its end."""
    ways = tuple(tuple(10_000 * abs(a - b) for b in range(len(stops) + 1)) for a in range(len(stops) + 1))
    return Round(tuple(stops), tuple(vehicles), ways, drive_s(ways, km_h=36), trips, 600)


def check(day: Round, found: RoutePlan) -> None:
    served = [stop for tour in found.tours for stop in tour.stops]
    assert sorted([*served, *found.left]) == list(range(len(day.stops)))
    for number in range(len(day.vehicles)):
        mine = [tour for tour in found.tours if tour.vehicle == number]
        assert chain(day, number, [tour.stops for tour in mine]) == mine
    assert found.proof.bound <= found.proof.objective == found.metres + LEFT_M * len(found.left)
    assert [tour.metres for tour in found.tours] == [length(day, tour.stops) for tour in found.tours]


def test_one_vehicle_with_room_goes_out_once_and_that_is_proven() -> None:
    day = a_day([Stop(10, 100) for _ in range(4)], [Vehicle(100, 5000)])
    found = plan(day, SHORT)
    check(day, found)
    assert (len(found.tours), found.metres, found.proof.status) == (1, 80_000, "optimal")


def test_a_small_fleet_goes_twice() -> None:
    day = a_day([Stop(60, 100), Stop(60, 100)], [Vehicle(100, 5000)], trips=2)
    found = plan(day, SHORT)
    check(day, found)
    assert (len(found.tours), found.left) == (2, ())
    first, second = found.tours
    assert second.leaves_s >= first.back_s + day.reload_s


def test_weight_counts_like_boxes() -> None:
    day = a_day([Stop(1, 3000), Stop(1, 3000)], [Vehicle(100, 3000), Vehicle(100, 5000)])
    assert {len(tour.stops) for tour in plan(day, SHORT).tours} == {1}


def test_what_nobody_can_take_is_left_out_and_not_held_against_the_plan() -> None:
    day = a_day([Stop(10, 100), Stop(101, 100)], [Vehicle(100, 5000)])
    found = plan(day, SHORT)
    check(day, found)
    assert (found.left, found.proof.status) == ((1,), "optimal")


def test_hours_of_stops_are_kept() -> None:
    late, early = Stop(1, 1, 0, 9 * HOUR_S, 10 * HOUR_S), Stop(1, 1, 0, 7 * HOUR_S, 8 * HOUR_S)
    day = a_day([late, early], [Vehicle(10, 10, 6 * HOUR_S)])
    (tour,) = plan(day, SHORT).tours
    assert tour.stops == (1, 0) and tour.begins_s[1] >= 9 * HOUR_S


def test_a_vehicle_that_somebody_chose_is_taken() -> None:
    day = a_day([Stop(1, 1), Stop(1, 1, vehicles=(1,))], [Vehicle(10, 10), Vehicle(10, 10)])
    found = plan(day, SHORT)
    check(day, found)
    assert next(tour.vehicle for tour in found.tours if 1 in tour.stops) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_holds_against_every_order_of_a_small_day(seed: int) -> None:
    places = [Place(30 + (7 * n + 3 * seed) % 11 / 10, 104 + (5 * n + seed) % 13 / 10) for n in range(6)]
    ways = roads_m(places)
    day = Round(tuple(Stop(3, 30) for _ in range(5)), (Vehicle(100, 1000),), ways, drive_s(ways, km_h=80))
    best = min(length(day, order) for order in permutations(range(5)))
    assert least_m(day, range(5)) <= best == plan(day, SHORT).metres


Wish = tuple[int, int, int]


def drawn(stops: list[Wish], seed: int, trips: int) -> Round:
    """Return a day with stops of (boxes, kg, hour from which), spread by the seed."""
    nodes = range(len(stops) + 1)
    ways = roads_m([Place(30 + (seed * n % 17) / 60, 104 + (seed * n % 23) / 60) for n in nodes])
    wanted = tuple(Stop(boxes, kg, 600, hour * HOUR_S, (hour + 8) * HOUR_S) for boxes, kg, hour in stops)
    fleet = (Vehicle(60, 900, 6 * HOUR_S, 22 * HOUR_S), Vehicle(40, 700, 6 * HOUR_S, 22 * HOUR_S))
    return Round(wanted, fleet, ways, drive_s(ways, km_h=40), trips, 1800)


wishes = st.tuples(st.integers(0, 50), st.integers(0, 800), st.integers(6, 14))
days = st.builds(drawn, st.lists(wishes, max_size=7), st.integers(1, 1000), st.integers(1, 3))


@settings(max_examples=60, deadline=None)
@given(days)
def test_the_plan_at_once_can_always_be_driven(day: Round) -> None:
    check(day, greedy(day))


@settings(max_examples=12, deadline=None)
@given(days)
def test_search_gives_what_can_be_driven_and_is_never_worse(day: Round) -> None:
    found = plan(day, Effort(seconds=0.2, work=40))
    check(day, found)
    assert found.proof.objective <= greedy(day).proof.objective


def test_a_day_that_makes_no_sense_is_refused_with_every_fault() -> None:
    with pytest.raises(ValueError, match=r"ways_m must lie.*stop 0 makes no sense.*vehicle 0 makes no sense"):
        Round((Stop(-1, 1),), (Vehicle(0, 1),), ((0, MOST_M + 1), (1, 0)), ((0, 1), (1, 0)))


def test_an_instance_whose_optimum_is_known_is_solved() -> None:
    """P-n16-k8 of Augerat et al. (CVRPLIB): 15 stops, capacity 35, optimum 450 in distances rounded to whole ones."""
    nodes = [(30, 40), (37, 52), (49, 49), (52, 64), (31, 62), (52, 33), (42, 41), (52, 41), (57, 58), (62, 42),
             (42, 57), (27, 68), (43, 67), (58, 48), (58, 27), (37, 69)]  # fmt: skip
    demands = (19, 30, 16, 23, 11, 31, 15, 28, 8, 8, 7, 14, 6, 19, 11)
    ways = tuple(tuple(round(dist(a, b)) for b in nodes) for a in nodes)
    day = Round(tuple(Stop(boxes, 1) for boxes in demands), (Vehicle(35, 100),) * 9, ways, ways)
    found = plan(day, Effort(seconds=2, work=2_000))
    check(day, found)
    assert 0.7 * 450 < least_m(day, range(15)) <= found.metres == 450


def test_stops_on_a_circle_are_driven_as_the_formula_says_and_the_bound_knows_it() -> None:
    """Each of 4 trips of 5 goes out and back, and along a chord between its stops; no trips can be shorter."""
    per_trip, trips, radius = 5, 4, 50_000.0
    count = per_trip * trips
    ring = [(radius * cos(2 * pi * n / count), radius * sin(2 * pi * n / count)) for n in range(count)]
    ways = tuple(tuple(round(dist(a, b)) for b in [(0.0, 0.0), *ring]) for a in [(0.0, 0.0), *ring])
    day = Round((Stop(1, 1),) * count, (Vehicle(per_trip, 100),) * trips, ways, ((0,) * (count + 1),) * (count + 1))
    found = plan(day, Effort(seconds=2, work=500))
    best = trips * 2 * radius + (count - trips) * 2 * radius * sin(pi / count)
    check(day, found)
    assert abs(found.metres - best) <= count  # ways are whole metres
    assert 0.99 * best < least_m(day, range(count)) <= found.metres
