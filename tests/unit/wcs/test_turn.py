"""Whom a crane serves next by nearness, and what the WMS is told of the retrievals that a storage may go with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plc.link import LinkUp
from plc.plant.model import Plant
from plc.plant.travel import crane_travel_s, crane_xy_m
from tests.plants import small_plant, small_plant_data
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Dispatch, RankAsked, Submitted
from wcs.orders import OrderKind
from wcs.partners import partners
from wcs.rows import Mission, Order, Unit
from wcs.turn import away_s, by_turn

NOW_MS = 1_000_000


def long_plant(**rules: object) -> Plant:
    """Return the small plant with an aisle of thirty columns."""
    aisle = small_plant_data()["aisles"]["A1"] | {"columns": 30}
    return small_plant(aisles={"A1": aisle}, rules={"sequencing": "near", "starved_s": 600, **rules})


def order(number: int, source: str, destination: str = "DK1", **more: object) -> Order:
    row = Order(number, f"k{number}", OrderKind.RETRIEVE, f"P{number}", source, destination)
    return replace(row, **{"since_ms": NOW_MS, **more})  # type: ignore[arg-type]


def waiting(*orders: Order, stands: str = "", **rules: object) -> Floor:
    """Return a floor whose crane is wanted by orders, while its link is down; it has put its last load at `stands`."""
    floor = Floor(long_plant(**rules))
    for one in orders:
        if one.source == "AI":
            floor.apply([Unit(one.unit, "AI", ("L2-AI",))])
        decision = decide(floor, Submitted(one), NOW_MS)
        floor.apply(decision.changes)
        floor.apply([replace(floor.orders[one.number], since_ms=one.since_ms)])
    floor.apply([replace(floor.memo("SC1"), last=stands)])
    return floor


def turns(floor: Floor) -> list[tuple[int, str]]:
    return [(turn.order.number, turn.why) for turn in by_turn(floor, "SC1", NOW_MS)]


def test_after_a_storage_the_nearest_retrieval_goes_first() -> None:
    old = order(1, "A1-1-02-01", since_ms=NOW_MS - 60_000)
    floor = waiting(old, order(2, "A1-1-20-01"), order(3, "A1-2-26-02"), stands="A1-1-25-01")
    assert turns(floor) == [(3, "near"), (2, "near"), (1, "near")]
    first = by_turn(floor, "SC1", NOW_MS)[0]
    assert first.said() == {"why": "near", "among": 3, "away_s": round(first.away_s, 1)}
    assert first.reason().code == "moving_near"


def test_storage_and_retrieval_take_turns() -> None:
    both = order(1, "AI", "A1-1-05-01"), order(2, "A1-1-20-01")
    assert turns(waiting(*both, stands="A1-1-25-01")) == [(2, "turn"), (1, "turn")]
    assert turns(waiting(*both, stands="AO")) == [(1, "turn"), (2, "turn")]


def test_what_is_starved_or_due_goes_before_what_is_near_but_a_tidy_move_never_does() -> None:
    near, far = order(1, "A1-1-25-02"), order(2, "A1-1-02-01", since_ms=NOW_MS - 700_000)
    assert turns(waiting(near, far, stands="A1-1-25-01"))[0] == (2, "starved")
    due = replace(far, since_ms=NOW_MS, due_ms=NOW_MS + 60_000)
    assert turns(waiting(near, due, stands="A1-1-25-01"))[0] == (2, "due")
    tidy = replace(far, destination="A1-1-03-01", priority=-10)
    assert [number for number, _ in turns(waiting(near, tidy, stands="AO"))] == [1, 2]


def test_the_way_is_that_of_the_twin() -> None:
    plant = long_plant()
    for start, end in (("AI", "A1-1-07-02"), ("A1-1-03-01", "A1-2-28-02"), ("A1-1-03-01", "A1-2-03-01")):
        true_s = crane_travel_s(plant.cranes["SC1"], crane_xy_m(plant, start), crane_xy_m(plant, end))
        assert away_s(plant, "SC1", start, end) == pytest.approx(true_s)


def test_why_is_in_the_journal_with_the_mission() -> None:
    floor = waiting(order(1, "A1-1-02-01"), order(2, "A1-1-24-01"), stands="A1-1-25-01")
    decision = decide(floor, LinkUp("PLC1", 1, True, True), NOW_MS)
    floor.apply(decision.changes)
    facts = [f for step in decision.follow for f in decide(floor, step, NOW_MS).facts if f.kind == "MissionSent"]
    (sent,) = facts
    assert (sent.payload["order"], sent.payload["why"], sent.payload["among"]) == (2, "near", 2)


def test_partners_leave_out_what_the_crane_fetches_before() -> None:
    called = [order(n, f"A1-1-{column:02}-01") for n, column in ((1, 4), (2, 14), (3, 24))]
    floor = waiting(*called, stands="AO")
    assert set(partners(floor, "AI", NOW_MS)) == {"A1-1-04-01", "A1-1-14-01", "A1-1-24-01"}
    floor.apply([Mission(7, 99, "SC1", 1, "P9", "AI", "A1-1-13-01")])
    assert set(partners(floor, "AI", NOW_MS)) == {"A1-1-04-01", "A1-1-24-01"}
    assert partners(floor, "GI", NOW_MS) == []


def test_only_what_will_be_starved_is_a_partner_then() -> None:
    soon = order(1, "A1-1-04-01", since_ms=NOW_MS - 590_000)
    floor = waiting(soon, order(2, "A1-1-14-01"), stands="AO")
    assert partners(floor, "AI", NOW_MS) == ["A1-1-04-01"]
    assert partners(waiting(soon, stands="AO", sequencing="turn"), "AI", NOW_MS) == []


def test_an_order_that_waits_gets_another_turn_and_one_that_is_worked_on_keeps_its_own() -> None:
    floor = waiting(order(1, "A1-1-02-01"), order(2, "A1-1-20-01"))
    assert [number for number, _ in turns(floor)] == [1, 2]
    done = decide(floor, RankAsked(2, 30), NOW_MS)
    floor.apply(done.changes)
    assert turns(floor)[0] == (2, "priority") and done.follow == [Dispatch("SC1")]
    assert decide(floor, RankAsked(2, 30), NOW_MS).changes == []
    assert decide(floor, RankAsked(9, 30), NOW_MS).changes == []
    floor.apply([replace(floor.orders[1], mission=7)])
    assert decide(floor, RankAsked(1, 60), NOW_MS).changes == []
