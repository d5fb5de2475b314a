"""What the page animates: every leg and state of a run, and no more than a page bears."""

from __future__ import annotations

from typing import Any

import pytest

from plc.plant.model import Plant
from simulation.studies.replica import STATES
from simulation.studies.report import replay
from simulation.studies.report.replay import shown
from simulation.studies.trail import Change, Leg, Trail
from tests.findings import HOSTILE, hall, trail


@pytest.fixture(scope="module")
def plant() -> Plant:
    return hall()


def legs_of(page: dict[str, Any], unit: str) -> list[tuple[Any, ...]]:
    """Return the legs of a unit with names instead of numbers."""
    flat, names = page["units"][unit], page["names"]
    parts = [flat[n : n + 5] for n in range(0, len(flat), 5)]
    return [(begin, names[source], end, names[target], names[device]) for begin, source, end, target, device in parts]


def test_every_leg_is_told_in_its_order(plant: Plant) -> None:
    run = trail(plant)
    page = shown(Trail("base", 0, 600.0, run.legs[::-1], run.changes, cut=False), plant)
    for unit in ("U1", HOSTILE):
        mine = [leg for leg in run.legs if leg.unit == unit]
        assert legs_of(page, unit) == [(g.begin_s, g.source, g.end_s, g.target, g.device) for g in mine]
    assert page["ends"] == 600.0


def test_every_place_of_a_leg_is_on_the_map_or_a_slot(plant: Plant) -> None:
    page = shown(trail(plant), plant)
    known = {*page["points"], *page["stations"], *page["segments"], *page["cranes"]}
    assert {name for name in page["names"] if name not in known} == {f"{next(iter(plant.aisles))}-1-12-04"}
    assert {dock.id for dock in plant.docks.values()} | {line.infeed for line in plant.lines.values()} <= set(
        page["exits"]
    )
    assert {point for one in page["stations"].values() for point in one} <= set(page["points"])


def test_a_line_is_what_its_cells_are(plant: Plant) -> None:
    line = next(iter(plant.lines))
    first, second = [cell for cell, owner in plant.line_of.items() if owner.id == line][:2]
    changes = (
        Change(10.0, first, "busy"), Change(20.0, second, "blocked"), Change(30.0, first, "idle"),
        Change(40.0, second, "down"), Change(50.0, second, "idle"),
    )  # fmt: skip
    flat = shown(Trail("base", 0, 60.0, (), changes, cut=False), plant)["devices"][line]
    told = [(flat[n], STATES[flat[n + 1]]) for n in range(0, len(flat), 2)]
    assert told == [(10.0, "busy"), (30.0, "blocked"), (40.0, "down"), (50.0, "idle")]


def test_a_long_run_is_cut_where_the_page_ends(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST", 10)
    aisle = next(iter(plant.aisles.values()))
    legs = tuple(Leg(f"U{n}", aisle.crane, aisle.infeed, aisle.outfeed, float(n), n + 5.0) for n in range(100))
    page = shown(Trail("base", 0, 600.0, legs, (), cut=False), plant)
    assert page["ends"] == 10.0
    assert list(page["units"]) == [f"U{n}" for n in range(10)]


def test_a_trail_that_was_cut_ends_where_both_of_its_parts_do(plant: Plant) -> None:
    aisle = next(iter(plant.aisles.values()))
    legs = (Leg("U1", aisle.crane, aisle.infeed, aisle.outfeed, 50.0, 60.0),)
    changes = (Change(10.0, aisle.crane, "busy"), Change(90.0, aisle.crane, "idle"))
    assert shown(Trail("base", 0, 600.0, legs, changes, cut=True), plant)["ends"] == 50.0
