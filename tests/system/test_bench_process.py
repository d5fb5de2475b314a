"""A bench client as a process of its own against a real line server, killed where it stands and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from api import plant_time
from api.bench.serving import benches_served
from plc.clock import Clock
from plc.plant.load import load
from simulation.bench.bench import Habit, VirtualBench
from simulation.meters.model import MeterModel
from simulation.meters.nature import nature
from simulation.physics import Physics
from tests import lab
from tests.contract.rigs import free_port
from tests.faces import Face, make_face, served
from tests.system.cells import cells_plant
from wcs.store import BenchRunRow
from wms.results.tables import MeterTestRow, OutcomeRow, PartRow, RunRow
from wms.rows import table

pytestmark = [pytest.mark.sockets, pytest.mark.slow]
KEY = "a key of sixteen or more"
SPEED, METERS = 40.0, 6
CODES = [lab.meter(number) for number in range(1, METERS + 1)]


def write_plant(folder: Path) -> Path:
    data: dict[str, Any] = unnamed(cells_plant().model_dump(mode="json", exclude_defaults=True))
    for number, scanner in enumerate(data["scanners"].values()):
        scanner["port"] = f"socket://127.0.0.1:{24001 + number}"
    for name in ("BN1", "BN2"):
        bench = {"equipment": f"tcp://127.0.0.1:{free_port()}", "channel": f"ptys/{name}-{{position:03}}", "baud": 9600}
        data["lines"]["VL1"]["cells"][name] |= bench
    path = folder / "plant.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


def unnamed(data: Any) -> Any:
    """Return a plant's sections as a file has them: names are keys, and not said again."""
    if not isinstance(data, dict):
        return data
    return {key: unnamed(value) for key, value in data.items() if key != "id"}


def order(session: Session) -> None:
    """Let a batch stand on BN1 whose meters have passed the stations before it."""
    run = lab.order(session, "r1", CODES)
    stations = {"withstand": "pass", "imaging": "pass"}
    places = tuple(place.model_copy(update={"stations": stations}) for place in run.places)
    body = run.model_copy(update={"places": places}).model_dump_json()
    session.execute(sa.update(table(BenchRunRow)).values(body=body))


def rows(face: Face, model: type, *columns: str) -> list[tuple[Any, ...]]:
    with Session(face.context.engine) as session:
        picked = table(model).c
        return [tuple(row) for row in session.execute(sa.select(*[picked[name] for name in columns]))]


def start(path: Path, url: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "api.cli", "bench", "BN1", "--server", url, "--plant", str(path)]
    environment = os.environ | {"METROSTACK_BENCH_KEY": KEY, "METROSTACK_DATA_DIR": str(folder)}
    return subprocess.Popen(
        [*command, "--shared-time", "--soft-box"], env=environment, cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
    )  # fmt: skip


def end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    assert child.stdin is not None
    child.stdin.close()


def test_a_client_killed_in_mid_batch_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    async def story() -> None:
        path = write_plant(tmp_path)
        plant = load(path)
        face = make_face(tmp_path / "site", plant=plant, bench_key=KEY)
        with Session(face.context.engine) as session:
            lab.staff(session)
            order(session)
            session.commit()
        folder = tmp_path / "client"
        folder.mkdir()
        plant_time.start_shared(folder, speed=SPEED, start_s=0)
        clock = plant_time.join_shared(folder, asyncio.get_running_loop())
        bench = VirtualBench(
            "BN1", plant.benches["BN1"].positions, lambda: dict(enumerate(CODES, 1)),
            lambda code: nature(Physics(seed=5), code, MeterModel(), near_share=0), clock,
            habit=Habit(baud=9600, epoch_s=plant.epoch.timestamp()),
        )  # fmt: skip
        async with AsyncExitStack() as stack:
            url = stack.enter_context(served(face.app))
            await stack.enter_async_context(benches_served(plant, {"BN1": bench}, folder))
            for item in ("communication", "intrinsic_error", "security"):
                child = start(path, url, folder)
                stack.callback(end, child)
                found = item
                await until(clock, lambda found=found: (found,) in rows(face, OutcomeRow, "item"))
                child.send_signal(signal.SIGKILL)
                await asyncio.to_thread(child.wait)
            child = start(path, url, folder)
            stack.callback(end, child)
            await until(clock, lambda: ("finished",) in rows(face, RunRow, "state"))
            child.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(child.wait) == 0
        verify(face)

    asyncio.run(story())


def verify(face: Face) -> None:
    serials = [serial for (serial,) in rows(face, OutcomeRow, "serial")]
    assert sorted(serials) == list(range(1, len(serials) + 1))
    parts = [part for (part,) in rows(face, PartRow, "part")]
    assert sorted(parts) == list(range(1, len(parts) + 1))
    points = Counter(rows(face, OutcomeRow, "bar_code", "test_case", "point"))
    loaded = {point: count for point, count in points.items() if point[2].endswith("all")}
    assert set(loaded.values()) == {1}
    assert Counter(rows(face, MeterTestRow, "verdict")) == {("pass",): METERS}


async def until(clock: Clock, done: Callable[[], bool], *, longest_s: float = 6000) -> None:
    until_s = clock.now_s() + longest_s
    while not done():
        assert clock.now_s() < until_s, "not done in time"
        await asyncio.sleep(0.1)
