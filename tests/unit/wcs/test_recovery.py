"""What a PLC that began without a memory may still be trusted with."""

from __future__ import annotations

from sqlalchemy.orm import Session

from plc.codes import EvtCode
from plc.link import DeviceImage, EventRaised, LinkUp
from plc.telegram import Event, Status
from tests.plants import small_plant
from wcs import ledger
from wcs.decision import Decision, Send
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import CancelAsked, Happening, ResumeAsked, Started, Submitted
from wcs.life import MissionState, OrderState
from wcs.orders import OrderKind
from wcs.rows import BootMemo, Order, Unit
from wcs.store import create_tables, make_engine

EMPTY = {"GI-L1": DeviceImage(Status())}


def happen(floor: Floor, happening: Happening) -> Decision:
    done, queue = Decision(), [happening]
    while queue:
        decision = decide(floor, queue.pop(0), 1000)
        floor.apply(decision.changes)
        queue += decision.follow
        done.join(decision)
    return done


def floor_with_a_mission_sent(boot_id: int = 5) -> Floor:
    floor = Floor(small_plant())
    floor.apply([Unit("P1", "GI", ("GI",))])
    happen(floor, LinkUp("PLC1", boot_id, False, True, EMPTY))
    happen(floor, Submitted(Order(1, "k1", OrderKind.STORE, "P1", "GI", "A1-1-02-01")))
    happen(floor, Started())
    assert floor.missions[1].state is MissionState.UNKNOWN
    return floor


def test_a_plc_that_runs_since_it_was_settled_has_forgotten_nothing() -> None:
    floor = floor_with_a_mission_sent()
    sent = happen(floor, LinkUp("PLC1", 5, False, True, EMPTY)).effects
    assert [e.command.mission for e in sent if isinstance(e, Send)] == [1]
    assert floor.missions[1].state is MissionState.SENT


def test_a_plc_that_lost_its_memory_is_sent_nothing_again() -> None:
    floor = floor_with_a_mission_sent()
    sent = happen(floor, LinkUp("PLC1", 6, False, True, EMPTY)).effects
    assert not any(isinstance(e, Send) for e in sent)
    assert floor.missions[1].state is MissionState.CLARIFY
    assert (floor.orders[1].state, floor.orders[1].reason.code) == (OrderState.HELD, "journal_lost")


def test_an_event_that_still_stands_is_booked_once() -> None:
    floor = floor_with_a_mission_sent()
    picked = EventRaised("GI-L1", 1, Event(EvtCode.PICKED, 1))
    assert happen(floor, picked).facts != []
    happen(floor, LinkUp("PLC1", 5, False, True, EMPTY))
    assert happen(floor, picked).facts == []


def test_the_start_that_was_settled_outlives_the_controller() -> None:
    engine = make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as session:
        ledger.write(session, [BootMemo("PLC1", 5), BootMemo("PLC1", 6), BootMemo("PLC2", 1)])
        ledger.next_session(session)
        session.commit()
        assert ledger.load(session, small_plant()).boots == {"PLC1": 6, "PLC2": 1}


def forgotten() -> Floor:
    floor = floor_with_a_mission_sent()
    happen(floor, LinkUp("PLC1", 6, False, True, EMPTY))
    return floor


def test_somebody_has_looked_and_the_order_goes_on_with_a_new_mission() -> None:
    floor = forgotten()
    sent = happen(floor, ResumeAsked(1)).effects
    assert [e.command.mission for e in sent if isinstance(e, Send)] == [2]
    assert list(floor.missions) == [2]
    assert floor.units["P1"].holds == ("GI", "GI-L1")


def test_somebody_has_looked_and_takes_the_order_back() -> None:
    floor = forgotten()
    happen(floor, CancelAsked(1, "by hand"))
    assert (floor.missions, floor.orders) == ({}, {})
    assert (floor.units["P1"].order, floor.units["P1"].holds) == (0, ("GI",))
    assert floor.claims.get("L2-AI", {}) == {}
