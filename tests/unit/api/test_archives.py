"""The archives over REST: added, changed, retired, restored, and every change on record."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.security.roles import Role
from tests.faces import Face

PORT = {"address": "/dev/ttyS4", "place": "BN1", "driver": "dlt645-2007"}


def ask(client: TestClient, method: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.request(method, f"/api/v1/archives{path}", json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_four_parts_come_with_the_software_or_are_added(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        ask(client, "POST", "/port/P1", 201, content=PORT)
        assert {one["kind"] for one in ask(client, "GET", "")} == {"meter", "terminal", "auxiliary", "port"}
        assert [one["code"] for one in ask(client, "GET", "?kind=meter")] == ["dlt645-2007", "dlt698-45"]
        after = ask(client, "GET", "?after=port.P1")
        assert {one["kind"] for one in after} == {"terminal"}


def test_every_change_stays_on_record(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        ask(client, "POST", "/port/P1", 201, content=PORT)
        changed = ask(client, "PUT", "/port/P1", content={**PORT, "baud": 9600}, revision=1)
        assert (changed["revision"], changed["content"]["baud"]) == (2, 9600)
        assert ask(client, "PUT", "/port/P1", 409, content=PORT, revision=1)["code"] == "changed_meanwhile"
        ask(client, "POST", "/port/P1/retire", reason="the rack was taken down")
        assert ask(client, "PUT", "/port/P1", 409, content=PORT, revision=3)["code"] == "archive_is"
        ask(client, "POST", "/port/P1/restore", reason="it is back")
        told = ask(client, "GET", "/port/P1/history")
    assert [(one["revision"], one["action"]) for one in told] == [
        (4, "restore"), (3, "retire"), (2, "change"), (1, "add"),
    ]  # fmt: skip
    assert told[1]["reason"] == "the rack was taken down" and told[0]["changed_by"] == "key-engineer"
    assert [one["content"]["baud"] for one in told] == [9600, 9600, 9600, 2400]


def test_a_driver_in_use_is_not_retired(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        ask(client, "POST", "/port/P1", 201, content=PORT)
        problem = ask(client, "POST", "/meter/dlt645-2007/retire", 409, reason="old")
        assert (problem["code"], problem["params"]["ports"]) == ("archive_in_use", "P1")
        ask(client, "POST", "/port/P1/retire", reason="old")
        assert ask(client, "POST", "/meter/dlt645-2007/retire", reason="old")["state"] == "retired"
        problem = ask(client, "POST", "/port/P1/restore", 409, reason="again")
        assert [one["code"] for one in problem["params"]["findings"]] == ["unknown_driver"]


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        ("meter", {"models": ["NONE", "LZZBJ9-10", "DDZY2026"]},
         {"models.0": "unknown_model", "models.1": "model_of_other_kind", "models.2": "model_served_twice"}),
        ("meter", {"baud": 1234, "colour": "red", "timeout_s": 0},
         {"baud": "not_one_of", "colour": "unknown_field", "timeout_s": "out_of_range"}),
        ("meter", {"models": ["X"] * 201}, {"models": "too_many"}),
        ("terminal", {"scheme": "nowhere"}, {"scheme": "unknown_scheme"}),
        ("terminal", {"scheme": "demo-1ph"}, {"scheme": "scheme_of_other_kind"}),
        ("auxiliary", {"gear": "withstand_tester", "parameters": {"voltage_v": 99_999, "colour": 1}},
         {"parameters.voltage_v": "out_of_range", "parameters.colour": "unknown_field"}),
        ("auxiliary", {}, {"gear": "missing"}),
        ("port", {"address": "rm -rf /"}, {"address": "wrong_form"}),
        ("port", {"address": "COM3", "driver": "nothing"}, {"driver": "unknown_driver"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_whole(
    shared: Face, kind: str, content: dict[str, Any], found: dict[str, str]
) -> None:
    with shared.client(Role.ENGINEER) as client:
        problem = ask(client, "POST", f"/{kind}/bad", 409, content=content)
        assert problem["code"] == "archive_refused"
        assert {one["place"]: one["code"] for one in problem["params"]["findings"]} == found
        assert ask(client, "GET", f"/{kind}/bad", 404)["code"] == "unknown_archive"


def test_an_address_belongs_to_one_port_and_a_code_to_one_archive(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        ask(client, "POST", "/port/P1", 201, content=PORT)
        assert ask(client, "POST", "/port/P1", 409, content=PORT)["code"] == "code_taken"
        problem = ask(client, "POST", "/port/P2", 409, content=PORT)
        assert [one["code"] for one in problem["params"]["findings"]] == ["address_taken"]
        assert ask(client, "POST", "/port/a.b", 409, content=PORT)["code"] == "not_a_code"
        assert ask(client, "POST", "/port/P1/retire", 422)["code"] == "invalid_input"


def test_editors_get_the_schema_of_each_kind(shared: Face) -> None:
    with shared.client(Role.VIEWER) as client:
        told = ask(client, "GET", "/schema")
    assert told["kinds"].keys() == {"meter", "terminal", "auxiliary", "port"}
    assert told["kinds"]["auxiliary"]["properties"]["gear"]["enum"] == list(told["parameters"])
