"""Who may go next, and the reason of everybody who may not."""

from __future__ import annotations

from dataclasses import replace

from plc.link import LinkUp
from plc.telegram import Spot
from tests.plants import small_plant
from wcs.decision import Send
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Dispatch, Happening, Submitted
from wcs.orders import OrderKind
from wcs.rows import Order, Unit


def floor_with(*units: Unit, online: bool = True) -> Floor:
    floor = Floor(small_plant())
    floor.apply(units)
    if online:
        happen(floor, LinkUp("PLC1", 1, True, True))
    return floor


def happen(floor: Floor, happening: Happening) -> list[Send]:
    """Decide to the end, and return the telegrams."""
    sent: list[Send] = []
    queue = [happening]
    while queue:
        decision = decide(floor, queue.pop(0), 1000)
        floor.apply(decision.changes)
        sent += [e for e in decision.effects if isinstance(e, Send)]
        queue += decision.follow
    return sent


def order(number: int, unit: str, source: str, destination: str, priority: int = 0) -> Order:
    return Order(number, f"k{number}", OrderKind.STORE, unit, source, destination, priority)


def test_a_unit_claims_the_aisle_before_it_enters_the_loop() -> None:
    floor = floor_with(Unit("P1", "GI", ("GI",)))
    (telegram,) = happen(floor, Submitted(order(1, "P1", "GI", "A1-1-02-01")))
    assert (telegram.device, telegram.command.load_id) == ("GI-L1", "P1")
    assert floor.orders[1].claim == "L2-AI"
    assert floor.units["P1"].holds == ("GI", "GI-L1")


def test_a_full_aisle_keeps_the_third_unit_outside() -> None:
    places = {"PS": "L3-PS", "CL": "L1-CL", "GI": "GI"}
    floor = floor_with(*(Unit(f"P{n}", at, (held,)) for n, (at, held) in enumerate(places.items(), 1)))
    for n, place in enumerate(places, 1):
        happen(floor, Submitted(order(n, f"P{n}", place, "A1-1-02-01")))
    waiting = floor.orders[3]
    assert waiting.reason.code == "claim_full"
    assert dict(waiting.reason.args) == {"place": "L2-AI"}


def test_the_link_is_the_reason_when_it_is_down() -> None:
    floor = floor_with(Unit("P1", "GI", ("GI",)), online=False)
    assert happen(floor, Submitted(order(1, "P1", "GI", "A1-1-02-01"))) == []
    assert floor.orders[1].reason.code == "link_down"
    assert happen(floor, LinkUp("PLC1", 1, True, True))[0].device == "GI-L1"


def test_a_crane_goes_by_priority_then_age() -> None:
    floor = floor_with(online=False)
    for n, (slot, priority) in enumerate([("A1-1-01-01", 0), ("A1-1-02-01", 5), ("A1-1-03-01", 0)], 1):
        happen(floor, Submitted(order(n, f"P{n}", slot, "DK1", priority)))
    first = happen(floor, LinkUp("PLC1", 1, True, True))
    assert [s.command.load_id for s in first] == ["P2"]
    assert first[0].command.source == Spot(1, 1, 2, 1, 1)


def test_a_slot_asked_twice_is_asked_at_the_infeed() -> None:
    floor = floor_with(Unit("P1", "AI", ("L2-AI",)))
    assert happen(floor, Submitted(order(1, "P1", "AI", "A1-1-02-01"))) == []
    (question,) = floor.questions.values()
    assert (question.ask, floor.orders[1].reason.code) == ("slot", "waiting_for_wms")


def test_a_place_that_no_way_leads_to_fails_the_order_with_its_reason() -> None:
    floor = floor_with(Unit("P1", "AI", ("L2-AI",)))
    decision = decide(floor, Submitted(order(1, "P1", "AI", "GI")), 1000)
    assert [f.payload["reason"] for f in decision.facts] == ["no_way"]


def test_nobody_waits_nothing_is_decided() -> None:
    floor = floor_with()
    assert decide(floor, Dispatch("SC1"), 1000).changes == []


def test_a_fault_holds_everybody_who_waits_for_the_device() -> None:
    floor = floor_with(online=False)
    happen(floor, Submitted(order(1, "P1", "A1-1-01-01", "DK1")))
    floor.apply([replace(floor.memo("SC1"), fault=7)])
    happen(floor, LinkUp("PLC1", 1, True, True))
    assert dict(floor.orders[1].reason.args) == {"device": "SC1", "fault": 7}
