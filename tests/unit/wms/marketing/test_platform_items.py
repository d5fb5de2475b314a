from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

import wms.marketing.platform
from tests.contract.platform_letters import AT_MS, BOOK, METERS, SITE
from wcs.bench.sheet import ITEMS
from wms.errors import Refused
from wms.marketing.platform import incoming, telemetry
from wms.marketing.platform.check import check
from wms.marketing.platform.codebook import book_of
from wms.marketing.platform.items import BUILDERS, CONCLUSIONS
from wms.marketing.platform.messages import calls_for
from wms.stock.code_tables import rows_from_files

FOLDER = Path(wms.marketing.platform.__file__).parent
NOT_TESTED = {
    "vControlMeterConc", "vDemandMeterConc", "vEqMeterConc", "vEventRcdMeterConc", "vFeeMeterConc",
    "vHutCombinaMeterConc", "vInfluenQtyMeterConc", "vMaxDemandMeterConc", "vMaxDmdErrMeterConc",
    "vOverloadMeterConc", "vPowerMeasMeterConc", "vPowerMeterConc", "vPreParamMeterConc", "vPwdChangeMeterConc",
    "vStandardMeterConc", "vSurplusMeterConc", "vTimeErrorMeterConc", "vWaveMeterConc",
}  # fmt: skip
"""Lists of the interface for what our benches do not test; docs/platform.md says so as well."""


def meter(item: str, *points: dict[str, Any]) -> dict[str, Any]:
    told = [{"verdict": "pass", "at_ms": AT_MS} | point for point in points]
    head = {"bar_code": METERS[0], "verdict": "pass", "bench": "B1", "position": 3, "at_ms": AT_MS}
    return head | {"certificate": "MS1", "items": [{"item": item, "points": told}]}


def lists(item: str, *points: dict[str, Any]) -> dict[str, Any]:
    (call,) = calls_for("test_result", {"task": "T1", "meters": [meter(item, *points)]}, SITE, BOOK)
    assert check(call.checked_as, call.body, group=call.group, unknown="refuse") == []
    return {name: rows for name, rows in call.body.items() if isinstance(rows, list)}


def test_every_item_of_ours_has_results_and_a_conclusion() -> None:
    assert set(BUILDERS) == set(CONCLUSIONS) == set(ITEMS)


def test_every_list_of_the_interface_is_filled_or_known_as_not_tested() -> None:
    rows = csv.DictReader((FOLDER / "fields.csv").read_text(encoding="utf-8").splitlines())
    listed = {
        row["field"] for row in rows
        if (row["group"], row["message"]) == ("meter-result", "DETedTestData") and row["field"].startswith("v")
    } - {"veriTaskNo"}  # fmt: skip
    kinds = ["esam", "trip", "close", "keep", "energy", "demand", "Imax 1.0 all"]
    points = [{"point": kind, "limit": "1", "raw": ["1", "2", "3"], "readings": ["1"], "value": "1"} for kind in kinds]
    short = [point | {"raw": ["1", "2"]} for point in points]
    filled = {name for item in ITEMS for name in (*lists(item, *points), *lists(item, *short))}
    assert listed - filled == NOT_TESTED
    assert filled - listed == set()


def test_an_error_carries_its_readings_and_limits() -> None:
    found = lists(
        "intrinsic_error",
        {
            "point": "0.1Ib 0.5L a", "readings": ["0.11", "0.13"], "value": "0.12", "rounded": "+0.1", "limit": "1.5",
            "verdict": "fail",
        },
    )["vBasicerrMeterConc"]  # fmt: skip
    said = {name: found[0][name] for name in ("loadCurrent", "pf", "curPhaseCode", "actlError", "aveErr", "errDown")}
    assert said == {
        "loadCurrent": "0.1Ib", "pf": "0.5L", "curPhaseCode": "A", "actlError": "0.11|0.13", "aveErr": "0.12",
        "errDown": "-1.5",
    }  # fmt: skip
    assert (found[0]["checkConc"], found[0]["devSeatNo"]) == ("02", "3")


def test_readings_that_only_serve_a_spread_are_no_results() -> None:
    kept, judged = {"point": "Ib 1.0 all", "value": "0.1"}, {"raw": ["0.1", "0.2"], "limit": "0.2", "value": "0.1"}
    found = lists("variation", kept, kept, judged)["vErrorMeterConc"]
    assert [(one["avgOnceErr"], one["avgTwiceErr"]) for one in found] == [("0.1", "0.2")]


