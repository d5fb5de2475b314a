"""Telemetry says what is news: states that changed, buffers that fill, hours that are over, and fits its topics."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.platform_letters import BOOK, METERS, SITE
from wcs.journal import Booked
from wms.marketing.platform.check import check
from wms.marketing.platform.codebook import book_of
from wms.marketing.platform.news import news_of
from wms.marketing.platform.telemetry import topic_of
from wms.marketing.platform.values import Body
from wms.marketing.platform.watch import HOUR_MS, Machine, Watch
from wms.stock.code_tables import rows_from_files

BOOKS = [BOOK, book_of("gen1", rows_from_files("gen1"))]


def fact(of: str, subject: str, at_ms: int = 60_000, **payload: Any) -> Booked:
    return Booked(1, at_ms, of, subject, payload)


def packed(line: str, meters: int, verdict: int, at_ms: int) -> Booked:
    return fact(
        "BoxPacked", "B1", at_ms, line=line, verdict=verdict, meters=[[c, verdict, ""] for c in METERS[:meters]]
    )


def topics(said: list[Body]) -> list[tuple[str, Body]]:
    """Return what is said at which topic; it fits both generations."""
    for book in BOOKS:
        for topic, body in (topic_of(one, SITE, book) for one in said):
            assert check(topic, body, group="condition", unknown="refuse") == []
    return [topic_of(one, SITE, BOOK) for one in said]


def test_a_machine_is_told_when_its_state_changes_with_the_one_before() -> None:
    watch = Watch()
    idle = [Machine("C1", "C1", "idle"), Machine("WV1", "VL1", "running")]
    assert [body["curWkStatusCode"] for _, body in topics(watch.machines(idle, 1_000))] == ["02", "04"]
    assert watch.machines(idle, 2_000) == []
    ((topic, body),) = topics(watch.machines([Machine("WV1", "VL1", "offline")], 3_000))
    assert topic == "GK_JD_MACH_WORKING_STATUS_TOPIC"
    assert (body["machNo"], body["curWkStatusCode"], body["previousState"]) == ("WV1", "03", "04")


def test_a_buffer_is_told_when_something_else_stands_in_it() -> None:
    watch = Watch()
    assert [b["bufferOccupanNum"] for _, b in topics(watch.stands({"VL1": 3, "VL2": 0}, 1))] == ["3", "0"]
    assert [(t, b["bufferOccupanNum"]) for t, b in topics(watch.stands({"VL1": 4, "VL2": 0}, 2))] == [
        ("GK_JD_BUFFER_TOPIC", "4")
    ]
    assert watch.stands({"VL1": 4, "VL2": 0}, 3) == []


def test_the_output_of_an_hour_is_told_when_it_is_over_and_of_a_line_that_packs_no_more_as_well() -> None:
    watch = Watch()
    assert watch.packed([packed("VL1", 15, 1, 10), packed("VL1", 4, 2, 20), packed("VL2", 3, 0, 30)]) == []
    first, second = topics(watch.packed([packed("VL1", 15, 1, HOUR_MS + 1)]))
    assert first[0] == "GK_JD_OUTPUT_INFO_TOPIC" and first[1]["occurTime"].endswith("09:00:00")
    assert {one["outParaName"]: one["outParaValue"] for one in first[1]["realTimeValues"]} == {
        "boxes": "2", "passed": "15", "failed": "4", "unverified": "0",
    }  # fmt: skip
    assert {one["outParaValue"] for one in second[1]["realTimeValues"]} == {"0", "1", "3"}
    assert watch.over(2 * HOUR_MS - 1) == []
    said = watch.over(2 * HOUR_MS)
    assert [(one["place"], one["values"]["passed"]) for one in said] == [("VL1", "15"), ("VL2", "0")]


def test_the_check_of_a_line_waits_until_all_is_there_or_a_minute_is_over() -> None:
    lines = {"VL1": ["M1", "M2", "M3"], "VL2": ["N1"]}
    seen = [Machine("M1", "VL1", "idle"), Machine("M2", "VL1", "alarm"), Machine("C1", "C1", "offline")]
    watch = Watch()
    assert watch.starts(seen, lines, 1_000) == []
    ((topic, body),) = topics(watch.starts([*seen, Machine("N1", "VL2", "running")], lines, 2_000))
    assert (topic, body["checkData"], body["checkConc"]) == ("GK_JD_BOOT_CHECK_TOPIC", "1/1", "01")
    told = [topics(watch.starts(seen, lines, 3_000)) for _ in range(6)]
    assert [len(one) for one in told] == [0, 0, 0, 1, 0, 0]
    assert (told[3][0][1]["checkData"], told[3][0][1]["checkConc"]) == ("1/3", "02")


def test_a_stop_by_a_fault_is_told_when_it_begins_and_when_it_is_over() -> None:
    fault = {"fault": "machine_fault", "device": "C1", "code": 7, "unit": ""}
    begun = topics(news_of(fact("FaultRaised", "C1", **fault), lambda _: ""))
    ended = topics(news_of(fact("FaultCleared", "C1", **fault, after_ms=5), lambda _: ""))
    assert [topic for topic, _ in begun] == ["GK_JD_MACH_ALARM_INFO_TOPIC", "GK_JD_PLAN_EVENT_TOPIC"]
    assert [body["plantEventType"] for _, body in (begun[1], *ended)] == ["0111", "0112"]
    assert news_of(fact("FaultCleared", "S1", **fault | {"fault": "no_read"}), lambda _: "") == []


STATIONS = [
    fact("BoxOpened", "BX1", line="VL1", cell="UL1", box="BX1", pallet="P1", meters=METERS[:15]),
    fact("CarrierChecked", "CR1", line="VL1", cell="WV1", kind="withstand", lot=1, passed=METERS[:2], failed=[],
         silent=METERS[2:3]),
    fact("CarrierSealed", "CR1", line="VL1", cell="SE1", lot=1, meters=[[METERS[0], "S1", ""]]),
]  # fmt: skip


@pytest.mark.parametrize("said", STATIONS, ids=lambda said: said.kind)
def test_what_a_station_has_done_is_told_of_tasks_alone(said: Booked) -> None:
    asked: list[object] = []
    ((topic, body),) = topics(news_of(said, lambda of: (asked.append(of), "T1")[1]))
    assert topic == "GK_JD_MACH_EVENT_TOPIC" and asked in ([1], [METERS[:15]])
    assert (body["machNo"], body["containerNo"], body["taskNo"]) == (said.payload["cell"], said.subject, "T1")
    count = {"BoxOpened": "15", "CarrierChecked": "3", "CarrierSealed": "1"}[said.kind]
    assert body["objectNum"] == count == body["objectDetList"]["objectNum"]
    assert ("barCode" in body) == (count != "15")  # 256 bytes hold eleven
    assert news_of(said, lambda _: "") == []
