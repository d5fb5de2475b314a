"""A face for tests: real database file, the demo plant, one key for each role; in process or behind uvicorn."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api import database
from api.app import make_app
from api.context import Context
from api.live import Picture
from api.security import accounts
from api.security.roles import Role
from api.settings import Settings
from plc.plant.load import load
from plc.plant.model import Plant
from wcs.store import make_engine

ROOT = Path(__file__).parent.parent
PASSWORD = "four words make one"
TOKEN = "local-token-of-the-test"
CONSOLE = {"x-metrostack": "console"}


@dataclass(slots=True)
class Face:
    """A face and what stands behind it."""

    app: FastAPI
    context: Context
    keys: dict[Role, str]
    rung: list[int]

    def client(self, role: Role | None = None) -> TestClient:
        """Return a client in process, with the key of a role."""
        headers = {"authorization": f"Bearer {self.keys[role]}"} if role else {}
        return TestClient(self.app, raise_server_exceptions=False, headers=headers)


def demo_plant() -> Plant:
    """Return the plant of the demo."""
    return load(ROOT / "plants" / "demo.yaml")


def make_face(folder: Path, *, plant: Plant | None = None, **settings: Any) -> Face:
    """Return a face over a new database in `folder`, with a person `operator` and a key for each role."""
    chosen = Settings(data_dir=folder, **settings)
    folder.mkdir(parents=True, exist_ok=True)
    engine, plant = make_engine(chosen.url()), plant or demo_plant()
    database.prepare(engine, plant)
    with Session(engine) as session:
        keys = {role: accounts.add_key(session, f"key-{role.value}", role) for role in Role}
        accounts.add_account(session, "operator", PASSWORD, Role.OPERATOR)
        session.commit()
    rung: list[int] = []
    context = Context(
        plant=plant, engine=engine, settings=chosen, picture=Picture(), now_ms=lambda: 60_000,
        ring=lambda: rung.append(1), telegrams=lambda plc, count: [{"plc": plc}][:count], local_token=TOKEN,
    )  # fmt: skip
    return Face(make_app(context), context, keys, rung)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of this machine; give its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()


def log_in(client: TestClient, name: str = "operator", password: str = PASSWORD) -> Any:
    """Log in as a person; the cookie stays in the client."""
    return client.post("/api/v1/login", json={"name": name, "password": password}, headers=CONSOLE)