def test_a_register_that_ran_is_a_constant_and_a_running_test() -> None:
    found = lists("constant", {"raw": ["1.00", "2.00", "1.001"], "readings": ["1.00"], "rounded": "-0.1", "limit": "2"})
    assert found["vRunningMeterConc"][0]["endReading"] == "2.00"
    assert found["vConstMeterConc"][0]["standardReading"] == "1.001"


def test_a_clock_that_was_compared_again_shows_that_the_broadcast_was_heard() -> None:
    once, again = {"raw": ["2026-01-01T00:00:00"], "value": "40"}, {"raw": ["2026-01-01T00:01:00"], "value": "1"}
    assert "vTimingMeterConc" not in lists("clock", once)
    assert lists("clock", once, again)["vTimingMeterConc"][0]["checkConc"] == "01"


def test_a_field_that_does_not_fit_is_left_out_of_sub_items() -> None:
    found = lists("daily_timing", {"readings": ["0.123456789"] * 60, "value": "0.1", "limit": "0.5"})
    assert "actlError" not in found["vDayerrMeterConc"][0]
    assert found["vDayerrMeterConc"][0]["simpling"] == "60"


def test_both_generations_say_the_same_in_their_own_codes() -> None:
    old = book_of("gen1", rows_from_files("gen1"))
    assert (old.code("task_state", "paused"), BOOK.code("task_state", "paused")) == ("3", "03")
    assert {table: set(codes) for table, codes in old.codes.items() if table != "asset_state"} == {
        table: set(codes) for table, codes in BOOK.codes.items() if table != "asset_state"
    }


def test_a_code_that_nobody_gave_a_meaning_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refusal:
        BOOK.role("task_flag", "77")
    assert refusal.value.params == {"generation": "gen2", "table": "task_flag", "value": "77"}


def test_a_message_for_another_site_and_figures_beyond_any_house_are_refused() -> None:
    body: dict[str, Any] = {
        "sysNo": "9", "taskNo": "T1", "taskStatus": "03", "controlNo": "1", "devNum": "99999999999999999999999999",
    }  # fmt: skip
    with pytest.raises(Refused, match="other_site"):
        incoming.read("setVeriTaskControl", body, SITE, BOOK)
    with pytest.raises(Refused, match="value_not_understood"):
        incoming.read("setVeriTaskControl", body | {"sysNo": "4501"}, SITE, BOOK)


def test_unknown_fields_are_kept_with_the_message_or_refused() -> None:
    body = {"taskNo": "T1", "flag": "05", "newField": "x"}
    assert incoming.read("sendTaskFinish", body, SITE, BOOK)["beside"] == {"newField": "x"}
    strict = SITE.model_copy(update={"unknown": "refuse"})
    with pytest.raises(Refused) as refusal:
        incoming.read("sendTaskFinish", body, strict, BOOK)
    assert refusal.value.params["problems"] == "sendTaskFinish.newField: unknown_field"


TOPICS: list[dict[str, Any]] = [
    {
        "topic": "boot_check",
        "item": "1",
        "name": "air",
        "kind": "surroundings",
        "begun_ms": 0,
        "ok": True,
        "value": "23",
    },
    {"topic": "buffer", "occupied": 7},
    {"topic": "alarm", "code": "E1", "begun_ms": 0, "positions": [1, 2]},
    {"topic": "alarm", "machine": "M1", "code": "E1", "begun_ms": 0, "level": "urgent"},
    {"topic": "working", "state": "running", "before": "idle", "begun_ms": 0},
    {"topic": "working", "machine": "M1", "state": "offline", "begun_ms": 0},
    {"topic": "event", "event": "task_begin", "task": "T1", "positions": []},
    {"topic": "event", "machine": "M1", "event": "inside", "task": "T1", "bars": METERS[:3], "container_no": "C1"},
    {"topic": "live", "position": 3, "values": {"voltage_a": "220.1"}},
]


@pytest.mark.parametrize("said", TOPICS, ids=lambda said: f"{said['topic']}-{said.get('machine', 'line')}")
def test_telemetry_fits_its_topic(said: dict[str, Any]) -> None:
    topic, body = telemetry.topic_of({"place": "B1", "at_ms": AT_MS} | said, SITE, BOOK)
    assert check(topic, body, group="condition", unknown="refuse") == []
