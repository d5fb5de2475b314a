"""A small plant whose line is led cell by cell, and somebody who plays its benches: real twin, WCS and WMS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import database
from api.demo.memory import Run, connect
from plc.clock import Clock
from plc.plant.model import Plant
from simulation.clock import JumpLoop
from simulation.study import Delivery, Study
from simulation.twin import Twin
from simulation.world import World
from tests.plants import small_plant_data
from wcs import benches, orders
from wcs.bench.records import MeterVerdict, Place, Report
from wcs.bench.records import Run as BenchRun
from wcs.controller import Controller
from wcs.orders import OrderKind
from wms.inbound import service as inbound
from wms.outbound import service as outbound
from wms.outbound import views as owed
from wms.stock import views as stock

Judge = Callable[[BenchRun, Place], MeterVerdict]
RUN_S, LOOK_S, LONGEST_S = 60.0, 5.0, 8 * 3600.0
NOWHERE = "tcp://127.0.0.1:1"


def cells_plant(**line: Any) -> Plant:
    """Return the small plant with a line of cells: two benches of two bays, 15 meters to a carrier and a box."""
    return Plant.model_validate(cells_data(**line))


def cells_data(**line: Any) -> dict[str, Any]:
    """Return the same as its YAML file would read."""
    data = small_plant_data()
    data["points"]["LE"] = {"number": 99, "x_m": 1, "y_m": 1}
    data["points"]["LO"]["scanner"] = "S3"
    data["segments"]["L4-LE"] = {"length_m": 3, "speed_m_s": 0.3, "capacity": 1, "plc": "PLC1", "index": 40}
    data["aisles"]["A1"]["columns"] = 8
    bench = {"kind": "bench", "positions": 30, "equipment": NOWHERE, "channel": "ptys/{position}", "enter_s": 2}
    cells: dict[str, dict[str, Any]] = {
        "UL1": {"kind": "unloading", "box_s": 2, "meter_s": 0.2},
        "WV1": {"kind": "withstand", "seconds": 20},
        "IM1": {"kind": "imaging", "meter_s": 0.2},
        "BN1": bench,
        "BN2": bench,
        "SO1": {"kind": "sorting", "meter_s": 0.5},
        "SE1": {"kind": "sealing", "meter_s": 0.5},
        "LB1": {"kind": "labelling", "meter_s": 0.5},
        "PC1": {"kind": "packing", "supply": "LE", "meter_s": 0.2, "magazine": 6, "call_at": 4},
    }
    numbered = {name: cell | {"plc": "PLC1", "index": 50 + n} for n, (name, cell) in enumerate(cells.items())}
    data["lines"]["VL1"] = {
        "infeed": "LI", "outfeed": "LO", "scanner": "S3", "queue": 2, "phase": "1ph", "places": 15, "carriers": 20,
        "batch_wait_s": 300, "cells": numbered,
    } | line  # fmt: skip
    return data


@dataclass
class Site:
    """Twin, controller and WMS on the memory wire; `books` is what the WMS was told, `truth` what comes by truck."""

    plant: Plant
    engine: Engine
    truth: Path
    books: bytes
    judge: Judge
    check: Callable[[Controller], None] = lambda _: None
    staff: Callable[[Session, int], None] = lambda _session, _ms: None
    more: Callable[[], bool] = lambda: False  # whether something will still be asked
    call_off: bool = True  # whether every lot is called to the line at once
    runs: list[BenchRun] = field(default_factory=list[BenchRun])
    world: World = field(default_factory=World)
    twin: Twin = field(init=False)
    controller: Controller = field(init=False)

    def work(self, *, study: Study | None = None) -> None:
        """Run until everything that was ordered is done."""
        loop = JumpLoop()
        try:
            loop.run_until_complete(self._work(loop, study or Study()))
        finally:
            loop.close()

    async def _work(self, loop: asyncio.AbstractEventLoop, study: Study) -> None:
        clock = Clock.started(loop)
        study = study.model_copy(update={"deliveries": (Delivery(file=self.truth),)})
        database.prepare(self.engine, self.plant)
        with Session(self.engine) as session:
            self._order(session)
            session.commit()
        self.twin, self.controller = connect(Run(self.plant, study, (), engine=self.engine), clock, self.world)
        self.controller.watchers.append(lambda _changes, _facts: self.check(self.controller))
        await self.twin.start()
        tasks = [asyncio.create_task(self.controller.run()), *(self._bench(clock, name) for name in self.plant.benches)]
        try:
            await self._until(clock, tasks)
        finally:
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            await self.controller.stop()
            await tasks[0]
            await self.twin.stop()

    def _order(self, session: Session) -> None:
        taken = inbound.import_delivery(session, self.books, at_ms=0)
        assert not taken.problems, taken.problems
        for row in stock.lots(session) if self.call_off else ():
            outbound.create_verification(
                session, key=f"v-{row['code']}", lot=row["code"], line="VL1", purpose="demo", at_ms=0
            )
        orders.submit(
            session, key="seals", kind=OrderKind.LOAD_SEALS, unit=None, source="SE1", destination="SE1",
            params={"load_id": "S0000001", "par1": 5000},
        )  # fmt: skip

    async def _until(self, clock: Clock, tasks: list[asyncio.Task[None]]) -> None:
        while clock.now_s() < LONGEST_S:
            await clock.sleep(LOOK_S * 4)
            for task in tasks:
                if task.done():
                    task.result()
            with Session(self.engine) as session:
                if all(order.state in ("finished", "cancelled") for order in owed.orders(session)) and not self.more():
                    return
                self.staff(session, clock.now_ms())
                session.commit()
            self.controller.ring()
        raise AssertionError("the line did not end")

    def _bench(self, clock: Clock, name: str) -> asyncio.Task[None]:
        async def play() -> None:
            while True:
                await clock.sleep(LOOK_S)
                with Session(self.engine) as session:
                    run = benches.next_run(session, name)
                if run is not None:
                    await self._play(clock, run)

        return asyncio.create_task(play())

    async def _play(self, clock: Clock, run: BenchRun) -> None:
        self.runs.append(run)
        self._say(Report(run=run.id, bench=run.bench, part=1, state="running", at_ms=0))
        await clock.sleep(RUN_S)
        verdicts = tuple(self.judge(run, place) for place in run.places)
        last = Report(run=run.id, bench=run.bench, part=2, state="finished", at_ms=0, verdicts=verdicts)
        self._say(last)
        self._say(last)  # a bench that heard no answer says it again
        await clock.sleep(1)

    def _say(self, report: Report) -> None:
        with Session(self.engine) as session:
            benches.report(session, report)
            session.commit()
        self.controller.ring()
