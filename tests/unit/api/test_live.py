"""The live picture: what is told, in which order, and to whom."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from api import tally
from api.live import QUEUE, Broadcaster, Picture
from api.security.guard import COOKIE
from api.security.roles import Role
from tests.faces import CONSOLE, PASSWORD, ROOT, Face, served
from wms.inbound.service import import_delivery

pytestmark = pytest.mark.sockets


def follow(picture: dict[str, dict[str, Any]], message: dict[str, Any]) -> None:
    """Do what a console does with a message."""
    if message["kind"] == "snapshot":
        picture.clear()
        picture.update(message["sections"])
    for section, changes in message.get("changes", {}).items():
        known = picture.setdefault(section, {})
        for key, value in changes.items():
            if value is None:
                known.pop(key, None)
            else:
                known[key] = value


def log_in(url: str) -> str:
    answer = httpx.post(f"{url}/api/v1/login", json={"name": "operator", "password": PASSWORD}, headers=CONSOLE)
    return answer.cookies[COOKIE]


def open_live(url: str, cookie: str, **more: Any) -> ClientConnection:
    headers = {"cookie": f"{COOKIE}={cookie}"} | more.pop("headers", {})
    return connect(f"ws{url[4:]}/api/v1/live", additional_headers=headers, **more)


def test_a_picture_tells_each_change_once() -> None:
    picture = Picture()
    picture.put("units", "P1", {"at": "GI"})
    assert picture.take() == {"units": {"P1": {"at": "GI"}}}
    picture.put("units", "P1", {"at": "GI"})
    assert picture.take() == {}
    picture.put("units", "P1", None)
    assert picture.take() == {"units": {"P1": None}}
    assert picture.snapshot() == {"units": {}}


def test_a_client_that_cannot_follow_gets_a_snapshot() -> None:
    async def run() -> None:
        picture = Picture()
        broadcaster = Broadcaster(picture)
        task = asyncio.create_task(broadcaster.run())
        slow = broadcaster.join()
        for number in range(QUEUE + 10):
            broadcaster._tell(slow, json.dumps({"kind": "delta", "seq": number}))
        assert slow.lost and slow.queue.full()
        while not slow.queue.empty():
            slow.queue.get_nowait()
        picture.put("units", "P1", {"at": "GI"})
        told = json.loads(await asyncio.wait_for(slow.queue.get(), 3))
        assert told["kind"] == "snapshot" and told["sections"] == {"units": {"P1": {"at": "GI"}}}
        task.cancel()

    asyncio.run(run())


def test_snapshot_then_deltas_without_a_gap_and_not_too_often(face: Face) -> None:
    picture = face.context.picture
    picture.put("devices", "SC1", {"x_mm": 0})
    with served(face.app) as url, open_live(url, log_in(url)) as socket:
        mine: dict[str, dict[str, Any]] = {}
        follow(mine, json.loads(socket.recv(3)))
        assert mine["devices"]["SC1"] == {"x_mm": 0}

        def controller() -> None:
            for step in range(400):
                picture.put("devices", "SC1", {"x_mm": step})
                threading.Event().wait(0.002)
            picture.put("units", "P1", {"at": "GI"})

        thread = threading.Thread(target=controller)
        thread.start()
        seen: list[int] = []
        while "units" not in mine:
            message = json.loads(socket.recv(3))
            follow(mine, message)
            seen.append(message["seq"])
        thread.join()
    assert mine["devices"]["SC1"] == {"x_mm": 399}
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert len(seen) <= 20  # 0.8 s of changes at ten messages a second, and room for a slow machine


def test_without_a_login_the_socket_stays_shut(face: Face) -> None:
    with served(face.app) as url:
        with pytest.raises(InvalidStatus) as refused:
            open_live(url, "forged")
        assert refused.value.response.status_code == 403
        with pytest.raises(InvalidStatus):
            open_live(url, log_in(url), origin="https://elsewhere.example")


def test_logging_out_closes_the_socket(face: Face) -> None:
    with served(face.app) as url:
        cookie = log_in(url)
        with open_live(url, cookie) as socket:
            socket.recv(3)
            httpx.post(f"{url}/api/v1/logout", headers=CONSOLE, cookies={COOKIE: cookie})
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    socket.recv(5)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401


def test_sums_and_open_orders_come_into_the_picture(face: Face) -> None:
    content = (ROOT / "plants" / "demo" / "ASN-2026-0003.csv").read_bytes()
    with Session(face.context.engine) as session:
        import_delivery(session, content, at_ms=1)
        session.commit()
    with face.client(Role.OPERATOR) as client:
        body = {"lines": [{"district": "East", "model": "DTZY2026", "quantity": 80}]}
        client.post("/api/v1/orders/distribution", json=body, headers={"idempotency-key": "one"})
    tally.count(face.context, with_slots=True)
    shown = face.context.picture.snapshot()
    assert shown["totals"]["expected"] == 500
    (order,) = shown["orders"].values()
    assert (order["what"], order["done"], order["wanted"]) == ("East", 0, 80) and order["why"]
    with face.client(Role.OPERATOR) as client:
        client.post(f"/api/v1/orders/{order['number']}/cancel", json={"reason": "test"})
    tally.count(face.context)
    assert face.context.picture.snapshot()["orders"] == {}


def test_facts_can_be_followed(face: Face) -> None:
    content = (ROOT / "plants" / "demo" / "ASN-2026-0003.csv").read_bytes()
    key = {"authorization": f"Bearer {face.keys[Role.MACHINE]}"}
    with served(face.app) as url, httpx.stream("GET", f"{url}/api/v1/facts/stream", headers=key, timeout=10) as stream:
        with Session(face.context.engine) as session:
            import_delivery(session, content, at_ms=1)
            session.commit()
        lines: list[str] = []
        for line in stream.iter_lines():
            lines.append(line)
            if line.startswith("data:"):
                break
    fact = json.loads(lines[-1].removeprefix("data: "))
    assert f"id: {fact['id']}" in lines and f"event: {fact['kind']}" in lines
    assert stream.headers["content-security-policy"]
