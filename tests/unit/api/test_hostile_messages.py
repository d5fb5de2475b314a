"""What comes in from a platform that nobody has foreseen: taken once or refused whole; the log can be read after."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.security.roles import Role
from tests.contract.link_site import task_of
from tests.contract.test_platform_messages import platform_face
from tests.faces import Face

PATH, LOG = "/restful/sxyk/detectService", "/api/v1/letters/received"
GIVEN = json.dumps(task_of(1, 10))
AT_ONCE = 6


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Face:
    """Return one site for all of it: what is refused must leave nothing behind."""
    return platform_face(tmp_path_factory.mktemp("face"))


def said(face: Face, message: str, raw: bytes, key: str = "") -> Any:
    headers = {"idempotency-key": key} if key else {}
    return face.client(Role.OPERATOR).post(f"{PATH}/{message}", content=raw, headers=headers)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"a":' * 60_000, b"[" * 100_000, b'{"taskNo": NaN}',
        b'{"taskNo": "\\u0000"}', b'{"taskNo": "\\ud800"}', b'{"taskNo": 1e999}', b'{"taskNo": ' + b"9" * 10_000 + b"}",
        GIVEN[:-1].encode() + b', "taskNo": "T9"}', GIVEN[:-1].encode() + b', "more": {"x": -1e999}}',
        GIVEN[:-1].encode() + b', "more": [{"x": 1, "x": 2}]}', b'{"x": "' + b"y" * (4 * 1024 * 1024) + b'"}',
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_in_none_is_refused_whole(face: Face, raw: bytes) -> None:
    answer = said(face, "setVerificationTaskinfo", raw, "k1")
    assert answer.status_code == 200 and answer.json()["resultFlag"] == "0"
    assert face.client(Role.VIEWER).get(LOG).json() == []


def test_a_message_of_four_megabytes_is_taken_once_under_a_refused_key_however_many_bring_it(face: Face) -> None:
    big = json.dumps(task_of(1, 10) | {"remark": "x" * (4 * 1024 * 1024 - 1_000)}).encode()
    assert len(big) <= 4 * 1024 * 1024
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: said(face, "setVerificationTaskinfo", big, "k1").json(), range(AT_ONCE)))
    assert {json.dumps(answer) for answer in answers} == {'{"resultFlag": "1", "errorInfo": ""}'}
    (kept,) = face.client(Role.VIEWER).get(LOG).json()
    assert len(kept["body"]["remark"]) == 4 * 1024 * 1024 - 1_000
    tasks = face.client(Role.VIEWER).get("/api/v1/tasks").json()
    assert [one["task"] for one in tasks] == ["T1"]
