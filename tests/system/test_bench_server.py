"""A line server that is killed while benches report to it: what was acknowledged is there, the rest comes again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn
from sqlalchemy.orm import Session

from api.bench.remote import RemoteServer
from plc.clock import Clock
from plc.meters.soft_box import SoftBox
from simulation.bench.bench import VirtualBench
from simulation.meters.model import MeterModel
from simulation.meters.nature import nature
from simulation.physics import Physics
from tests import lab
from tests.benches import START_S
from tests.contract.rigs import free_port
from tests.faces import Face, make_face
from wcs.bench.client import BenchClient
from wcs.bench.habits import Habits
from wcs.bench.spool import Spool
from wcs.store import BenchRunRow
from wms.results.tables import MeterTestRow, OutcomeRow, PartRow, RunRow
from wms.rows import table

pytestmark = [pytest.mark.sockets, pytest.mark.slow, pytest.mark.usefixtures("swept")]
KEY, SPEED = "a key of sixteen or more", 40.0
CODES = [lab.meter(number) for number in range(1, 11)]


def host(folder: str, port: str) -> None:
    """Serve the site in `folder`, as the only thing a process does."""
    uvicorn.run(make_face(Path(folder), bench_key=KEY).app, port=int(port), log_level="error")


@contextmanager
def site(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    line = f"from tests.system.test_bench_server import host; host({str(folder)!r}, {str(port)!r})"
    child = subprocess.Popen([sys.executable, "-c", line], cwd=Path(__file__).parents[2])
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def order(face: Face) -> None:
    with Session(face.context.engine) as session:
        lab.staff(session)
        run = lab.order(session, "r1", CODES)
        stations = {"withstand": "pass", "imaging": "pass"}
        places = tuple(place.model_copy(update={"stations": stations}) for place in run.places)
        body = run.model_copy(update={"places": places}).model_dump_json()
        session.execute(sa.update(table(BenchRunRow)).values(body=body))
        session.commit()


def rows(face: Face, model: type, *columns: str) -> list[tuple[Any, ...]]:
    with Session(face.context.engine) as session:
        picked = table(model).c
        return [tuple(row) for row in session.execute(sa.select(*[picked[name] for name in columns]))]


async def until(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("not done in time")


def test_a_killed_line_server_costs_no_part_and_books_none_twice(tmp_path: Path) -> None:
    async def story() -> None:
        face, port = make_face(tmp_path / "site", bench_key=KEY), free_port()
        order(face)
        clock = Clock.started(asyncio.get_running_loop(), speed=SPEED, start_s=START_S)
        bench = VirtualBench(
            "BN1", len(CODES), lambda: dict(enumerate(CODES, 1)),
            lambda code: nature(Physics(seed=5), code, MeterModel(), near_share=0), clock,
        )  # fmt: skip
        remote = RemoteServer(f"http://127.0.0.1:{port}", KEY, timeout_s=5)
        client = BenchClient(
            "BN1", remote, equipment=bench.equipment(), spool=Spool(), clock=clock, box=SoftBox(),
            habits=Habits(retry_s=20),
        )  # fmt: skip
        work = asyncio.create_task(client.run_forever())
        for item in ("communication", "parameters"):  # both early: the bench has more to report, while a server starts
            found = item
            with site(tmp_path / "site", port):
                await until(lambda found=found: (found,) in rows(face, OutcomeRow, "item"))
            await clock.sleep(30)
        await until(lambda: client.away or ("finished",) in rows(face, RunRow, "state"))
        with site(tmp_path / "site", port):
            await until(lambda: ("finished",) in rows(face, RunRow, "state"))
        client.stop()
        await work
        await remote.close()
        parts = sorted(part for (part,) in rows(face, PartRow, "part"))
        serials = sorted(serial for (serial,) in rows(face, OutcomeRow, "serial"))
        assert parts == list(range(1, len(parts) + 1))
        assert serials == list(range(1, len(serials) + 1))
        assert Counter(rows(face, MeterTestRow, "verdict")) == {("pass",): len(CODES)}

    asyncio.run(story())
