"""The platform's profile on a real socket: letters, questions, code tables and destination codes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from api.errors import Problem
from api.marketing.asking import Line
from api.marketing.connection import platforms_of
from api.marketing.fetching import Fetcher
from api.marketing.platform import PlatformAdapter
from api.marketing.telemetry import Reporter
from api.marketing.wire import Reply
from api.security.roles import Role
from tests.contract.platform_letters import BOOK, LETTERS, METERS, SITE
from tests.contract.platform_list import full
from tests.contract.test_platform_messages import TASK
from tests.faces import Face, make_face
from wcs import journal
from wcs.journal import Fact
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import gates, proposals, tasks
from wms.marketing.outbox import Letter
from wms.marketing.platform import asking
from wms.marketing.tasks import Wish

Answers = dict[str, Callable[[dict[str, Any]], Mapping[str, Any]]]
OK = {"resultFlag": "1", "errorInfo": ""}


class Server:
    """An HTTP server that answers each message by a function of its body, and keeps what it heard."""

    def __init__(self) -> None:
        self.answers: Answers = {}
        self.heard: list[tuple[str, dict[str, Any]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                message = self.path.rpartition("/")[2]
                server.heard.append((self.path, body))
                said = json.dumps(dict(server.answers.get(message, lambda _: OK)(body))).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/restful/sxyk/detectService"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


def site_of(folder: Path, url: str) -> Face:
    file = folder / "marketing.yaml"
    options = "{sys_no: '4501', org_no: '33401', approval: true, codes_ahead: 10}"
    file.write_text(
        f"site: M1\nreceivers:\n  mds: {{profile: platform, url: '{url}', gates: true, options: {options}}}\n"
    )
    return make_face(folder / "site", marketing=file)


def letter(kind: str, body: Mapping[str, Any]) -> Letter:
    return Letter(1, "mds", kind, f"{kind}:7", "T1", "", dict(body), 0, 0)


ADAPTER = PlatformAdapter(SITE, lambda: BOOK, key="k" * 20, prefix="M1")


def test_a_letter_goes_out_under_its_key_with_the_machine_key() -> None:
    (call,) = ADAPTER.calls(letter("box_packed", LETTERS["box_packed"]))
    assert (call.path, call.key) == ("/uploadPackInfo", "M1:box_packed:7")
    assert call.headers == {"authorization": f"Bearer {'k' * 20}"}
    assert json.loads(call.body)["barCodes"].split(",") == METERS


def test_a_letter_of_two_messages_has_a_key_for_each() -> None:
    calls = ADAPTER.calls(letter("count_result", LETTERS["count_result"]))
    assert [(one.path, one.key) for one in calls] == [
        ("/setCountRslt", "M1:count_result:7:1"), ("/sendTaskFinish", "M1:count_result:7:2"),
    ]  # fmt: skip


def test_what_does_not_fit_is_not_sent_and_says_what_is_wrong() -> None:
    with pytest.raises(Refused) as refusal:
        ADAPTER.calls(letter("box_packed", LETTERS["box_packed"] | {"box": "B" * 33, "bars": ["7" * 600]}))
    assert refusal.value.params["problems"] == (
        "uploadPackInfo.boxBarCode: too_long (33 > 32); uploadPackInfo.barCodes: too_long (600 > 512)"
    )


@pytest.mark.parametrize(
    ("status", "body", "meaning", "bars"),
    [
        (200, {"resultFlag": "1", "errorInfo": ""}, "done", ()),
        (200, {"resultFlag": 1}, "done", ()),
        (200, {"resultFlag": "0", "errorInfo": f"{METERS[2]} is not of this task"}, "refused", (METERS[2],)),
        (200, {"resultFlag": "0", "errorInfo": "no such task"}, "refused", ()),
        (200, {"resultFlag": "0", "errorInfo": "System BUSY"}, "later", ()),
        (200, {"resultFlag": "0", "errorInfo": "duplicate upload"}, "done", ()),
        (200, {"resultFlag": "0", "errorInfo": "重复提交"}, "done", ()),
        (200, {"resultFlag": "0", "errorInfo": "条码重复"}, "refused", ()),
        (200, {"something": 1}, "later", ()),
        (200, [], "later", ()),
        (503, {}, "later", ()),
    ],
)
def test_what_a_reply_means(status: int, body: Any, meaning: str, bars: tuple[str, ...]) -> None:
    one = letter("box_packed", LETTERS["box_packed"])
    (call,) = ADAPTER.calls(one)
    answer = ADAPTER.answer(one, call, Reply(status, json.dumps(body).encode()))
    assert (answer.meaning, answer.bars) == (meaning, bars)


async def ask(server: Server, query: asking.Query) -> Any:
    async with httpx.AsyncClient(timeout=10) as client:
        return await Line(client, server.url, SITE, BOOK).ask(query)


def test_parameters_of_meters_are_asked_for_and_understood(server: Server) -> None:
    row = {
        "barCode": METERS[0], "devCodeNo": "1", "arrBatchNo": "L1", "devStat": "09", "ftyNo": "1", "meterAddr": "1234",
        "metApConst": "1200", "metApAccuLv": "2",
    }  # fmt: skip
    server.answers["getEquipParam"] = lambda _: OK | {"devCls": "01", "meterDet": [row]}
    (found,) = asyncio.run(ask(server, asking.meters("meter", BOOK, bar_codes=[METERS[0]])))
    assert (found["bar_code"], found["state"], found["constant_imp_kwh"]) == (METERS[0], "qualified", "1200")
    assert server.heard[0][0].endswith("/detectService/common/getEquipParam")


def test_an_answer_that_does_not_fit_is_not_believed(server: Server) -> None:
    server.answers["getVeriTask"] = lambda _: (
        OK | {"veriTask": full("getVeriTaskResult.VeriTask") | {"taskNo": "T" * 40}}
    )
    with pytest.raises(Problem) as problem:
        asyncio.run(ask(server, asking.task_by_meter(METERS[0], SITE)))
    assert problem.value.code == "platform_answer_unfit"
    assert "getVeriTaskResult.veriTask.taskNo: too_long (40 > 32)" in problem.value.params["problems"]


def test_a_refusal_and_a_silence_are_told_apart(server: Server) -> None:
    server.answers["getVeriTask"] = lambda _: {"resultFlag": "0", "errorInfo": "no task"}
    with pytest.raises(Problem, match="platform_refused"):
        asyncio.run(ask(server, asking.task_by_meter(METERS[0], SITE)))
    server.answers["getVeriTask"] = lambda _: {"hello": 1}
    with pytest.raises(Problem, match="platform_silent"):
        asyncio.run(ask(server, asking.task_by_meter(METERS[0], SITE)))


def codes_of(body: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"codeName": "task", "code": "taskCateg", "codeValue": "03", "codeValueName": "first, renamed"},
        {"codeName": "task", "code": "taskCateg", "codeValue": "77", "codeValueName": "something new"},
        {"codeName": "other", "code": "notOurs", "codeValue": "1", "codeValueName": "x"},
    ]
    return OK | {"stdCodeList": rows if body["pageNo"] == "0" else []}


def test_code_tables_are_refreshed_and_new_codes_get_a_meaning(server: Server, tmp_path: Path) -> None:
    server.answers["getStdCodes"] = codes_of
    face = site_of(tmp_path, server.url)
    client = face.client(Role.ENGINEER)
    told = client.post("/api/v1/codes/refresh")
    assert told.json() == {"new": 1, "renamed": 1, "without_role": ["gen2.task_category 77"], "foreign": ["notOurs"]}
    shown = {one["code"]: one for one in client.get("/api/v1/codes?table=gen2.task_category").json()}
    assert (shown["03"]["role"], shown["03"]["zh"]) == ("first", "first, renamed")
    assert shown["77"]["role"] == ""
    given = client.put("/api/v1/codes/gen2.task_category/77", json={"role": "recheck"})
    assert {one["code"]: one["role"] for one in given.json()}["77"] == "recheck"
    assert client.post("/api/v1/codes/refresh").json()["new"] == 0
    assert client.put("/api/v1/codes/gen2.task_category/99", json={"role": "x"}).json()["code"] == "unknown_table_code"
    assert face.client(Role.OPERATOR).post("/api/v1/codes/refresh").status_code == 403


def test_without_a_platform_nobody_is_asked(tmp_path: Path) -> None:
    told = make_face(tmp_path / "site").client(Role.ENGINEER).post("/api/v1/codes/refresh")
    assert (told.status_code, told.json()["code"]) == (404, "no_platform")


def test_destination_codes_are_fetched_ahead_and_not_again(server: Server, tmp_path: Path) -> None:
    def give(body: dict[str, Any]) -> dict[str, Any]:
        return OK | {"storeLocCodes": [f"{body['taskNo']}-{n}" for n in range(int(body["codeNum"]))]}

    server.answers["getDestinationCodes"] = give
    face = site_of(tmp_path, server.url)
    with face.context.session() as session:
        desk = Desk(session, 1)
        tasks.take(desk, Wish(key="T1", lot="L1", source="sampling", sender="mds"))
        desk.close()
        session.commit()
    (platform,) = platforms_of(face.context)
    fetcher = Fetcher(face.context, platform)

    async def rounds() -> list[int]:
        async with httpx.AsyncClient() as client:
            line = Line(client, platform.url, platform.site, BOOK)
            return [await fetcher.round(line), await fetcher.round(line)]

    assert asyncio.run(rounds()) == [10, 0]
    with Session(face.context.engine) as session:
        assert gates.free(Desk(session, 1), "T1", gates.PASSED) == 10


def test_what_goes_on_is_told_from_now_on_and_once(server: Server, tmp_path: Path) -> None:
    face = site_of(tmp_path, server.url)
    (platform,) = platforms_of(face.context)
    reporter = Reporter(face.context, platform)
    run = {"line": "L1", "bench": "L1-B1", "lot": "L1", "sheet": 1, "meters": [[7, METERS[0]]]}
    alarm = {"fault": "link_lost", "device": "L1-B1", "code": 0, "unit": ""}

    def book(*facts: Fact) -> None:
        with face.context.session() as session:
            journal.append(session, 60_000, facts)
            session.commit()

    async def rounds() -> list[int]:
        async with httpx.AsyncClient() as client:
            told = [await reporter.round(client, BOOK)]
            book(Fact("RunOrdered", "R1", run), Fact("FaultRaised", "L1-B1", alarm), Fact("UnitMoved", "P1", {}))
            told.append(await reporter.round(client, BOOK))
            book(Fact("RunFinished", "R1", run | {"state": "finished"}))
            return [*told, await reporter.round(client, BOOK), await reporter.round(client, BOOK)]

    book(Fact("FaultRaised", "old", alarm))
    assert asyncio.run(rounds()) == [0, 4, 2, 0]
    told = {path.rpartition("/")[2]: body for path, body in server.heard[:3]}
    assert list(told) == ["GK_JD_PLAN_EVENT_TOPIC", "GK_JD_PLAN_WORKING_STATUS_TOPIC", "GK_JD_MACH_ALARM_INFO_TOPIC"]
    assert told["GK_JD_PLAN_EVENT_TOPIC"]["devSeatStatusList"] == [
        {"devSeatNo": "7", "statusCode": "02", "barCode": METERS[0]}
    ]
    assert told["GK_JD_MACH_ALARM_INFO_TOPIC"]["warnLevel"] == "01"
    assert [body.get("plantEventType") or body["curWkStatusCode"] for _, body in server.heard[3:]] == [
        "0111", "0106", "02",
    ]  # fmt: skip


PATH = "/restful/sxyk/detectService"


def task_state(face: Face, key: str) -> str:
    with face.context.reading() as session:
        return str(proposals.row_of(Desk(session, 0), key).state)


def test_a_task_is_fetched_by_a_meter_and_led_by_the_platform(server: Server, tmp_path: Path) -> None:
    server.answers["getVeriTask"] = lambda _: OK | {"veriTask": TASK}
    face = site_of(tmp_path, server.url)
    machine = face.client(Role.MACHINE)
    found = machine.post("/api/v1/platform/tasks", json={"bar_code": METERS[0]}).json()
    assert (found["key"], found["source"], found["quantity"]) == ("T1", "first", 60)
    assert task_state(face, "T1") == "planned"
    control = {"sysNo": "4501", "taskNo": "T1", "taskStatus": "03", "controlNo": "C1"}
    for _ in range(2):
        assert machine.post(f"{PATH}/setVeriTaskControl", json=control).json()["resultFlag"] == "1"
    assert task_state(face, "T1") == "paused"
    machine.post(f"{PATH}/setVeriTaskControl", json=control | {"taskStatus": "01", "controlNo": "C2"})
    assert task_state(face, "T1") == "planned"
    ended = machine.post(f"{PATH}/setVeriTaskControl", json=control | {"taskStatus": "04", "controlNo": "C3"})
    assert ended.json()["resultFlag"] == "1"
    assert task_state(face, "T1") == "cancelled"
    other = machine.post(f"{PATH}/setVeriTaskControl", json=control | {"taskPri": "9"}).json()
    assert other["resultFlag"] == "0"


def test_a_task_that_nobody_has_is_not_found(server: Server, tmp_path: Path) -> None:
    server.answers["getVeriTask"] = lambda _: OK
    told = site_of(tmp_path, server.url).client(Role.MACHINE).post("/api/v1/platform/tasks", json={"bar_code": "1"})
    assert (told.status_code, told.json()["code"]) == (404, "no_task_for_meter")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"a": NaN}', b'{"taskNo": "\\u0000"}', b'{"taskNo": "\\ud800"}'])
def test_what_is_no_message_is_refused_in_the_words_of_the_interface(raw: bytes, tmp_path: Path) -> None:
    client = site_of(tmp_path, "http://127.0.0.1:9/x").client(Role.MACHINE)
    told = client.post(f"{PATH}/sendTaskFinish", content=raw)
    assert (told.status_code, told.json()["resultFlag"]) == (200, "0")
    assert "sendTaskFinish" in told.json()["errorInfo"]


def test_a_task_that_is_sent_again_changes_what_may_change(tmp_path: Path) -> None:
    face = site_of(tmp_path, "http://127.0.0.1:9/x")
    machine = face.client(Role.MACHINE)

    def push(**other: str) -> tuple[str, str]:
        told = machine.post(f"{PATH}/setVerificationTaskinfo", json=TASK | other).json()
        return told["resultFlag"], task_state(face, "T1")

    assert push() == ("1", "planned")
    assert push(taskStatus="03", taskIssuTime="2026-11-22 08:00:00", devNum="45") == ("1", "paused")
    assert push(taskStatus="01", taskIssuTime="2026-11-22 09:00:00", devNum="45") == ("1", "planned")
    assert push(taskStatus="03", taskIssuTime="2026-11-22 10:00:00", devNum="45") == ("1", "paused")
    assert push(arrBatchNo="OTHER", taskIssuTime="2026-11-22 11:00:00")[0] == "0"
