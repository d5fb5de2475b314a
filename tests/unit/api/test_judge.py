"""The judge as anybody meets it: lines in, lines out, every bad one named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from api.judge import records
from api.judge.answers import answer
from api.judge.replies import Answered
from tests.faces import ROOT

PLATE = {
    "rules": "JJG596-2012", "accuracy_class": "1", "phase": "1p2w", "connection": "direct", "current_spec": "5(60)",
}  # fmt: skip
ERROR = PLATE | {
    "id": "a1", "item": "intrinsic_error", "balanced": True, "current_a": 0.5, "power_factor": "0.5L",
    "readings_percent": [0.61, 0.72],
}  # fmt: skip
POWER = {"rated_voltage_v": 220, "constant_imp_kwh": 1200}
TIME = PLATE | POWER | {"item": "starting", "ask": "limit_time", "accuracy_class": "2"}
NEWER = {"rules": "GBT17215.321-2021", "accuracy_class": "B", "current_spec": "0.25-0.5(60)"}


ANSWER: TypeAdapter[Any] = TypeAdapter(Answered)


def judged(record: Any) -> dict[str, Any]:
    told = answer(record if isinstance(record, str) else json.dumps(record), 1)
    ANSWER.validate_python(told)  # whatever is answered is as the schema says
    return told


def metrostack(*words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "api.cli", "judge", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, timeout=60, check=False)


def test_readings_get_limit_mean_rounded_value_and_verdict() -> None:
    told = judged(ERROR)
    assert told.pop("clause").startswith("JJG 596-2012")
    assert told == {
        "id": "a1", "limit_percent": "1.5", "mean_percent": "0.665", "rounded_percent": "0.7", "verdict": "pass",
    }  # fmt: skip


def test_doubtful_readings_ask_for_more_and_four_decide() -> None:
    assert judged(ERROR | {"readings_percent": [1.31, 1.42]})["verdict"] == "more_readings"
    assert judged(ERROR | {"readings_percent": [1.31, 1.42, 1.5, 1.6]})["verdict"] == "pass"


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (TIME, {"limit_time_s": "654.545455"}),
        (TIME | {"item": "creep"}, {"limit_time_s": "1818.181818"}),
        (TIME | NEWER, {"limit_time_s": "681.818182", "first_pulse_within_s": "1022.727273"}),
        (TIME | NEWER | {"item": "creep"}, {"limit_time_s": "3305.785124"}),
        (PLATE | POWER | {"item": "starting", "first_pulse_s": 800}, {"verdict": "pass", "limit_s": "818.181818"}),
        (PLATE | POWER | {"item": "starting", "first_pulse_s": None}, {"verdict": "fail", "first_pulse_s": None}),
        (
            PLATE | POWER | NEWER | {"item": "starting", "first_pulse_s": 600, "second_pulse_s": 1282},
            {"verdict": "pass", "limit_time_s": "681.818182"},
        ),
        (
            PLATE | POWER | {"item": "creep", "pulses": 2, "observed_s": 2400},
            {"verdict": "fail", "limit_pulses": "1", "pulses": "2"},
        ),
        (PLATE | POWER | {"item": "creep", "pulses": 1, "observed_s": 2400, "most_pulses": 0}, {"verdict": "fail"}),
        (
            {"rules": "JJG596-2012", "item": "daily_timing", "readings_s_d": ["0.505"] * 5},
            {"limit_s_d": "0.5", "mean_s_d": "0.505", "rounded_s_d": "0.50", "verdict": "pass"},
        ),
        (
            PLATE | {"item": "standard_deviation", "current_a": 5, "power_factor": 1, "readings_percent": [0.1] * 5},
            {"limit_percent": "0.1", "rounded_percent": "0.00", "verdict": "pass"},
        ),
        (
            PLATE | POWER | {"item": "constant", "counted_pulses": 1195, "energy_kwh": 1.0},
            {"limit_percent": "1.0", "error_percent": "-0.416666667", "rounded_percent": "-0.4", "verdict": "pass"},
        ),
        (
            PLATE | {"item": "constant", "method": "register", "shown_kwh": "1.02", "reference_kwh": 1},
            {"rounded_percent": "2.0", "verdict": "fail"},
        ),
        (
            PLATE
            | {"phase": "3p4w", "item": "unbalanced_difference", "balanced_percent": 0.1, "unbalanced_percent": -1.5},
            {"limit_percent": "1.5", "difference_percent": "-1.6", "rounded_percent": "-1.6", "verdict": "fail"},
        ),
    ],
)  # fmt: skip
def test_every_item(record: dict[str, Any], wanted: dict[str, Any]) -> None:
    told = judged(record)
    assert {name: told.get(name) for name in wanted} == wanted
    assert told["clause"]


@pytest.mark.parametrize("text", ["0.30000000000000004", '"0.3"', "3e-1", "0.3"])
def test_numbers_count_by_their_decimal_text(text: str) -> None:
    line = json.dumps(ERROR).replace("[0.61, 0.72]", f"[{text}, {text}]")
    assert judged(line)["rounded_percent"] == "0.3"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": "accuracy"}, "item"),
        ({"rules": "IR46"}, "rules"),
        ({"accuracy_class": "4"}, "accuracy_class"),
        ({"accuracy_class": "B"}, "accuracy_class"),
        ({"accuracy_class": "0.5S"}, "connection"),
        ({"phase": "3p5w"}, "phase"),
        ({"connection": "CT"}, "connection"),
        ({"current_spec": "0.25-0.5(60)"}, "current_spec"),
        ({"current_a": 0.499}, "current_a"),
        ({"current_a": True}, "current_a"),
        ({"current_a": -1}, "current_a"),
        ({"power_factor": "0.7L"}, "power_factor"),
        ({"balanced": False}, "balanced"),
        ({"balanced": "yes"}, "balanced"),
        ({"readings_percent": [0.5]}, "readings_percent"),
        ({"readings_percent": [0.5, "NaN"]}, "readings_percent"),
        ({"readings_percent": [0.5, float("inf")]}, "readings_percent"),
        ({"readings_percent": [0.5, 10**4000]}, "readings_percent"),
        ({"readings_percent": [0.5, "1_0"]}, "readings_percent"),
        ({"reading": 1}, "reading"),
        ({"readings_percent": 1}, "readings_percent"),
        ({"rated_voltage_v": "x"}, "rated_voltage_v"),
        ({"item": "starting", "ask": "time"}, "ask"),
        ({"item": "constant", "method": "guess"}, "method"),
    ],
)
def test_a_bad_record_is_named_by_its_field(change: dict[str, Any], field: str) -> None:
    told = judged(ERROR | change)
    assert told["field"] == field
    assert field in told["error"] and "verdict" not in told
    assert told["id"] == "a1" and told["line"] == 1


@pytest.mark.parametrize("line", ["", "{", "[1]", '{"item":"creep","item":"creep"}', "[" * 50_000, "9" * 5000])
def test_what_is_no_record_is_said_to_be_none(line: str) -> None:
    assert judged(line)["field"] in ("record", "item")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"readings_percent": [0.5]}, "needs 2 or more readings, has 1"),
        ({"readings_percent": [0.5] * 101}, "has more than 100 readings"),
        ({"readings_percent": 0.5}, "must be a list of numbers"),
        ({"rules": "IR46"}, "GBT17215.321-2021"),
        ({"rules": None}, "is missing; known are JJG596-2012"),
        ({"item": None}, "standard_deviation"),
        ({"phase": None}, "is missing; known are 1p2w, 3p3w, 3p4w"),
        ({"accuracy_class": "3"}, "0.2S, 0.5S, 1, 2"),
        ({"accuracy_class": "0.2S"}, "accuracy_class 0.2S of JJG596-2012 are connected ct, not direct"),
        ({"power_factor": "0.9L"}, "known are 1, 0.5L, 0.8C, 0.25L, 0.5C"),
        ({"reading": 1}, "its fields are accuracy_class,"),
        ({"balanced": 1}, "must be true or false"),
        ({"current_spec": ""}, "is empty"),
        ({"current_spec": "5" * 50}, "is longer than 40 characters"),
        ({"ask": "limit_time"}, "known are verdict"),
        ({"current_spec": "3x5(60)"}, "is neither like"),
    ],
)
def test_an_error_says_what_would_do(change: dict[str, Any], says: str) -> None:
    assert says in judged({name: value for name, value in (ERROR | change).items() if value is not None})["error"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"balanced": True, "current_a": 0.025, "power_factor": "1"}, None),
        ({"current_a": 0.02}, "current_a"),
        ({"power_factor": "0.5L"}, "power_factor"),
        ({"balanced": False}, "balanced"),
        ({"item": "creep", "current_a": 0, "power_factor": 1.0}, None),
        ({"power_factor": "1.00"}, None),
        ({"item": "creep", "current_a": 0.025}, "current_a"),
    ],
)
def test_a_load_may_be_told_where_the_rule_knows_it_and_must_agree(change: dict[str, Any], field: str | None) -> None:
    told = judged(TIME | change)
    assert told.get("field") == field and ("limit_time_s" in told) == (field is None)


@pytest.mark.parametrize(("current_a", "field"), [(60, None), (5, None), (0.25, "current_a"), (61, "current_a")])
def test_the_constant_is_judged_where_the_limit_is_that_of_imax(current_a: float, field: str | None) -> None:
    record = PLATE | POWER | {"item": "constant", "counted_pulses": 1200, "energy_kwh": 1, "current_a": current_a}
    assert judged(record).get("field") == field


@pytest.mark.parametrize(
    ("plate", "field"),
    [
        ({"accuracy_class": "99"}, "accuracy_class"),
        ({"accuracy_class": "B"}, "accuracy_class"),
        ({"accuracy_class": "0.2S", "connection": "direct"}, "connection"),
        ({"rules": "QGDW10364-2020", "phase": "3p4w"}, "phase"),
        (PLATE | {"current_spec": "0.25-0.5(60)"}, "current_spec"),
        (PLATE | {"balanced": True}, None),
        ({"accuracy_class": "1"}, None),
    ],
)
def test_a_plate_told_with_a_daily_timing_must_be_known(plate: dict[str, Any], field: str | None) -> None:
    record = {"rules": "JJG596-2012", "item": "daily_timing", "readings_s_d": [0.1]} | plate
    assert judged(record).get("field") == field


@pytest.mark.parametrize("kind", ["1", "2"])
@pytest.mark.parametrize("constant", [300, 700, 1100, 1200, 1300, 1700])
def test_times_that_are_told_are_long_enough(kind: str, constant: int) -> None:
    plate = PLATE | {"accuracy_class": kind, "rated_voltage_v": 220, "constant_imp_kwh": constant}
    creeps = judged(plate | {"item": "creep", "ask": "limit_time"})["limit_time_s"]
    assert judged(plate | {"item": "creep", "pulses": 0, "observed_s": creeps})["verdict"] == "pass"
    starts = judged(plate | {"item": "starting", "ask": "limit_time"})["limit_time_s"]
    assert judged(plate | {"item": "starting", "first_pulse_s": starts})["verdict"] == "pass"
    assert judged(plate | {"item": "starting", "first_pulse_s": starts + "1"})["verdict"] == "pass"  # a tenth of a µs
    assert judged(plate | {"item": "starting", "first_pulse_s": f"{float(starts) + 2e-6:.6f}"})["verdict"] == "fail"


def test_an_answer_without_an_id_has_its_line() -> None:
    assert judged({name: value for name, value in ERROR.items() if name != "id"})["line"] == 1
    assert "line" not in judged(ERROR)


def test_what_floats_leave_over_is_a_number() -> None:
    assert judged(ERROR | {"readings_percent": [0.3 - 0.1 - 0.2, 1e-300 * 0]})["rounded_percent"] == "-0.0"


def test_a_second_pulse_must_be_told_where_the_rules_ask_for_it() -> None:
    told = judged(PLATE | POWER | NEWER | {"item": "starting", "first_pulse_s": 600})
    assert told["field"] == "second_pulse_s"


def test_all_problems_of_a_record_are_named() -> None:
    told = judged(ERROR | {"rules": "IR46", "current_a": "x", "readings_percent": [1, "y"]})
    assert [one["field"] for one in told["problems"]] == ["rules", "current_a", "readings_percent.1"]


def test_a_file_is_judged_line_by_line_and_bad_lines_end_it_with_one(tmp_path: Path) -> None:
    lines = [
        json.dumps(ERROR).encode(),
        b"",
        b"\xff",
        json.dumps(ERROR | {"id": "half \ud800"}).encode(),
        b"x" * 120_000,
    ]
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    done = metrostack(file)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("verdict") for one in told] == ["pass", None, None, None]
    assert told[2]["id"] == "half \ud800"
    assert told[2]["field"] == "id"
    assert [one["line"] for one in told if "error" in one] == [3, 4, 5]
    assert done.returncode == 1
    assert b"3 of 4 records could not be judged: line 3, 4, 5" in done.stderr


def test_standard_input_is_judged_and_good_records_end_with_zero() -> None:
    done = metrostack("-", stdin=json.dumps(ERROR).encode() + b"\n" + json.dumps(TIME).encode())
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 2 and done.stderr == b""


@pytest.mark.parametrize(
    ("words", "stdin", "says"),
    [
        (("no-such.jsonl",), b"", b"No such file"),
        (("[/x]",), b"", b"[/x]: No such file"),
        (("/proc/self/mem",), b"", b"cannot be read: Input/output error"),
        ((), b"", b"no file was named"),
        (("-",), b"\n", b"has no records"),
    ],
)
def test_trouble_says_the_way_out(words: tuple[str, ...], stdin: bytes, says: bytes) -> None:
    done = metrostack(*words, stdin=stdin)
    assert done.returncode == 2 and says in done.stderr and b"Traceback" not in done.stderr


def test_a_full_disk_is_said_in_one_line() -> None:
    command = [sys.executable, "-m", "api.cli", "judge", "-"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command, cwd=ROOT, input=json.dumps(ERROR).encode(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2 and done.stderr.startswith(b"error: the answers cannot be written: No space left")
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_answers_are_utf_8_whatever_the_terminal_speaks() -> None:
    command = [sys.executable, "-m", "api.cli", "judge", "-"]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(ERROR).encode(), capture_output=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert done.returncode == 0 and "基本误差" in json.loads(done.stdout)["clause"]


def test_the_schema_in_the_docs_is_the_one_that_is_printed() -> None:
    kept = (ROOT / "docs/judge.schema.json").read_text(encoding="utf-8")
    assert kept == records.schema_text(), "run: metrostack judge --schema > docs/judge.schema.json"
    assert metrostack("--schema").stdout.decode() == kept


def test_the_examples_of_the_page_are_answered_as_the_page_says() -> None:
    page = (ROOT / "docs/judge.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    pairs = [block.strip().splitlines() for block in blocks]
    assert len(pairs) >= 10 and {json.loads(pair[0])["item"] for pair in pairs} == {item for item, _ in records.MODELS}
    for given, wanted in pairs:
        assert judged(given) == json.loads(wanted)


def test_the_models_of_the_schema_are_the_models_that_judge() -> None:
    schema = TypeAdapter(records.Record).json_schema()
    assert "Answer" in json.loads(records.schema_text())["$defs"]
    assert {one["$ref"].rpartition("/")[2] for one in schema["anyOf"]} == {m.__name__ for m in records.MODELS.values()}
