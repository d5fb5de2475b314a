"""Packing held from outside: meters of a verdict wait before the packing cell, others go on, and a restart knows."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from plc.link import LinkUp
from plc.values import replace
from tests.system.cells import cells_plant
from wcs import inbox, ledger, orders
from wcs.decision import Send
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Happening, PackingAsked, Submitted
from wcs.line.rows import PACKING, PASSED, REJECTED, Carrier, LineLot, LineMeter, lot_key
from wcs.orders import OrderKind
from wcs.rows import Order
from wcs.store import create_tables, make_engine

KEY = lot_key("VL1", 1)
NONE_YET = PackingAsked("VL1", 1, verdict=1, boxes=0, packed=0, per_box=15)
ONE = PackingAsked("VL1", 1, verdict=1, boxes=1, packed=0, per_box=15)


def floor_with(*stages: str) -> Floor:
    """Return a line with a carrier of LOT 1 at the labelling cell for each of `stages`, ready to be packed."""
    floor = Floor(cells_plant())
    places = {PASSED: "LB1", REJECTED: "SO1"}
    floor.apply([LineLot(KEY, "VL1", 1, {"sheet": 5, "lot": "LOT-A"}, "done")])
    for n, stage in enumerate(stages):
        meter = LineMeter(f"M{n}", "pass" if stage == PASSED else "fail", seal=f"S{n}" if stage == PASSED else "")
        floor.apply([Carrier(f"C{n}", "VL1", 1, stage, places[stage], (meter,))])
    return floor


def happen(floor: Floor, happening: Happening) -> list[str]:
    """Decide to the end, and return what the packing cell was told to take."""
    sent, queue = list[str](), [happening]
    while queue:
        decision = decide(floor, queue.pop(0), 1_000)
        floor.apply(decision.changes)
        sent += [e.command.load_id for e in decision.effects if isinstance(e, Send) and e.device == "PC1"]
        queue += decision.follow
    return sent


def test_held_meters_wait_before_the_cell_while_rejects_go_on() -> None:
    floor = floor_with(PASSED, REJECTED)
    happen(floor, NONE_YET)
    assert happen(floor, LinkUp("PLC1", 1, True, True)) == ["C1"]
    assert not floor.carriers["C0"].moving


def test_they_go_when_they_are_released() -> None:
    floor = floor_with(PASSED)
    happen(floor, NONE_YET)
    assert happen(floor, LinkUp("PLC1", 1, True, True)) == []
    assert happen(floor, ONE) == ["C0"]


def test_no_more_is_fetched_than_there_are_boxes_for_with_what_the_cell_holds_already() -> None:
    floor = floor_with(PASSED)
    meters = tuple(LineMeter(f"X{n}", "pass", seal=f"T{n}") for n in range(15))
    floor.apply([Carrier("VL1:packing:1:1", "VL1", 1, PACKING, "PC1", meters)])
    happen(floor, ONE)
    assert happen(floor, LinkUp("PLC1", 1, True, True)) == []  # one meter more would begin a second box
    assert happen(floor, replace(ONE, boxes=2)) == ["C0"]


def test_the_last_boxes_of_a_held_lot_wait_and_say_for_what() -> None:
    floor = floor_with(PASSED)
    happen(floor, NONE_YET)
    happen(floor, Submitted(Order(2, "pack", OrderKind.PACK, "", "VL1", "VL1", params={"par1": 1})))
    happen(floor, LinkUp("PLC1", 1, True, True))
    assert floor.orders[2].reason.code == "packing_held"


@pytest.mark.parametrize("line", ["nowhere", "LO"])
def test_what_is_no_line_of_cells_is_not_held(line: str) -> None:
    assert decide(floor_with(), replace(NONE_YET, line=line), 0).changes == []


def test_what_is_held_survives_a_restart_and_a_new_way_of_the_lot() -> None:
    engine = make_engine("sqlite://")
    create_tables(engine)
    floor = floor_with()
    with Session(engine) as session:
        orders.allow_packing(session, line="VL1", lot=1, allowance=orders.Allowance(1, 0, 0, 15))
        (asked,) = inbox.fetch(session, 64)
        assert asked == NONE_YET
        ledger.write(session, decide(floor, asked, 0).changes)
        again = ledger.load(session, cells_plant())
        again.apply([LineLot(KEY, "VL1", 1, {"sheet": 6}, "begun")])
        work = {
            "verdict": 1,
            "boxes": 0,
            "packed": 0,
            "per_box": 15,
            "account": "",
            "why": "packing_held",
            "begun": True,
        }
        assert again.lots[f"{KEY}:limit"].work == work
        ledger.write(session, decide(again, replace(NONE_YET, boxes=-1), 0).changes)
        assert f"{KEY}:limit" not in ledger.load(session, cells_plant()).lots
    engine.dispose()


def test_another_account_is_counted_anew_and_says_for_what_it_waits() -> None:
    floor = floor_with(PASSED)
    happen(floor, replace(ONE, boxes=3, packed=3, account="T1"))
    happen(floor, replace(ONE, boxes=3, packed=0, account="T1"))  # the line has counted better
    assert floor.lots[f"{KEY}:limit"].work["packed"] == 3
    happen(floor, replace(NONE_YET, account="T2", why="packing_held_boxes"))
    assert floor.lots[f"{KEY}:limit"].work["packed"] == 0
    happen(floor, Submitted(Order(2, "pack", OrderKind.PACK, "", "VL1", "VL1", params={"par1": 1})))
    happen(floor, LinkUp("PLC1", 1, True, True))
    assert floor.orders[2].reason.code == "packing_held_boxes"
    assert happen(floor, replace(ONE, account="T2", why="packing_held_boxes")) == ["C0"]


def test_where_only_full_boxes_count_one_may_be_begun_and_the_last_one_waits() -> None:
    floor = floor_with(PASSED)
    meters = tuple(LineMeter(f"X{n}", "pass", seal=f"T{n}") for n in range(14))
    floor.apply([Carrier("VL1:packing:1:1", "VL1", 1, PACKING, "PC1", meters)])
    full = replace(ONE, begun=False)
    happen(floor, replace(full, boxes=0))
    assert happen(floor, LinkUp("PLC1", 1, True, True)) == []  # the fifteenth would fill a box
    floor.apply([Carrier("VL1:packing:1:1", "VL1", 1, PACKING, "PC1", meters[:13])])
    assert happen(floor, replace(full, boxes=0)) == ["C0"]


def test_a_last_box_that_is_not_full_waits_as_well() -> None:
    floor = floor_with()
    floor.apply([Carrier("VL1:packing:1:1", "VL1", 1, PACKING, "PC1", (LineMeter("X", "pass", seal="T"),))])
    happen(floor, replace(NONE_YET, begun=False, why="packing_held_boxes"))
    happen(floor, Submitted(Order(2, "pack", OrderKind.PACK, "", "VL1", "VL1", params={"par1": 1})))
    happen(floor, LinkUp("PLC1", 1, True, True))
    assert floor.orders[2].reason.code == "packing_held_boxes" and not floor.orders[2].mission
    happen(floor, replace(ONE, begun=False))
    assert floor.orders[2].mission
