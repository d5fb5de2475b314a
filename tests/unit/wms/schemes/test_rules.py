"""What a scheme must not do: each rule broken once, and the finding that names the place."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any, get_args

import pytest

from tests.schemes import scheme
from wcs import metrology
from wcs.bench.sheet import Case
from wcs.bench.steps import ApplySource, BenchStep
from wms.schemes import seeding
from wms.schemes.content import Rules, TestCase
from wms.schemes.resolve import Parts, inspect, plan_of
from wms.schemes.rules import Plan, check, remarks
from wms.schemes.step_rules import check_steps

ON = {"do": "apply_source"}
IB = {"do": "apply_source", "current": "Ib"}
ERROR = {"do": "measure_error"}
OFF = {"do": "source_off"}


def said(item: str, *steps: dict[str, Any]) -> list[str]:
    """Return the findings of a case as "step code", apart from a missing proof."""
    found = check_steps(Case.model_validate({"code": "c", "item": item, "steps": steps}))
    return [f"{f.place.rpartition('.')[2]} {f.code}" for f in found if f.code != "item_without_proof"]


@pytest.mark.parametrize(
    ("item", "steps", "found"),
    [
        ("intrinsic_error", [IB, ERROR], []),
        ("intrinsic_error", [ON, ERROR], ["1 needs_load"]),
        ("intrinsic_error", [IB, OFF, ERROR], ["2 needs_load"]),
        ("communication", [{"do": "read", "name": "model"}], ["0 needs_voltage"]),
        ("communication", [ON, {"do": "compare", "name": "model", "to": "x"}], ["1 compared_before_read"]),
        ("communication", [ON, {"do": "read", "name": "weather"}], ["1 unknown_identifier"]),
        ("communication", [ON, {"do": "write", "name": "model", "value": "x"}], ["1 not_writable"]),
        ("communication", [ON, {"do": "write", "name": "asset_code", "value": "archive.bar_code"}], []),
        ("communication",
         [ON, {"do": "read", "name": "model"}, {"do": "compare", "name": "model", "to": "archive.mood"}],
         ["2 unknown_archive_field"]),
        ("creep", [IB, {"do": "count_pulses", "rule": "creep"}], ["1 creep_with_current"]),
        ("creep", [ON, {"do": "count_pulses", "rule": "creep"}], []),
        ("starting", [ON, {"do": "count_pulses", "rule": "starting"}], ["1 needs_load"]),
        ("constant", [IB, {"do": "count_pulses", "rule": "constant"}], ["1 constant_without_energy"]),
        ("variation", [IB, {**ERROR, "keep_as": "a"}, {**ERROR, "keep_as": "a"}], ["2 kept_twice"]),
        ("variation", [IB, {"do": "judge_spread", "rule": "variation", "first": "a", "second": "b"}],
         ["1 judged_before_kept", "1 judged_before_kept"]),
        ("variation", [IB, {**ERROR, "keep_as": "a"}, {"do": "judge_spread", "rule": "variation", "first": "a"}],
         ["2 judge_needs_second"]),
        ("intrinsic_error", [ON, {"do": "relay", "action": "trip"}], ["1 step_in_wrong_item"]),
        ("fee_control", [ON, {"do": "download_key"}], ["1 step_in_wrong_item"]),
        ("appearance", [{"do": "take_over", "station": "withstand"}], ["0 station_in_wrong_item"]),
    ],
)  # fmt: skip
def test_steps_that_make_no_sense_are_named(item: str, steps: list[dict[str, Any]], found: list[str]) -> None:
    assert said(item, *steps) == found


def test_a_case_that_tests_nothing_of_its_item_is_refused() -> None:
    empty = Case.model_validate({"code": "c", "item": "creep", "steps": [ON, {"do": "wait", "seconds": 60}]})
    assert [f.code for f in check_steps(empty)] == ["item_without_proof"]


def shipped(*codes: str, purpose: str = "demo", rules: str = "JJG596-2012") -> list[str]:
    """Return what is wrong with a scheme of shipped cases, as "place code"."""
    found = seeding.shipped()
    content = scheme(*codes, purpose=purpose, rules=rules)
    return [f"{f.place} {f.code}" for f in inspect("s", content, Parts(found.blocks, found.cases))]


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["security-authentication", "fee-control", "key-download"], []),
        (["fee-control", "security-authentication"], ["scheme.s.cases.0 fee_control_before_security"]),
        (["key-download", "clock-value"], ["scheme.s.cases.0 key_download_not_last"]),
        (["errors-short", "creep-115"], ["scheme.s.cases.1 after_intrinsic_error"]),
        (["errors-short", "starting-current"], ["scheme.s.cases.1 after_intrinsic_error"]),
        (["clock-value", "withstand-station"], ["scheme.s.cases.1 withstand_not_first"]),
        (["clock-value", "clock-value"], ["scheme.s.cases.1 case_twice"]),
        (["nowhere"], ["scheme.s.cases.0 unknown_case"]),
        (["errors-short", "errors-1ph-class2"], ["case.errors-1ph-class2.steps.0 load_increases"]),
        (["errors-short-3ph", "errors-1ph-itr"],
         ["case.errors-1ph-itr.steps.0 balanced_after_unbalanced", "case.errors-1ph-itr.steps.0 load_increases"]),
    ],
)  # fmt: skip
def test_an_order_that_the_rules_forbid_is_named(codes: list[str], found: list[str]) -> None:
    assert shipped(*codes)[: len(found) or 1] == found


def test_other_editions_let_creep_come_later() -> None:
    assert shipped("errors-short", "creep-110", rules="GBT17215.321-2021") == []


def test_a_verification_leaves_no_mandatory_item_out() -> None:
    found = [one for one in shipped("appearance-image", purpose="first") if "item_missing" in one]
    assert len(found) == 6
    assert [one for one in shipped("withstand-station", purpose="recheck") if "withstand" in one] == [
        "scheme.s.cases.0 withstand_in_recheck"
    ]
    again = shipped("appearance-image", purpose="recheck")
    assert len([one for one in again if "item_missing" in one]) == 5


def test_a_demonstration_says_what_it_leaves_out() -> None:
    found = seeding.shipped()
    case = Case.model_validate({"code": "c", "item": "constant", "steps": [IB]})
    told = remarks(Plan("meter", "demo", "JJG596-2012", (case,)))
    assert [one.code for one in told] == ["demo_is_exempt"] and "creep" in str(told[0].params["items"])
    assert remarks(Plan("meter", "first", "JJG596-2012", (case,))) == []
    assert found.schemes["demo-1ph"].purpose == "demo"


def test_a_place_is_named_as_its_author_wrote_it() -> None:
    steps = [{"do": "use_block", "block": "supply"}, {"do": "use_block", "block": "errors-ib"}, OFF, ERROR]
    written = TestCase.model_validate({"item": "intrinsic_error", "steps": steps})
    found = inspect("mine", written, Parts(seeding.shipped().blocks))
    assert [(f.place, f.code) for f in found] == [("case.mine.steps.3", "needs_load")]


PLATES = {
    "1p2w": [("2", "direct", "5(60)"), ("1", "direct", "5(60)"), ("A", "direct", "0.25-0.5(60)"),
             ("B", "direct", "0.25-0.5(60)")],
    "3p4w": [("1", "direct", "10(100)"), ("0.5S", "ct", "1.5(6)"), ("0.2S", "ct", "1.5(6)")],
    "3p3w": [("0.5S", "ct", "1.5(6)"), ("0.2S", "ct", "1.5(6)")],
}  # fmt: skip


@pytest.mark.parametrize("code", [c for c, s in seeding.shipped().schemes.items() if s.asset_class == "meter"])
def test_every_load_of_a_shipped_scheme_has_its_limit(code: str) -> None:
    """Each load at which an error or a deviation is judged is one that the edition knows for each class served."""
    shelf = seeding.shipped()
    content = shelf.schemes[code]
    plan = plan_of(content, Parts(shelf.blocks, shelf.cases))
    assert isinstance(plan, Plan)
    plates = [(phase, one) for phase in content.phases for one in PLATES[phase] if one[0] in content.accuracy_classes]
    assert {accuracy for _, (accuracy, _, _) in plates} == set(content.accuracy_classes)
    for phase, (accuracy, connection, current) in plates:
        meter = metrology.Meter(content.rules, accuracy, phase, connection, current, D(220), D(1200))  # type: ignore[arg-type]
        for load, step in loads(plan):
            amperes = metrology.current_a(meter, load.current)
            balanced = load.phase == "all"
            if step.do == "measure_error":
                metrology.limit_for(meter, current_a=amperes, power_factor=load.power_factor, balanced=balanced)
            elif step.do == "measure_deviation":
                metrology.standard_deviation(
                    meter, current_a=amperes, power_factor=load.power_factor, readings=[D(0)] * 5
                )  # fmt: skip
            elif step.do == "count_pulses" and step.rule == "creep":
                assert metrology.creep_time_s(meter) > 0


def loads(plan: Plan) -> Iterator[tuple[ApplySource, BenchStep]]:
    """Give each step with the load that is on."""
    for case in plan.cases:
        on = ApplySource(voltage_percent=0)
        for step in case.steps:
            on = step if isinstance(step, ApplySource) else on
            yield on, step


def test_the_editions_are_those_that_the_rules_hold() -> None:
    assert set(get_args(Rules)) == set(metrology.EDITIONS)


def test_everything_that_is_shipped_is_sound() -> None:
    found = seeding.shipped()
    parts = Parts(found.blocks, found.cases)
    assert [f for _, code, content in found.each() for f in inspect(code, content, parts)] == []
    plans = [inspect(code, content, parts) for code, content in found.schemes.items()]
    assert len(plans) == 17
    assert check(Plan("meter", "demo", "JJG596-2012", ())) == []
