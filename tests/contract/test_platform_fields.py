"""Every field of the published list at its edges: Chinese text, the shortest, the longest, what is of another kind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api.security.roles import Role
from tests.contract import platform_list
from tests.contract.platform_list import ELEMENTS, OBJECTS, full, service, text_limit
from tests.contract.test_platform_messages import INBOUND, PATH, RECEIVED, TASK, platform_face
from tests.faces import Face
from wms.marketing.platform.check import REFUSE, check

LISTED = service()
SERVICE = sorted(LISTED)
HAN = "合"
FIELDS = [(message, field) for message in SERVICE for field in LISTED[message]]
TEXTS = [one for one in FIELDS if text_limit(LISTED[one[0]][one[1]][0]) is not None and one not in ELEMENTS]
DATES = [one for one in FIELDS if LISTED[one[0]][one[1]][0] == "DATE"]
NUMBERS = [one for one in FIELDS if LISTED[one[0]][one[1]][0].startswith(("NUMBER", "INT"))]
NESTED = sorted(ELEMENTS)


def words(message: str, body: dict[str, Any], *, unknown: str = REFUSE) -> list[str]:
    return [one.words() for one in check(message, body, group="service", unknown=unknown)]


def least(message: str) -> dict[str, Any]:
    """Return a message with nothing but what must be there, as short as it can be."""
    found: dict[str, Any] = {}
    for field, (kind, must) in LISTED[message].items():
        if must and (message, field) in ELEMENTS:
            part = least(ELEMENTS[message, field])
            found[field] = part if field in OBJECTS else [part]
        elif must:
            found[field] = platform_list.DATE if kind == "DATE" else "0"
    return found


def wrong_number(kind: str) -> dict[str, str]:
    """Return texts that are no number of a kind, each with what is said of it."""
    found = re.match(r"NUMBER\((\d+)(?:,(\d+))?\)$", kind)
    digits, decimals = (int(found[1]), int(found[2] or 0)) if found else (10, 0)
    whole = digits - decimals
    said = {"x": "not_a_number", "1e999999": "not_a_number" if whole < 1 else "too_many_digits", "NaN": "not_a_number"}
    said["9" * (whole + 1)] = f"too_many_digits ({whole + 1} > {whole})"
    said["0." + "1" * (decimals + 1)] = (
        f"too_many_decimals ({decimals + 1} > {decimals})" if decimals else "not_a_number"
    )
    return said


@pytest.mark.parametrize("message", SERVICE)
def test_a_message_with_nothing_but_what_must_be_there_fits(message: str) -> None:
    assert words(message, least(message)) == []


@pytest.mark.parametrize(("message", "field"), TEXTS)
def test_chinese_text_counts_three_bytes_a_character(message: str, field: str) -> None:
    limit = text_limit(LISTED[message][field][0]) or 0
    most = limit // len(HAN.encode())
    body = full(message)
    if most:
        assert words(message, body | {field: HAN * most}) == []
    assert words(message, body | {field: HAN * (most + 1)}) == [
        f"{message}.{field}: too_long ({3 * most + 3} > {limit})"
    ]
    assert words(message, body | {field: HAN * most + "x" * (limit - 3 * most)}) == []
    assert words(message, body | {field: "x"}) == []


@pytest.mark.parametrize(("message", "field"), TEXTS)
def test_a_list_an_object_or_a_truth_is_no_text(message: str, field: str) -> None:
    for value in (["x"], {"x": "y"}, True):
        assert words(message, full(message) | {field: value}) == [f"{message}.{field}: not_a_text ({value!s})"]


@pytest.mark.parametrize(("message", "field"), DATES)
def test_what_is_no_date_is_named(message: str, field: str) -> None:
    for value in ("2026-13-01 00:00:00", "2026-02-30", "yesterday", "2026年11月21日"):
        assert words(message, full(message) | {field: value}) == [f"{message}.{field}: not_a_date ({value})"]
    for value in ("2026-11-21", "2026-11-21T08:30:00", "20261121083000"):
        assert words(message, full(message) | {field: value}) == []


@pytest.mark.parametrize(("message", "field"), NUMBERS)
def test_what_is_no_number_of_its_length_is_named(message: str, field: str) -> None:
    for value, said in wrong_number(LISTED[message][field][0]).items():
        (found,) = words(message, full(message) | {field: value})
        assert found.startswith(f"{message}.{field}: {said}"), (value, found)
    assert words(message, full(message) | {field: 7}) == []


@pytest.mark.parametrize(("message", "field"), NESTED)
def test_a_list_that_is_none_and_an_element_that_is_none_are_named(message: str, field: str) -> None:
    body, is_object = full(message), field in OBJECTS
    said = "not_an_object" if is_object else "not_a_list"
    assert words(message, body | {field: "x"}) == [f"{message}.{field}: {said}"]
    if is_object:
        return
    assert words(message, body | {field: [body[field][0], "x"]}) == [f"{message}.{field}[1]: not_an_object"]
    strange = [body[field][0], body[field][0] | {"more": HAN}]
    assert words(message, body | {field: strange}) == [f"{message}.{field}[1].more: unknown_field"]
    assert words(message, body | {field: strange}, unknown="keep") == []
    part = ELEMENTS[message, field]
    for name, (_, must) in LISTED[part].items():
        lacking = {key: value for key, value in body[field][1].items() if key != name}
        assert words(message, body | {field: [body[field][0], lacking]}) == (
            [f"{message}.{field}[1].{name}: missing"] if must else []
        )


@pytest.fixture(scope="module", params=["gen1", "gen2"])
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Face:
    """A site that takes messages in one generation of codes, and refuses fields that the list does not have."""
    folder: Path = tmp_path_factory.mktemp(str(request.param))
    return platform_face(folder, f", generation: {request.param}, unknown: refuse")


def said_to(face: Face, message: str, body: dict[str, Any]) -> str:
    """Return the errorInfo of a message; "" for one that was taken."""
    answer = face.client(Role.MACHINE).post(f"{PATH}/{message}", json=body)
    assert answer.status_code == 200
    assert platform_list.fits("ICCellResult", answer.json()) == []
    assert (answer.json()["resultFlag"] == "1") == (answer.json()["errorInfo"] == "")
    return str(answer.json()["errorInfo"])


@pytest.mark.parametrize("message", RECEIVED)
def test_the_door_names_every_field_that_does_not_fit_and_takes_nothing(message: str, door: Face) -> None:
    body, before = INBOUND[message], received(door)
    for field, (kind, _) in LISTED[message].items():
        limit = text_limit(kind)
        if limit is None or (message, field) in ELEMENTS:
            continue
        count = limit // 3 + 1
        assert f"{message}.{field}: too_long ({3 * count} > {limit})" in said_to(
            door, message, body | {field: HAN * count}
        )
        assert f"{message}.{field}: not_a_text" in said_to(door, message, body | {field: [1]})
    assert f"{message}.somethingNew: unknown_field" in said_to(door, message, body | {"somethingNew": HAN})
    several = said_to(door, message, body | {"taskNo": "x" * 33, "somethingNew": 1})
    assert f"{message}.taskNo: too_long (33 > 32)" in several and f"{message}.somethingNew: unknown_field" in several
    assert received(door) == before


def received(face: Face) -> int:
    with face.context.reading() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM received_letter").scalar_one())


NOT_OBJECTS = [b"", b"[]", b'"x"', b"{", b'{"a": NaN}', b'{"a": "\\u0000"}', b"\xff\xfe", b"[" * 100_000]


@pytest.mark.parametrize("raw", NOT_OBJECTS, ids=range(len(NOT_OBJECTS)))
def test_what_is_no_object_is_refused_in_words(raw: bytes, door: Face) -> None:
    answer = door.client(Role.MACHINE).post(
        f"{PATH}/sendTaskFinish", content=raw, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200 and answer.json()["resultFlag"] == "0" and answer.json()["errorInfo"]


CODED = {
    "gen1": {"taskStatus": "0", "taskCateg": "04", "veriDevStat": "003"},
    "gen2": {"taskStatus": "00", "taskCateg": "03", "veriDevStat": "01"},
}


def test_a_task_means_the_same_in_both_generations_and_long_chinese_names_are_kept(door: Face) -> None:
    (name,) = [key for key in CODED if f"generation: {key}" in str(door.context.settings.marketing.read_text())]  # type: ignore[union-attr]
    long_name = HAN * (1024 // 3)
    body = TASK | CODED[name] | {"taskNo": "任务一", "veriSch": long_name, "devModel": "型号"}
    assert said_to(door, "setVerificationTaskinfo", body) == ""
    assert said_to(door, "setVerificationTaskinfo", body) == ""
    with door.context.reading() as session:
        query = "SELECT source, state, model, body FROM verification_task WHERE key = '任务一'"
        ((source, state, model, kept),) = session.connection().exec_driver_sql(query).all()
    assert (source, state, model) == ("first", "planned", "型号")
    assert long_name.encode("unicode_escape").decode() in kept or long_name in kept
