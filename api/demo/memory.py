"""The demo in one loop: twin, WCS and WMS over the memory wire, as fast as the machine can go."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import database
from api.demo import errands
from api.demo.benches import Benches
from api.demo.errands import Demand
from api.demo.report import DemoReport, Physical, Telegrams, make_report
from plc.clock import Clock
from plc.link import Link
from plc.plant.model import Plant
from simulation import house
from simulation.benches import natures_of
from simulation.clock import JumpLoop
from simulation.house import Site
from simulation.study import Study
from simulation.twin import Twin
from simulation.world import World
from wcs.controller import Controller
from wcs.store import make_engine

LOOK_S = 60.0  # of plant time
LONGEST_S = 96 * 3600.0  # a run that is not done by then never will be
Progress = Callable[[Session, float], None]


@dataclass(slots=True)
class Run:
    """One run in memory: what goes in, and `progress`, called with a session and plant seconds now and then."""

    plant: Plant
    study: Study
    demand: tuple[Demand, ...]
    speed: float = math.inf
    engine: Engine = field(default_factory=lambda: make_engine("sqlite://"))
    progress: Progress | None = None
    longest_s: float = LONGEST_S
    purpose: str = "demo"


def run_in_memory(run: Run) -> DemoReport:
    """Run to the end and return the report; a run that does not end has its reasons among the problems."""
    loop = JumpLoop() if math.isinf(run.speed) else asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_run(run, loop))
    finally:
        loop.close()


async def _run(run: Run, loop: asyncio.AbstractEventLoop) -> DemoReport:
    began_s = time.perf_counter()
    clock = Clock.started(loop, speed=1.0 if math.isinf(run.speed) else run.speed)
    database.prepare(run.engine, run.plant)
    with Session(run.engine) as session:
        errands.place(session, run.plant, run.study, run.demand, clock.now_ms(), purpose=run.purpose)
        session.commit()
    world = World()
    twin, controller = connect(run, clock, world)
    await twin.start()
    work = asyncio.create_task(controller.run(), name="controller")
    benches = Benches(run.plant, twin.benches, run.engine, clock, controller.ring)
    benches.start()
    ended = await _until_done(run, clock, work, benches, controller.ring)
    await benches.stop()
    await controller.stop()
    await work
    await twin.stop()
    with Session(run.engine) as session:
        telegrams = {name: _telegrams(link) for name, link in controller.links.items()}
        report = make_report(session, run.plant, physical(world, run.study), telegrams, time.perf_counter() - began_s)
        late = [] if ended else [f"not done after {run.longest_s:.0f} s of plant time", *errands.reasons(session)]
    return report.model_copy(update={"problems": [*report.problems, *late]})


def connect(run: Run, clock: Clock, world: World) -> tuple[Twin, Controller]:
    """Return twin and controller with every wire between them, in memory."""
    return house.connect(Site(run.plant, run.study, run.engine, clock, world))


def physical(world: World, study: Study) -> Physical:
    """Return what a world and its study prove of a run."""
    return Physical(
        injected=[(one.kind, one.unit or one.device, one.at_ms) for one in world.injected],
        executed_twice=sum(1 for count in world.executed.values() if count > 1),
        collisions=len(world.collisions),
        boxes={box.code: box.meters for load in world.loads.values() for box in load.boxes()},
        expected=frozenset(fault.kind for fault in study.faults),
        nature_of=natures_of(study),
    )


def _telegrams(link: Link) -> Telegrams:
    return Telegrams(sent=link.counts.sent, repeated=link.counts.repeated, refused=link.counts.refused)


async def _until_done(
    run: Run, clock: Clock, work: asyncio.Task[None], benches: Benches, ring: Callable[[], None]
) -> bool:
    """Return True when everything is done, False when the time is up; a bug in controller or bench comes out here."""
    while clock.now_s() < run.longest_s:
        await clock.sleep(LOOK_S)
        if work.done():
            work.result()
        benches.check()
        with Session(run.engine) as session:
            if run.progress is not None:
                run.progress(session, clock.now_s())
            if not errands.unfinished(session):
                return True
            if errands.tend(session, clock.now_ms()):
                session.commit()
                ring()
    return False
