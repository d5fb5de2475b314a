"""The door for bench clients over HTTP: its key, its envelope, each part once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.bench.remote import RemoteServer
from api.settings import Settings
from plc.bench.envelope import seal, unseal
from tests import lab
from tests.faces import Face, make_face, served
from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.records import Instruction, Report, Run
from wcs.bench.sheet import RunSheet
from wms.results.tables import OutcomeRow
from wms.rows import table

KEY = "a key of sixteen or more"
CODES = [lab.meter(number) for number in (1, 2, 3)]


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    """Give a face with a run of three meters at bench BN1."""
    face = make_face(tmp_path / "site", bench_key=KEY)
    with Session(face.context.engine) as session:
        lab.staff(session)
        lab.order(session, "r1", CODES)
        session.commit()
    yield face
    face.context.engine.dispose()


def bench_client(face: Face, key: str = KEY) -> TestClient:
    return TestClient(face.app, raise_server_exceptions=False, headers={"authorization": f"Bearer {key}"})


def fetched(client: TestClient) -> Run:
    return Run.model_validate_json(unseal(client.post("/api/v1/benches/BN1/next-run").content))


def stored(face: Face) -> int:
    with Session(face.context.engine) as session:
        return session.execute(sa.select(sa.func.count()).select_from(table(OutcomeRow))).scalar_one()


def test_a_bench_gets_its_run_and_sheet_and_books_a_part_once(face: Face) -> None:
    with bench_client(face) as client:
        run = fetched(client)
        assert [place.bar_code for place in run.places] == CODES
        assert fetched(client) == run
        assert unseal(client.post("/api/v1/benches/BN2/next-run").content) == "null"
        sheet = RunSheet.model_validate_json(unseal(client.get(f"/api/v1/benches/sheets/{run.sheet}").content))
        assert (sheet.number, sheet.scheme) == (run.sheet, "demo-1ph")
        part = lab.report(run, 1, state="running", outcomes=tuple(lab.outcomes(run)))
        answers = [
            client.post("/api/v1/benches/BN1/reports", content=seal(part.model_dump_json()).encode()) for _ in range(2)
        ]
        assert [Instruction.model_validate_json(unseal(one.content)) for one in answers] == [Instruction()] * 2
        assert stored(face) == len(CODES)
        assert face.rung


def test_a_spoilt_envelope_is_refused_whole(face: Face) -> None:
    with bench_client(face) as client:
        part = lab.report(fetched(client), 1, state="running")
        sealed = seal(part.model_dump_json())
        for spoilt in (sealed.replace("running", "runninh"), sealed[:-9], "{}", ""):
            answer = client.post("/api/v1/benches/BN1/reports", content=spoilt.encode())
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_crc")
        wrong = client.post("/api/v1/benches/BN1/reports", content=seal('{"run": "r1"}').encode())
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")
        other = client.post("/api/v1/benches/BN2/reports", content=sealed.encode())
        assert (other.status_code, other.json()["code"]) == (409, "other_bench")


def test_only_the_key_of_benches_opens_the_door_and_it_opens_no_other(face: Face) -> None:
    for key in ("", "a key of sixteen or mor", *face.keys.values()):
        with bench_client(face, key) as client:
            allowed = key == face.keys[next(role for role in face.keys if role.value == "bench")]
            status = client.post("/api/v1/benches/BN1/next-run").status_code
            assert status == (200 if allowed else 401 if key not in face.keys.values() else 403)
    with bench_client(face) as client:
        assert client.get("/api/v1/orders").status_code == 403


def test_without_a_key_in_the_settings_an_empty_one_does_not_open(tmp_path: Path) -> None:
    closed = make_face(tmp_path / "closed")
    with bench_client(closed, "") as client:
        assert client.post("/api/v1/benches/BN1/next-run").status_code == 401
    with pytest.raises(ValidationError):
        Settings(bench_key="short")  # type: ignore[arg-type]


def test_the_remote_server_sends_again_what_was_spoilt_either_way(face: Face) -> None:
    async def story(url: str) -> None:
        remote = RemoteServer(url, KEY)
        run = await remote.next_run("BN1")
        assert run is not None
        assert (await remote.sheet(run.sheet)).number == run.sheet
        await remote.close()
        for there, back in ((1, 0), (0, 1), (2, 0)):
            remote = RemoteServer(url, KEY, transport=Noise(there, back))
            part = lab.report(run, 1, state="running", outcomes=tuple(lab.outcomes(run)))
            assert await remote.report(part) == Instruction()
            await remote.close()
        remote = RemoteServer(url, KEY, transport=Noise(3, 0))
        with pytest.raises(ServerAway, match="spoilt"):
            await remote.report(part)
        await remote.close()
        assert stored(face) == len(CODES)

    with served(face.app) as url:
        asyncio.run(story(url))


def test_a_wrong_key_or_a_dead_server_is_away_and_a_foreign_run_is_refused(face: Face) -> None:
    async def story(url: str) -> None:
        stranger = RemoteServer(url, "another key altogether")
        with pytest.raises(ServerAway, match="401"):
            await stranger.next_run("BN1")
        await stranger.close()
        remote = RemoteServer(url, KEY)
        foreign = Report(run="r9", bench="BN1", part=1, state="running", at_ms=1)
        with pytest.raises(ServerRefused) as refusal:
            await remote.report(foreign)
        assert refusal.value.code == "unknown_run"
        await remote.close()
        nobody = RemoteServer("http://127.0.0.1:9", KEY, timeout_s=2)
        with pytest.raises(ServerAway):
            await nobody.next_run("BN1")
        await nobody.close()

    with served(face.app) as url:
        asyncio.run(story(url))


class Noise(httpx.AsyncBaseTransport):
    """A cable that flips a letter in the first `there` requests and in the first `back` answers with a payload."""

    def __init__(self, there: int, back: int) -> None:
        self.there, self.back, self.inner = there, back, httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        if self.there and body:
            self.there -= 1
            request = httpx.Request(
                request.method, request.url, headers=request.headers, content=body.replace(b"running", b"runninh")
            )
        answer = await self.inner.handle_async_request(request)
        content = await answer.aread()
        if self.back:
            self.back -= 1
            content = content.replace(b"hold", b"hole")
        headers = [(k, v) for k, v in answer.headers.raw if k.lower() != b"content-length"]
        return httpx.Response(answer.status_code, headers=headers, content=content)

    async def aclose(self) -> None:
        await self.inner.aclose()
