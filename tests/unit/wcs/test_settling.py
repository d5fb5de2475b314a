"""What a person may decide about work that a cell has forgotten or stopped with, and what comes of it."""

from __future__ import annotations

import pytest

from plc.codes import AckCode, CmdCode, EvtCode, FaultCode
from plc.link import Acked, DeviceImage, EventRaised, LinkUp
from plc.telegram import BoxResult, Event, MeterResult, Status
from plc.values import replace
from tests.system.cells import cells_plant
from wcs.decision import Effect, Send
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Dispatch, Happening, SettleAsked, Tick
from wcs.life import MissionState
from wcs.line.legs import GAVE_UP_MS
from wcs.line.rows import FRESH, LANE_RETEST, PASSED, BenchRun, Carrier, LineLot, LineMeter
from wcs.rows import LinkMemo, Mission

GOOD, BAD = LineMeter("g1", verdict="pass"), LineMeter("b1", verdict="retest")


class Line:
    """A floor with a line, and the time; what cells and people say is played through."""

    def __init__(self, *rows: Carrier | Mission | BenchRun) -> None:
        """Begin with some rows."""
        self.floor, self.now_ms, self.seq = Floor(cells_plant()), 1_000, 0
        self.floor.apply([LinkMemo("PLC1", True), LineLot("VL1:1", "VL1", 1), *rows])

    def play(self, *happenings: Happening) -> list[tuple[str, str, int]]:
        """Let happen what follows; return what was sent: cell, load, mission."""
        steps, effects = list(happenings), list[Effect]()
        while steps:
            steps.sort(key=lambda step: isinstance(step, Dispatch))
            decision = decide(self.floor, steps.pop(0), self.now_ms)
            self.floor.apply(decision.changes)
            effects += decision.effects
            steps += decision.follow
        return [(e.device, e.command.load_id, e.command.mission) for e in effects if isinstance(e, Send)]

    def says(self, cell: str, code: EvtCode, mission: int, *codes: str, load: str = "C1") -> list[tuple[str, str, int]]:
        """Let a cell raise an event, with the meters that it names."""
        self.seq += 1
        box = BoxResult(load, "", 0, 0, tuple(MeterResult(c, 1) for c in codes)) if codes else None
        return self.play(EventRaised(cell, self.seq, Event(code, mission, load_id=load, result=FaultCode.JAM), box))

    def forgets(self) -> None:
        """Let the PLC come back without a memory."""
        cells = self.floor.plant.cells
        self.play(LinkUp("PLC1", 2, False, False, {cell: DeviceImage(Status()) for cell in cells}))
        self.seq = 0

    def alarms(self) -> list[str]:
        """Return the kinds of the open alarms."""
        return sorted(alarm.fault for alarm in self.floor.alarms.values())


def at_work(cell: str, stage: str = FRESH, *meters: LineMeter, code: int = 1, run: str = "") -> Line:
    """Return a line on which a cell has carrier C1 aboard, by mission 7."""
    carrier = Carrier("C1", "VL1", 1, stage, cell, meters or (GOOD, BAD), run=run, moving=True)
    return Line(carrier, Mission(7, 0, cell, code, "C1", "UL1", cell, state=MissionState.LOADED))


def test_what_a_cell_gave_up_is_done_again_under_a_new_number() -> None:
    line = at_work("WV1")
    line.says("WV1", EvtCode.ABORTED, 7)
    assert (line.floor.missions[7].state, line.alarms()) == (MissionState.HELD, ["work_held"])
    assert line.play(SettleAsked(7, "again", "li"), SettleAsked(7, "again", "li")) == [("WV1", "C1", 8)]
    assert (list(line.floor.missions), line.alarms()) == ([8], [])
    assert line.floor.carriers["C1"].moving


def test_a_finding_is_booked_once_though_the_cell_forgets_and_says_it_again() -> None:
    line = at_work("WV1")
    line.says("WV1", EvtCode.RESULT_READY, 7, "g1", "b1")
    before = line.floor.carriers["C1"]
    line.forgets()
    assert (line.floor.missions[7].state, line.floor.missions[7].found) == (MissionState.CLARIFY, True)
    assert line.play(SettleAsked(7, "again", "li")) == []  # nobody gets the withstand voltage twice
    line.says("WV1", EvtCode.RESULT_READY, 7, "g1", "b1")
    assert line.floor.carriers["C1"] == before
    assert line.play(SettleAsked(7, "done", "li")) == [("IM1", "C1", 8)]  # the next cell fetches it
    assert line.alarms() == []


def test_nobody_says_of_a_cell_that_finds_something_that_it_is_done_without_its_finding() -> None:
    line = at_work("WV1")
    line.says("WV1", EvtCode.ENDED, 7)
    assert line.alarms() == ["no_finding"]
    line.play(SettleAsked(7, "done", "li"))
    assert line.floor.missions[7].state is MissionState.HELD


