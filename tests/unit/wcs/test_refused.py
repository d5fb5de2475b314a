"""A device that takes nothing now: the unit stands where it stood, and the leg is tried again."""

from __future__ import annotations

from plc.codes import AckCode
from plc.link import Acked, LinkUp
from tests.plants import small_plant
from wcs.decision import Decision, Wake
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import CancelAsked, Happening, Submitted, Tick
from wcs.life import OrderState
from wcs.orders import OrderKind
from wcs.rows import Order, Unit


def happen(floor: Floor, happening: Happening) -> Decision:
    """Decide to the end, and return all that was decided."""
    done, queue = Decision(), [happening]
    while queue:
        decision = decide(floor, queue.pop(0), 1000)
        floor.apply(decision.changes)
        queue += decision.follow
        done.join(decision)
    return done


def on_its_way(at: str, destination: str) -> Floor:
    floor = Floor(small_plant())
    floor.apply([Unit("P1", at, (at,))])
    happen(floor, LinkUp("PLC1", 1, True, True))
    happen(floor, Submitted(Order(1, "k1", OrderKind.STORE, "P1", at, destination)))
    assert floor.orders[1].state is OrderState.MOVING
    return floor


def refuse(floor: Floor, code: AckCode = AckCode.SESSION_STALE) -> Decision:
    (mission,) = floor.missions.values()
    return happen(floor, Acked(mission.device, mission.number, code))


def test_a_refused_leg_is_tried_again_with_a_new_mission() -> None:
    floor = on_its_way("GI", "A1-1-02-01")
    (wake,) = [e for e in refuse(floor).effects if isinstance(e, Wake)]
    assert (floor.missions, floor.units["P1"].holds) == ({}, ("GI",))
    assert floor.orders[1].reason.code == "device_refused"
    happen(floor, Tick(wake.devices))
    (mission,) = floor.missions.values()
    assert (mission.number, mission.device) == (2, "GI-L1")


def test_a_refused_leg_is_tried_again_when_the_link_comes_back() -> None:
    floor = on_its_way("GI", "A1-1-02-01")
    refuse(floor)
    happen(floor, LinkUp("PLC1", 2, True, True))
    assert list(floor.missions) == [2]


def test_a_refused_last_leg_keeps_its_promise() -> None:
    floor = on_its_way("L2", "A1-1-02-01")
    assert (floor.orders[1].claim, floor.held("L2-AI")) == ("", 1)
    refuse(floor)
    assert (floor.orders[1].claim, floor.held("L2-AI")) == ("L2-AI", 0)


def test_what_was_taken_back_ends_where_it_was_refused() -> None:
    floor = on_its_way("GI", "A1-1-02-01")
    happen(floor, CancelAsked(1, "mistake"))
    facts = [fact.kind for fact in refuse(floor).facts]
    assert "TransportCancelled" in facts
    assert (floor.orders, floor.units["P1"].order) == ({}, 0)


def test_a_mistake_is_not_repeated() -> None:
    floor = on_its_way("GI", "A1-1-02-01")
    assert [e for e in refuse(floor, AckCode.BAD_PLACE).effects if isinstance(e, Wake)] == []
    assert floor.orders[1].state is OrderState.HELD
