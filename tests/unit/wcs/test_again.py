"""A cell that has lost its memory: its mission waits for a person, and goes out again under its own number."""

from __future__ import annotations

from plc.codes import AckCode, EvtCode
from plc.link import Acked, DeviceImage, EventRaised, LinkUp
from plc.telegram import Event, Status
from plc.values import replace
from tests.system.cells import cells_plant
from wcs.decision import Effect, Send
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Dispatch, Happening, SettleAsked
from wcs.life import MissionState
from wcs.line.rows import FRESH, Carrier, LineMeter
from wcs.rows import LinkMemo, Mission


def after_memory_loss() -> Floor:
    """Return a floor whose PLC came back without a memory while WV1 was fetching a carrier."""
    floor = Floor(cells_plant())
    carrier = Carrier("C1", "VL1", 1, FRESH, "UL1", (LineMeter("m1"),), moving=True)
    fetch = Mission(7, 0, "WV1", 1, "C1", "UL1", "WV1", state=MissionState.RUNNING)
    floor.apply([LinkMemo("PLC1", False), carrier, fetch])
    up = LinkUp("PLC1", 2, retained=False, soft=False, devices={"WV1": DeviceImage(Status(), ())})
    play(floor, up)
    return floor


def play(floor: Floor, first: Happening) -> list[Effect]:
    """Let happen what follows from a happening, dispatching included; return the effects."""
    steps, effects = [first], list[Effect]()
    while steps:
        decision = decide(floor, steps.pop(0), 1000)
        floor.apply(decision.changes)
        effects += decision.effects
        steps += decision.follow
    return effects


def test_nothing_goes_to_a_cell_that_has_forgotten_until_somebody_says_so() -> None:
    floor = after_memory_loss()
    assert floor.missions[7].state is MissionState.CLARIFY
    assert [alarm.device for alarm in floor.alarms.values()] == ["WV1"]
    assert not [e for e in play(floor, Dispatch("WV1")) if isinstance(e, Send)]
    (sent,) = [e for e in play(floor, SettleAsked(7, "again", "somebody")) if isinstance(e, Send)]
    assert (sent.device, sent.command.mission, sent.command.load_id) == ("WV1", 7, "C1")
    assert floor.missions[7].state is MissionState.SENT
    assert not floor.alarms
    assert not play(floor, SettleAsked(7, "again", "somebody"))  # once


def inside() -> Floor:
    """Return a floor on which WV1 has a carrier aboard and works on it."""
    floor = Floor(cells_plant())
    carrier = Carrier("C1", "VL1", 1, FRESH, "WV1", (LineMeter("m1"),), moving=True)
    work = Mission(7, 0, "WV1", 1, "C1", "UL1", "WV1", state=MissionState.LOADED)
    floor.apply([LinkMemo("PLC1", True), carrier, work])
    return floor


def test_what_a_cell_gives_up_with_a_carrier_aboard_does_not_go_on_untested() -> None:
    floor = inside()
    effects = play(floor, EventRaised("WV1", 1, Event(EvtCode.ABORTED, 7, result=9)))
    assert floor.carriers["C1"].moving  # held: no other cell may fetch it
    assert not [e for e in (*effects, *play(floor, Dispatch("IM1"))) if isinstance(e, Send)]
    assert [alarm.device for alarm in floor.alarms.values()] == ["WV1"]


def test_a_refusal_of_what_is_inside_already_holds_it() -> None:
    floor = inside()
    floor.apply([replace(floor.missions[7], state=MissionState.SENT)])
    play(floor, Acked("WV1", 7, AckCode.LOAD_MISMATCH))
    assert floor.carriers["C1"].moving and floor.alarms
    assert not [e for e in play(floor, Dispatch("IM1")) if isinstance(e, Send)]
