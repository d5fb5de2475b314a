"""Places as strings and on the wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from plc.plant.load import load
from plc.plant.places import UnknownPlace, is_slot, parse_slot, place, slot_id, slots, spot
from plc.telegram import Spot

PLANT = load(Path(__file__).parents[4] / "plants" / "turnkey.yaml")


def test_the_demo_plant_has_1600_slots_in_a_stable_order() -> None:
    names = list(slots(PLANT))
    assert len(names) == len(set(names)) == 1600
    assert (names[0], names[-1]) == ("A1-1-01-01", "A2-2-40-10")
    assert names == list(slots(PLANT))


def test_every_slot_and_point_goes_over_the_wire_and_back() -> None:
    for name in (*slots(PLANT), *PLANT.points):
        assert place(PLANT, spot(PLANT, name)) == name
    assert spot(PLANT, "A2-1-05-03") == Spot(2, 1, 5, 3, 1)
    assert spot(PLANT, "GI") == Spot(x=1)
    assert spot(PLANT, "SC1") == Spot()
    assert place(PLANT, Spot()) == ""


@pytest.mark.parametrize("name", ["A1-1-41-01", "A1-1-00-01", "A1-1-01-11", "A9-1-01-01", "A1-1-01-01-2", "?", ""])
def test_what_is_no_place_is_refused(name: str) -> None:
    assert not is_slot(PLANT, name)
    with pytest.raises(UnknownPlace):
        spot(PLANT, name)


@pytest.mark.parametrize("numbers", [Spot(x=999), Spot(9, 1, 1, 1, 1), Spot(1, 1, 41, 1, 1), Spot(1, 3, 1, 1, 1)])
def test_numbers_of_no_place_are_refused(numbers: Spot) -> None:
    with pytest.raises(UnknownPlace):
        place(PLANT, numbers)


def test_depth_is_written_only_where_there_is_one() -> None:
    slot = parse_slot(slot_id("A1", 2, 7, 3, 2))
    assert slot is not None
    assert slot.depth == 2
    assert parse_slot("GI") is None
