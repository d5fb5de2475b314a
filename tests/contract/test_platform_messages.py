"""Every message of the published list, in both directions: built by us, and received by us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.security.roles import Role
from tests.contract import platform_list
from tests.contract.platform_letters import BOOK, LETTERS, QUERIES, SITE
from tests.contract.platform_list import full, service, text_limit
from tests.faces import Face, make_face
from wms.marketing.platform import asking, incoming
from wms.marketing.platform.check import REFUSE, check
from wms.marketing.platform.messages import calls_for

PATH = "/restful/sxyk/detectService"
SERVICE = sorted(service())
PLAIN = [
    (message, field)
    for message in SERVICE
    for field, (kind, _) in service()[message].items()
    if text_limit(kind) is not None
]
MANDATORY = [(message, field) for message in SERVICE for field, (_, must) in service()[message].items() if must]
MAY_BE_EMPTY = {("applyEquip", "plfmNo"), ("applyAssistEquip", "plfmNo")}
RECEIVED = ("setVerificationTaskinfo", "setEquipDet", "setAssistEquipDet", "sendTaskFinish")
ADDED = {
    "getVeriSchInfoCell": frozenset({"trialSchId"}), "getEquipDETCell": frozenset({"pageSize"}),
}  # fmt: skip
TASK = {
    "trialSchId": "1", "devCls": "01", "taskStatus": "00", "taskNo": "T1", "taskIssuTime": platform_list.DATE,
    "autoSealFlag": "1", "taskCateg": "03", "taskPri": "3", "testMode": "01", "devNum": "60", "tPileNum": "1",
    "equipCodeNew": "DDZY2026", "sysNo": "4501", "veriDevStat": "01", "arrBatchNo": "LOT-1",
}  # fmt: skip
GIVEN = {"sysNo": "4501", "taskNo": "T1", "ioTaskNo": "IO1", "devCls": "01"}
INBOUND: dict[str, dict[str, Any]] = {
    "setVerificationTaskinfo": TASK,
    "setEquipDet": GIVEN
    | {"arriveBatchNo": "LOT-1", "equipDet": [{"pileNo": "P1", "boxBarCode": "B1", "barCode": "M1"}]},
    "setAssistEquipDet": GIVEN | {"equipDet": [{"pileNo": "P1", "boxBarCode": "B1"}]},
    "sendTaskFinish": {"taskNo": "C1", "flag": "05"},
}


def test_the_copy_of_the_list_says_as_much_as_the_list() -> None:
    assert len(platform_list.rows()) == 1914
    assert len(SERVICE) == 39


@pytest.mark.parametrize("message", SERVICE)
def test_a_message_as_long_as_it_may_be_fits(message: str) -> None:
    assert check(message, full(message), group="service", unknown=REFUSE) == []


@pytest.mark.parametrize(("message", "field"), PLAIN)
def test_one_byte_more_is_named_with_message_field_and_length(message: str, field: str) -> None:
    limit = text_limit(service()[message][field][0])
    assert limit is not None
    wrong = check(message, full(message) | {field: "x" * (limit + 1)}, group="service")
    assert [(one.code, one.message, one.field, one.limit, one.length) for one in wrong] == [
        ("too_long", message, field, limit, limit + 1)
    ]
    assert wrong[0].words() == f"{message}.{field}: too_long ({limit + 1} > {limit})"


def test_a_length_counts_bytes_not_characters() -> None:
    body = full("applyEquip") | {"plfmNo": "合" * 11}
    assert [one.words() for one in check("applyEquip", body)] == ["applyEquip.plfmNo: too_long (33 > 32)"]


@pytest.mark.parametrize(("message", "field"), MANDATORY)
def test_a_missing_field_is_named(message: str, field: str) -> None:
    body = {name: value for name, value in full(message).items() if name != field}
    wrong = check(message, body, group="service")
    assert [(one.code, one.message, one.field) for one in wrong] == [("missing", message, field)]
    if (message, field) not in MAY_BE_EMPTY and field not in ("certList",):
        assert [one.code for one in check(message, body | {field: ""}, group="service")] == ["missing"]


@pytest.mark.parametrize("message", SERVICE)
def test_an_unknown_field_is_kept_or_refused_as_configured(message: str) -> None:
    body = full(message) | {"somethingNew": "x"}
    assert check(message, body, group="service") == []
    assert [one.words() for one in check(message, body, group="service", unknown=REFUSE)] == [
        f"{message}.somethingNew: unknown_field"
    ]


def test_a_misfit_in_a_list_says_at_which_element() -> None:
    body = full("uploadSealsCode")
    body["sealInst"][1] = body["sealInst"][1] | {"sealBarCode": "s" * 65}
    assert [one.words() for one in check("uploadSealsCode", body)] == [
        "uploadSealsCode.sealInst[1].sealBarCode: too_long (65 > 64)"
    ]


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_letter_becomes_messages_that_the_published_list_has(kind: str) -> None:
    calls = calls_for(kind, LETTERS[kind], SITE, BOOK)
    assert calls
    for call in calls:
        assert check(call.checked_as, call.body, group=call.group, unknown=REFUSE) == []
        if call.group == "service":
            assert platform_list.fits(call.checked_as, call.body) == []


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.message)
def test_every_question_is_asked_as_the_published_list_has_it(query: asking.Query) -> None:
    assert check(query.asked_as, query.body, group=query.group, unknown=REFUSE) == []
    if query.group == "service":
        assert platform_list.fits(query.asked_as, query.body, beside=ADDED.get(query.asked_as, frozenset())) == []


def test_together_they_say_every_call_of_the_published_list() -> None:
    said = {call.message for kind, letter in LETTERS.items() for call in calls_for(kind, letter, SITE, BOOK)}
    asked = {query.message for query in QUERIES}
    assert said >= {
        "applyEquip", "applyAssistEquip", "boxCheckInfo", "equipCheckInfo", "getDETedTestData", "setResults",
        "uploadSealsCode", "uploadPackInfo", "upboxPileDet", "sendTaskFinish",
    }  # fmt: skip
    assert asked >= {"getVeriTask", "getVeriSchInfo", "getEquipDET", "getEquipParam", "getLegalCertRslt", "getStdCodes"}
    assert set(incoming.INBOUND) >= set(RECEIVED)


@pytest.fixture
def face(tmp_path: Path) -> Face:
    return platform_face(tmp_path)


def platform_face(folder: Path, options: str = "") -> Face:
    file = folder / "marketing.yaml"
    file.write_text(
        "site: M1\nreceivers:\n  mds: {profile: platform, url: 'http://127.0.0.1:9/x', "
        f"options: {{sys_no: '4501', org_no: '33401'{options}}}}}\n"
    )
    return make_face(folder / "site", marketing=file)


@pytest.mark.parametrize("message", RECEIVED)
def test_a_message_of_the_platform_is_taken_and_answered_by_the_list(message: str, face: Face) -> None:
    client = face.client(Role.MACHINE)
    assert client.post(f"{PATH}/setVerificationTaskinfo", json=TASK).json()["resultFlag"] == "1"
    answer = client.post(f"{PATH}/{message}", json=INBOUND[message])
    assert answer.status_code == 200
    assert answer.json() == {"resultFlag": "1", "errorInfo": ""}
    assert platform_list.fits("ICCellResult", answer.json()) == []


@pytest.mark.parametrize(
    ("message", "field"), [(message, field) for message, field in MANDATORY if message in RECEIVED]
)
def test_a_message_that_lacks_a_field_is_refused_by_name_and_leaves_nothing(
    message: str, field: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    face = SHARED.setdefault("face", platform_face(tmp_path_factory.mktemp("shared")))
    client = face.client(Role.MACHINE)
    body = {name: value for name, value in INBOUND[message].items() if name != field}
    answer = client.post(f"{PATH}/{message}", json=body).json()
    assert answer["resultFlag"] == "0"
    assert f"{message}.{field}: missing" in answer["errorInfo"]
    assert platform_list.fits("ICCellResult", answer) == []


SHARED: dict[str, Face] = {}