def test_masks_are_applied_once_though_the_cell_sorts_again() -> None:
    meters = (BAD, GOOD, replace(GOOD, code="g2"))
    line = Line(Carrier("C1", "VL1", 1, FRESH, "BN1", meters, run="R1"))
    line.floor.apply([BenchRun("R1", "VL1", "BN1", 1, ("C1", ""), "done")])
    ((_, _, number),) = line.play(Dispatch("SO1"))
    line.play(Acked("SO1", number, AckCode.ACCEPTED))
    line.says("SO1", EvtCode.PICKED, number)
    line.says("SO1", EvtCode.RESULT_READY, number, "g1", "g2")
    line.forgets()
    line.says("SO1", EvtCode.RESULT_READY, number, "g1", "g2")
    kept = {name: [m.code for m in c.meters] for name, c in line.floor.carriers.items()}
    assert kept == {"C1": ["g1", "g2"], "VL1:lane_retest:1": ["b1"]}


@pytest.mark.parametrize("named", [("b1", "stranger"), ("b1", "b1")])
def test_a_lane_that_names_what_is_not_in_it_is_held(named: tuple[str, ...]) -> None:
    lane = Carrier("VL1:lane_retest:1", "VL1", 1, LANE_RETEST, "SO1", (BAD,))
    line = Line(lane, Mission(7, 0, "SO1", CmdCode.PICK, "", "SO1", "SO1", 1, 1, state=MissionState.RUNNING))
    line.says("SO1", EvtCode.RESULT_READY, 7, *named, load="C9")
    line.says("SO1", EvtCode.ENDED, 7, load="C9")
    assert (line.floor.carriers, line.alarms()) == ({lane.id: lane}, ["finding_strange"])
    line.floor.apply([replace(line.floor.lots["VL1:1"], flush="done")])
    assert line.play(SettleAsked(7, "again", "li")) == [("SO1", "", 8)]


def test_a_lane_on_its_carrier_that_the_cell_forgot_is_done_not_picked_twice() -> None:
    lane = Carrier("VL1:lane_retest:1", "VL1", 1, LANE_RETEST, "SO1", (BAD,))
    line = Line(lane, Mission(7, 0, "SO1", CmdCode.PICK, "", "SO1", "SO1", 1, 1, state=MissionState.RUNNING))
    line.says("SO1", EvtCode.RESULT_READY, 7, "b1", load="C9")
    line.forgets()
    assert line.alarms() == ["memory_lost"]
    assert line.play(SettleAsked(7, "again", "li")) == []
    line.play(SettleAsked(7, "done", "li"))
    assert list(line.floor.carriers) == ["C9"] and line.alarms() == []


def test_meters_taken_out_are_not_verified_and_leave_their_batch() -> None:
    line = at_work("BN1", FRESH, GOOD, LineMeter("f1", verdict="fail"), run="R1")
    line.floor.apply([BenchRun("R1", "VL1", "BN1", 1, ("C1", ""))])
    line.says("BN1", EvtCode.ABORTED, 7)
    line.play(SettleAsked(7, "out", "li"))
    where = {c.stage: [(m.code, m.verdict) for m in c.meters] for c in line.floor.carriers.values()}
    assert where == {"lane_unverified": [("g1", "aborted")], "lane_reject": [("f1", "fail")]}
    assert not line.floor.runs and not line.floor.missions and not line.floor.alarms


def test_a_cell_that_gave_up_gets_a_rest_and_its_alarm_ends_when_it_succeeds() -> None:
    line = Line(Carrier("C1", "VL1", 1, FRESH, "UL1", (GOOD,)))
    line.play(Dispatch("WV1"))
    line.play(Acked("WV1", 1, AckCode.ACCEPTED))
    assert line.says("WV1", EvtCode.ABORTED, 1) == []
    assert line.alarms() == ["gave_up"]
    line.now_ms += GAVE_UP_MS
    assert line.play(Tick(("WV1",))) == [("WV1", "C1", 2)]
    line.says("WV1", EvtCode.PICKED, 2)
    assert line.alarms() == []


def test_a_label_may_be_put_on_by_hand_a_seal_not() -> None:
    for cell, left in (("LB1", False), ("SE1", True)):
        line = at_work(cell, PASSED, replace(GOOD, seal="" if cell == "SE1" else "S1"))
        line.says(cell, EvtCode.ABORTED, 7)
        line.play(SettleAsked(7, "done", "li"))
        assert (7 in line.floor.missions) is left


def test_a_device_that_cannot_take_what_is_named_is_told_of() -> None:
    line = Line(Carrier("C1", "VL1", 1, FRESH, "UL1", (GOOD,)))
    line.play(Dispatch("WV1"))
    line.play(Acked("WV1", 1, AckCode.LOAD_MISMATCH))
    assert line.alarms() == ["refused"] and not line.floor.carriers["C1"].moving
