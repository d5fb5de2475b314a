"""Each alarm of a device has its own key and its own end; a read-back says anew what is wrong."""

from __future__ import annotations

import pytest

from plc.codes import EvtCode, FaultCode
from plc.link import DeviceImage, EventRaised, LinkUp
from plc.telegram import Event, Status
from tests.system.cells import cells_plant
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Happening, PositionAsked, RunReported
from wcs.line.rows import FRESH, BenchRun, Carrier, LineMeter
from wcs.rows import LinkMemo

RAISED, GONE = EvtCode.FAULT_RAISED, EvtCode.FAULT_GONE


def play(floor: Floor, *happenings: Happening) -> list[tuple[str, int]]:
    """Let happen what follows; return the open alarms: kind and code."""
    steps = list(happenings)
    while steps:
        decision = decide(floor, steps.pop(0), 1_000)
        floor.apply(decision.changes)
        steps += decision.follow
    return sorted((alarm.fault, alarm.code) for alarm in floor.alarms.values())


def line_floor() -> Floor:
    floor = Floor(cells_plant())
    floor.apply([LinkMemo("PLC1", True)])
    return floor


def said(floor: Floor, device: str, code: EvtCode, fault: int) -> list[tuple[str, int]]:
    event = Event(code, data1=fault)
    return play(floor, EventRaised(device, floor.memo(device).booked_seq + 1, event))


def read_back(floor: Floor, device: str, fault: int, *, retained: bool) -> list[tuple[str, int]]:
    boot = 2 if retained else 3
    return play(floor, LinkUp("PLC1", boot, retained, False, {device: DeviceImage(Status(fault=fault))}))


def test_what_is_used_up_covers_no_fault_and_ends_none() -> None:
    floor = line_floor()
    said(floor, "SE1", RAISED, FaultCode.JAM)
    both = said(floor, "SE1", RAISED, FaultCode.SEALS_EMPTY)
    assert both == [("machine_fault", FaultCode.JAM), ("used_up", FaultCode.SEALS_EMPTY)]
    assert floor.memo("SE1").fault == FaultCode.JAM
    assert said(floor, "SE1", GONE, FaultCode.SEALS_EMPTY) == [("machine_fault", FaultCode.JAM)]
    assert floor.memo("SE1").fault == FaultCode.JAM
    assert said(floor, "SE1", GONE, FaultCode.JAM) == []
    assert floor.memo("SE1").fault == 0


@pytest.mark.parametrize("retained", [True, False])
@pytest.mark.parametrize("device", ["WV1", "SC1"])
def test_a_fault_that_is_gone_at_the_read_back_is_over(device: str, retained: bool) -> None:
    floor = line_floor()
    said(floor, device, RAISED, FaultCode.JAM)
    assert read_back(floor, device, 0, retained=retained) == []
    assert (floor.memo(device).fault, floor.memo(device).fault_ms) == (0, 0)


def test_a_fault_that_came_unheard_is_found_at_the_read_back() -> None:
    floor = line_floor()
    assert read_back(floor, "SC1", FaultCode.JAM, retained=True) == [("machine_fault", FaultCode.JAM)]
    assert floor.memo("SC1").fault == FaultCode.JAM
    other = read_back(floor, "SC1", FaultCode.DRIVE_HOIST, retained=True)
    assert other == [("machine_fault", FaultCode.DRIVE_HOIST)]


def test_only_a_cell_that_forgot_it_takes_back_what_is_used_up() -> None:
    floor = line_floor()
    said(floor, "SE1", RAISED, FaultCode.SEALS_EMPTY)
    assert read_back(floor, "SE1", 0, retained=True) == [("used_up", FaultCode.SEALS_EMPTY)]
    assert read_back(floor, "SE1", 0, retained=False) == []


def test_a_bench_that_stops_is_an_alarm_until_it_is_released() -> None:
    floor = line_floor()
    carrier = Carrier("C1", "VL1", 1, FRESH, "BN1", (LineMeter("m1"),), run="R1")
    floor.apply([carrier, BenchRun("R1", "VL1", "BN1", 1, ("C1", ""), "running")])
    assert play(floor, RunReported("R1", 1, "aborted")) == [("bench_stopped", 0)]
    assert play(floor, PositionAsked("BN1", 3, False, "li")) == [("bench_stopped", 0)]
    assert play(floor, PositionAsked("BN1", 0, True, "li")) == []
