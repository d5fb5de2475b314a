"""Whatever people do to a plan by hand, no stop is lost, and vehicles are loaded in reverse order of their stops."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wms.shipping.rules import Load, Place, moved, numbered, parcels, portions, ranks

vehicles = st.sampled_from(["", "A", "B", "C"])
moves = st.lists(st.tuples(st.integers(1, 6), vehicles, st.integers(1, 3), st.integers(1, 7)), max_size=12)
loads = st.lists(st.tuples(st.sampled_from("NSE"), st.integers(1, 40), st.integers(1, 400)), max_size=15)


@given(moves)
def test_moves_lose_no_stop_and_leave_no_gap(wanted: list[tuple[int, str, int, int]]) -> None:
    places = [Place(stop, "", 0, 0) for stop in range(1, 7)]
    for stop, vehicle, trip, position in wanted:
        places = moved(places, stop, Place(stop, vehicle, trip, position))
        assert sorted(place.stop for place in places) == list(range(1, 7))
        assert places == numbered(places)
        for plate in "ABC":
            mine = [place for place in places if place.vehicle == plate]
            trips = [place.trip for place in mine]
            assert sorted(set(trips)) == list(range(1, len(set(trips)) + 1))
            for number in set(trips):
                there = [place.position for place in mine if place.trip == number]
                assert there == list(range(1, len(there) + 1))


@given(moves)
def test_of_each_vehicle_trips_are_loaded_in_turn_and_stops_in_reverse(wanted: list[tuple[int, str, int, int]]) -> None:
    places = [Place(stop, "", 0, 0) for stop in range(1, 7)]
    for stop, vehicle, trip, position in wanted:
        places = moved(places, stop, Place(stop, vehicle, trip, position))
    turn = ranks(places)
    assert set(turn) == {place.stop for place in places if place.vehicle}
    for plate in "ABC":
        mine = sorted((p for p in places if p.vehicle == plate), key=lambda p: turn[p.stop])
        assert [turn[place.stop] for place in mine] == list(range(1, len(mine) + 1))
        assert all((a.trip, -a.position) < (b.trip, -b.position) for a, b in pairwise(mine))


@given(loads)
def test_parcels_hold_every_line_once_and_fit_unless_one_line_does_not(drawn: list[tuple[str, int, int]]) -> None:
    wanted = [Load(n, district, boxes, boxes * 15, kg) for n, (district, boxes, kg) in enumerate(drawn)]
    found = parcels(wanted, boxes=50, weight_kg=300)
    assert sorted(load.line for parcel in found for load in parcel.loads) == list(range(len(wanted)))
    for parcel in found:
        assert {load.district for load in parcel.loads} == {parcel.district}
        assert len(parcel.loads) == 1 or (parcel.boxes <= 50 and parcel.weight_kg <= 300)


@given(st.lists(st.integers(1, 30), max_size=30))
def test_portions_are_whole_and_each_fits(weights: list[int]) -> None:
    found = portions(weights, boxes=7, weight_kg=60)
    assert [n for first, last in found for n in range(first, last)] == list(range(len(weights)))
    assert all(0 < last - first <= 7 and sum(weights[first:last]) <= 60 for first, last in found)
