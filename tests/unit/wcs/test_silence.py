"""What a station has not said of a meter is never taken for good: no bench tests it, nobody passes it."""

from __future__ import annotations

from typing import cast

import pytest

from plc.codes import EvtCode
from plc.link import EventRaised
from plc.plant.cells import CellLine
from plc.telegram import BoxResult, Event, MeterResult
from tests.system.cells import cells_plant
from wcs.bench.progress import begin
from wcs.bench.verdicts import verdict_of
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import RunReported
from wcs.life import MissionState
from wcs.line import bench_orders, stations
from wcs.line.results import judged
from wcs.line.rows import FRESH, PASSED, BenchRun, Carrier, LineLot, LineMeter
from wcs.rows import Mission

CODES = ("m1", "m2", "m3")
BEFORE = ("withstand", "imaging")


def floor_with(carrier: Carrier, *rows: BenchRun) -> Floor:
    floor = Floor(cells_plant())
    floor.apply([LineLot("VL1:1", "VL1", 1, {"sheet": 5, "stations": list(BEFORE)}), carrier, *rows])
    return floor


def line_of(floor: Floor) -> CellLine:
    return cast(CellLine, floor.plant.lines["VL1"])


def says(floor: Floor, cell: str, *meters: MeterResult) -> Carrier:
    """Let a cell tell what came out of its work on carrier C1, and return what is known of it then."""
    result = BoxResult("C1", "", 0, 0, meters)
    fetch = Mission(floor.last_mission + 1, 0, cell, 1, "C1", "UL1", cell, state=MissionState.LOADED)
    floor.apply([fetch])
    event = Event(EvtCode.RESULT_READY, fetch.number, load_id="C1")
    notice = EventRaised(cell, floor.memo(cell).booked_seq + 1, event, result)
    floor.apply(decide(floor, notice, 1_000).changes)
    return floor.carriers["C1"]


def fresh(**marks: tuple[str, ...]) -> Carrier:
    """Return a carrier on a bench; `marks` are the stations that have found each meter good."""
    meters = tuple(LineMeter(code, found=marks.get(code, ())) for code in CODES)
    return Carrier("C1", "VL1", 1, FRESH, "BN1", meters, run="R1")


def test_a_station_marks_only_the_meters_that_it_speaks_of() -> None:
    floor = floor_with(Carrier("C1", "VL1", 1, FRESH, "WV1", tuple(map(LineMeter, CODES))))
    carrier = says(floor, "WV1", MeterResult("m1", 1), MeterResult("m2", 2))
    assert [bench_orders.finding(meter, "withstand") for meter in carrier.meters] == ["pass", "fail", "untested"]
    assert [meter.verdict for meter in carrier.meters] == ["", "fail", ""]  # silence is no failure either
    again = says(floor, "WV1", MeterResult("m2", 1), MeterResult("m3", 0))
    assert [bench_orders.finding(meter, "withstand") for meter in again.meters] == ["pass", "fail", "untested"]


def test_what_no_station_has_spoken_of_is_untested_at_its_bench() -> None:
    run = BenchRun("R1", "VL1", "BN1", 1, ("C1", ""), "ordered")
    floor = floor_with(fresh(m1=BEFORE, m2=("withstand",)), run)
    places = bench_orders.body_of(floor, line_of(floor), run).places
    assert [place.stations for place in places] == [
        {"withstand": "pass", "imaging": "pass"},
        {"withstand": "pass", "imaging": "untested"},
        {"withstand": "untested", "imaging": "untested"},
    ]


def test_the_bench_tests_no_meter_that_a_station_before_is_silent_of() -> None:
    run = BenchRun("R1", "VL1", "BN1", 1, ("C1", ""), "ordered")
    floor = floor_with(fresh(m1=BEFORE, m2=("withstand",)), run)
    body = bench_orders.body_of(floor, line_of(floor), run)
    said = [verdict_of(standing) for standing in begin(body).standings.values()]
    assert [(one.verdict, one.cause) for one in said] == [
        ("pass", ""),
        ("not_tested", "station_missing"),
        ("not_tested", "station_missing"),
    ]


def test_a_bench_cannot_pass_what_a_station_is_silent_of() -> None:
    run = BenchRun("R1", "VL1", "BN1", 1, ("C1", ""), "running")
    floor = floor_with(fresh(m1=BEFORE, m2=("withstand",)), run)
    verdicts = tuple({"position": n, "bar_code": code, "verdict": "pass"} for n, code in enumerate(CODES, 1))
    said = RunReported(run="R1", part=1, state="finished", verdicts=verdicts)
    floor.apply(decide(floor, said, 1_000).changes)
    assert [meter.verdict for meter in floor.carriers["C1"].meters] == ["pass", "aborted", "aborted"]


@pytest.mark.parametrize("said", ["pass", "fail", "aborted", "not_tested"])
def test_no_word_of_a_bench_makes_up_for_a_station(said: str) -> None:
    meter = judged(LineMeter("m1", found=("imaging",)), "BN1:1", {"verdict": said}, before=BEFORE)
    assert (meter.verdict, meter.attempts) == ("aborted", 0)


def test_a_meter_without_seal_or_label_is_noticed() -> None:
    meters = tuple(LineMeter(code, verdict="pass") for code in CODES)
    floor = floor_with(Carrier("C1", "VL1", 1, PASSED, "SE1", meters))
    assert stations.silent(line_of(floor), "SE1", floor.carriers["C1"])
    sealed = says(floor, "SE1", MeterResult("m1", 1, "S1"), MeterResult("m2", 2))
    assert [meter.seal for meter in sealed.meters] == ["S1", "", ""] and stations.silent(line_of(floor), "SE1", sealed)
    sealed = says(floor, "SE1", MeterResult("m2", 1, "S2"), MeterResult("m3", 1, "S3"))
    assert [meter.seal for meter in sealed.meters] == ["S1", "S2", "S3"] and not stations.silent(
        line_of(floor), "SE1", sealed
    )
    labelled = says(floor, "LB1", MeterResult("m1", 1), MeterResult("m2", 2), MeterResult("m3", 1))
    assert stations.silent(line_of(floor), "LB1", labelled) and labelled.meters[1].verdict == "pass"
