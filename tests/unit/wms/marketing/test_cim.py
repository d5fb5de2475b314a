from __future__ import annotations

import uuid

import pytest

from tests.contract.platform_letters import AT_MS, LETTERS, METERS
from wms.errors import Refused
from wms.marketing.cim import Bus, message_of, meter_id, reply_of

BUS = Bus("METRO-01")
CHANGED = {"lot": "L1", "state": "qualified", "box": "BX1", "place": "L1", "bars": METERS[:2], "at_ms": AT_MS}


def test_the_same_letter_is_the_same_message_for_ever() -> None:
    one, again = (message_of("meter_changed", CHANGED, BUS, key="k") for _ in range(2))
    other = message_of("meter_changed", CHANGED, BUS, key="k2")
    assert one == again
    assert one["Header"]["MessageID"] != other["Header"]["MessageID"]
    assert uuid.UUID(one["Header"]["MessageID"]).version == 5
    assert one["Header"]["Timestamp"] == "2023-11-14T22:13:20.000Z"


@pytest.mark.parametrize(
    ("kind", "body", "verb", "noun"),
    [
        ("meter_created", {"lot": "L1", "meters": [{"bar_code": METERS[0]}]}, "created", "MeterConfig"),
        ("meter_changed", CHANGED, "changed", "MeterConfig"),
        ("test_result", LETTERS["test_result"], "created", "TestDataSet"),
        ("conclusion", LETTERS["conclusion"], "changed", "MeterConfig"),
        ("dispatched", {"order": 7, "district": "D1", "bars": METERS[:1]}, "changed", "MeterConfig"),
    ],
)
def test_each_kind_has_its_verb_and_noun(kind: str, body: dict[str, object], verb: str, noun: str) -> None:
    said = message_of(kind, body, BUS, key="k")
    assert (said["Header"]["Verb"], said["Header"]["Noun"]) == (verb, noun)
    assert list(said["Payload"]) == [noun]


def test_a_meter_is_known_by_its_bar_code_alone() -> None:
    said = message_of("meter_changed", CHANGED, BUS, key="k")["Payload"]["MeterConfig"]["Meter"]
    assert [(one["mRID"], one["utcNumber"]) for one in said] == [(meter_id(code), code) for code in METERS[:2]]
    assert said[0]["status"]["value"] == "qualified"


def test_a_test_data_set_holds_every_point() -> None:
    sets = message_of("test_result", LETTERS["test_result"], BUS, key="k")["Payload"]["TestDataSet"]["ProcedureDataSet"]
    assert len(sets[0]["MeasurementValues"]) == len(LETTERS["test_result"]["meters"][0]["items"])


def test_a_late_result_says_so() -> None:
    body = LETTERS["test_result"] | {"late": True, "of": "test_result"}
    assert message_of("late_result", body, BUS, key="k")["Payload"]["TestDataSet"]["late"] is True


def test_what_has_no_noun_is_refused() -> None:
    with pytest.raises(Refused, match="letter_has_no_message"):
        message_of("pile_stored", {}, BUS, key="k")


def test_a_partial_reply_names_the_meters() -> None:
    told = reply_of(
        {"Reply": {"Result": "PARTIAL", "Error": [{"ID": meter_id(METERS[1]), "reason": "unknown"}]}}, METERS
    )
    assert (told.result, told.refused, told.words) == ("PARTIAL", (METERS[1],), "unknown")


@pytest.mark.parametrize("reply", [{}, {"Reply": {}}, {"Reply": {"Result": "MAYBE"}}, {"Reply": []}])
def test_what_is_no_reply_is_not_taken_for_one(reply: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Reply|Result"):
        reply_of(reply, [])
