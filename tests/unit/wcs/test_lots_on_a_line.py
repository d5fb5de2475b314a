"""A lot is verified in one way at a time: a second order with another run sheet waits until the first is packed up."""

from __future__ import annotations

from typing import Any

import pytest

from plc.codes import CmdCode, EvtCode
from plc.link import EventRaised, LinkUp
from plc.telegram import Event
from plc.values import replace
from tests.system.cells import cells_plant
from wcs.decision import Send
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import CancelAsked, Directed, Happening, Submitted
from wcs.journal import Fact
from wcs.life import MissionState, OrderState
from wcs.line.rows import LineLot, lot_key
from wcs.orders import OrderKind
from wcs.rows import Order, Question, Unit

FIRST: dict[str, Any] = {"sheet": 5, "lot": "LOT-A", "stations": ["withstand", "imaging"]}
OTHER: dict[str, Any] = {"sheet": 9, "lot": "LOT-A", "stations": []}
KEY = lot_key("VL1", 1)


def floor_with(*lots: LineLot) -> Floor:
    floor = Floor(cells_plant())
    floor.apply(lots)
    happen(floor, LinkUp("PLC1", 1, True, True))
    return floor


def happen(floor: Floor, happening: Happening) -> tuple[list[Send], list[Fact]]:
    """Decide to the end, and return the telegrams and the facts."""
    sent, facts, queue = list[Send](), list[Fact](), [happening]
    while queue:
        decision = decide(floor, queue.pop(0), 1_000)
        floor.apply(decision.changes)
        sent += [e for e in decision.effects if isinstance(e, Send)]
        facts += decision.facts
        queue += decision.follow
    return sent, facts


def verify(number: int, work: dict[str, Any]) -> Submitted:
    slot = f"A1-1-0{number}-01"
    return Submitted(
        Order(number, f"k{number}", OrderKind.VERIFY, f"P{number}", slot, "VL1", params={"par1": 1, "work": work})
    )


@pytest.mark.parametrize("flush", ["begun", "wanted", "done"])
def test_another_run_sheet_waits_in_its_slot_while_meters_of_the_lot_are_on_the_line(flush: str) -> None:
    floor = floor_with(LineLot(KEY, "VL1", 1, FIRST, flush))
    sent, _ = happen(floor, verify(1, OTHER))
    assert not sent and floor.lots[KEY].work == FIRST
    assert floor.orders[1].reason.code == "lot_not_over" and dict(floor.orders[1].reason.args)["lot"] == "LOT-A"


def test_the_second_order_goes_by_itself_when_the_first_is_packed_up() -> None:
    floor = floor_with(LineLot(KEY, "VL1", 1, FIRST, "done"))
    happen(floor, verify(1, OTHER))
    happen(floor, Submitted(Order(2, "pack", OrderKind.PACK, "", "VL1", "VL1", params={"par1": 1})))
    (pack,) = (m for m in floor.missions.values() if m.code == CmdCode.BOX)
    floor.apply([replace(pack, state=MissionState.RUNNING)])
    sent, _ = happen(floor, EventRaised("PC1", 1, Event(EvtCode.ENDED, pack.number)))
    assert [telegram.command.load_id for telegram in sent] == ["P1"]
    assert (floor.lots[KEY].work, floor.lots[KEY].flush) == (OTHER, "")


def test_a_lot_of_which_nothing_came_holds_nobody_up() -> None:
    floor = floor_with(LineLot(KEY, "VL1", 1, FIRST))
    sent, _ = happen(floor, verify(1, OTHER))
    assert len(sent) == 1 and floor.lots[KEY].work == OTHER


def test_a_lot_is_free_again_when_the_last_pallet_that_was_to_open_it_is_taken_back() -> None:
    first = replace(verify(1, FIRST).order, state=OrderState.HELD)
    floor = floor_with(LineLot(KEY, "VL1", 1, FIRST))
    floor.apply([first, Unit("P1", "A1-1-01-01", order=1)])
    assert not happen(floor, verify(2, OTHER))[0]
    assert floor.orders[2].reason.code == "lot_not_over" and floor.lots[KEY].work == FIRST
    sent, _ = happen(floor, CancelAsked(1, "not wanted"))
    assert [telegram.command.load_id for telegram in sent] == ["P2"] and floor.lots[KEY].work == OTHER


def asked(floor: Floor, answer: str) -> tuple[list[Send], list[Fact]]:
    """Let the WMS answer what happens to the open box B1 of pallet P1."""
    floor.apply([Question("admit:1", "admit", "B1", "UL1")])
    return happen(floor, Directed("admit:1", answer, OrderKind.VERIFY, 0, {"lot": 1}))


def test_a_lot_has_begun_with_its_first_box() -> None:
    floor = floor_with(LineLot(KEY, "VL1", 1, FIRST))
    (sent,), _ = asked(floor, "admit")
    assert sent.command.code is CmdCode.PICK and floor.lots[KEY].flush == "begun"


def test_a_box_that_is_not_wanted_goes_back_onto_its_pallet() -> None:
    floor = floor_with(LineLot(KEY, "VL1", 1, FIRST))
    (sent,), _ = asked(floor, "pallet")
    assert (sent.command.code, sent.command.load_id, sent.command.par2) == (CmdCode.PLACE, "B1", 1)
    assert floor.lots[KEY].flush == ""
