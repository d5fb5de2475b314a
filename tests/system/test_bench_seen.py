"""A bench client as a process of its own is seen in the live picture while it works: sensors, readings, frames."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from api import plant_time
from api.bench.serving import benches_served
from plc.plant.load import load
from simulation.bench.bench import Habit, VirtualBench
from simulation.meters.model import MeterModel
from simulation.meters.nature import nature
from simulation.physics import Physics
from tests import lab
from tests.faces import make_face, served
from tests.system.test_bench_process import CODES, KEY, METERS, SPEED, end, order, start, until, write_plant

pytestmark = [pytest.mark.sockets, pytest.mark.slow]


def test_a_bench_is_seen_over_its_real_lines(tmp_path: Path) -> None:
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

        def seen() -> dict[str, Any]:
            return face.context.picture.snapshot().get("benches", {}).get("BN1", {})

        def judged() -> int:
            results = (position["result"] for position in seen().get("positions", {}).values())
            return sum(1 for one in results if one and one["item"] == "intrinsic_error")

        async with AsyncExitStack() as stack:
            url = stack.enter_context(served(face.app))
            await stack.enter_async_context(benches_served(plant, {"BN1": bench}, folder))
            stack.callback(end, start(path, url, folder))
            await until(clock, lambda: judged() == METERS)
            shown = seen()
            assert shown["running"]["run"] == "r1"
            assert len(shown["positions"]) == plant.benches["BN1"].positions
            wired = [number for number, one in shown["positions"].items() if one["wired"] and not one["bypassed"]]
            assert len(wired) == METERS
            assert {frame["direction"] for frame in shown["frames"]} == {"out", "in"}
            assert shown["air"]["temperature_c"] > 0

    asyncio.run(story())
