"""One replication: the unmodified WMS and WCS in a twin, from the first hour of a scenario to its last.

Only the seed, the replication and the scenario decide what comes out: the same in any process, on any machine.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from plc.clock import Clock
from plc.codes import FaultCode
from simulation import house
from simulation.clock import JumpLoop
from simulation.house import Site
from simulation.studies import flows
from simulation.studies.benches import BenchPlayer, Lab
from simulation.studies.breakdowns import Breakdowns
from simulation.studies.chance import seed_of
from simulation.studies.ground import BY, ROLL, Ground, calls_of, prepared
from simulation.studies.observe import Observer
from simulation.studies.orders import Marketing
from simulation.studies.replica import BIN_S, Replica
from simulation.studies.scenario import Scenario
from simulation.study import Study
from simulation.twin import Twin
from wcs.controller import Controller
from wcs.journal import Fact
from wcs.line.rows import BenchRun
from wcs.orders import OrderKind
from wcs.rows import Alarm, Change, Order
from wms.seals import service as seals

HOUR_S, TELL_S = 3600.0, 600.0
Told = Callable[[float], None]


@dataclass(slots=True)
class Inside:
    """A run while it lasts."""

    scenario: Scenario
    replication: int
    told: Told | None = None
    ground: Ground = field(init=False)
    twin: Twin = field(init=False)
    controller: Controller = field(init=False)
    observer: Observer = field(init=False)
    marketing: Marketing = field(init=False)
    players: dict[str, BenchPlayer] = field(default_factory=dict[str, BenchPlayer])

    @property
    def horizon_s(self) -> float:
        """When the run ends, in plant seconds."""
        return self.scenario.experiment.hours * HOUR_S


def run(scenario: Scenario, replication: int, *, told: Told | None = None) -> Replica:
    """Return what one replication of a scenario gives; `told` hears the plant seconds now and then."""
    began_s = time.process_time()
    inside = Inside(scenario, replication, told)
    carry_out(inside)
    with Session(inside.ground.engine) as session:
        read, samples = flows.read(session, scenario.plant, inside.horizon_s)
        samples += inside.observer.active()
        sha256 = flows.digest(session)
    inside.ground.engine.dispose()
    tracks = sorted([*read, *inside.observer.tracks()], key=lambda track: track.name)
    return Replica(
        scenario.name, replication, scenario.experiment.seed, BIN_S, inside.horizon_s, tuple(tracks), tuple(samples),
        sha256, time.process_time() - began_s, problems(inside),
    )  # fmt: skip


def carry_out(inside: Inside) -> None:
    """Let a plant run from its start to its horizon."""
    loop = JumpLoop()
    thresholds = gc.get_threshold()
    try:
        loop.run_until_complete(_carry_out(inside, loop))
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        loop.close()


def problems(inside: Inside) -> tuple[str, ...]:
    """Return what went wrong in a run and its figures do not say."""
    found = [f"{what} ({count} times)" for what, count in sorted(inside.marketing.problems.items())]
    if inside.ground.world.collisions:
        found.append(f"{len(inside.ground.world.collisions)} collisions in the twin")
    held = [order for order in inside.controller.floor.orders.values() if order.state == "held"]
    found += [f"order {o.number} ({o.kind}) of {o.unit} is held: {o.reason.code}" for o in held[:10]]
    return tuple(found)


async def _carry_out(inside: Inside, loop: JumpLoop) -> None:
    clock = Clock.started(loop)
    _connect(inside, clock)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    await inside.twin.start()
    work = asyncio.create_task(inside.controller.run(), name="controller")
    others = [asyncio.create_task(player.play(), name=f"bench {name}") for name, player in inside.players.items()]
    others.append(asyncio.create_task(_ask(inside, clock), name="marketing"))
    try:
        await _pass_time(inside, clock, [work, *others])
    finally:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await inside.controller.stop()
        await asyncio.gather(work, return_exceptions=True)
        await inside.twin.stop()


async def _pass_time(inside: Inside, clock: Clock, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the horizon; what ends a task before it comes out here."""
    while (left_s := inside.horizon_s - clock.now_s()) > 0:
        await clock.sleep(min(TELL_S, left_s))
        for task in tasks:
            if task.done():
                task.result()
        if inside.told is not None:
            inside.told(clock.now_s())


async def _ask(inside: Inside, clock: Clock) -> None:
    for call in calls_of(inside.scenario, inside.replication):
        await clock.sleep(call.at_s - clock.now_s())
        with Session(inside.ground.engine) as session:
            inside.marketing.place(session, call, clock.now_ms())
            session.commit()
        inside.controller.ring()
        inside.observer.settled(clock.now_s())
    await asyncio.Event().wait()


def _connect(inside: Inside, clock: Clock) -> None:
    """Put twin, controller, onlookers and players together."""
    experiment, plant = inside.scenario.experiment, inside.scenario.plant
    drawn_by = {"seed": experiment.seed, "replication": inside.replication}
    study = Study(
        name=experiment.name, seed=seed_of(experiment.seed, inside.replication), meters=experiment.meters,
        noise=experiment.noise, clerk=experiment.clerk, truck=experiment.truck,
    )  # fmt: skip
    ground = inside.ground = prepared(inside.scenario)
    inside.twin, inside.controller = house.connect(Site(plant, study, ground.engine, clock, ground.world))
    hall = inside.twin.hall
    inside.observer = Observer(hall, inside.horizon_s)
    breakdowns = hall.mishaps = Breakdowns(hall, experiment.breakdowns, **drawn_by)
    inside.marketing = Marketing(
        plant, hall, experiment.start.piles, experiment.benches.purpose, inside.observer.line_asked
    )
    with Session(ground.engine) as session:
        inside.marketing.take_over(session, ground)
    lab = Lab(
        plant, ground.engine, clock, experiment.benches, hall.physics, breakdowns, inside.controller.ring,
        lambda bench, down: inside.observer.broken(bench, clock.now_s(), down=down),
    )  # fmt: skip
    inside.players = {bench: BenchPlayer(lab, bench, **drawn_by) for bench in plant.benches}
    inside.controller.watchers.append(lambda changes, facts: _decided(inside, clock, changes, facts))


def _decided(inside: Inside, clock: Clock, changes: list[Change], facts: list[tuple[int, Fact]]) -> None:
    """Hear what the controller has decided, and do what people and benches do about it."""
    inside.observer.decided(changes, clock.now_s())
    for change in changes:
        match change:
            case BenchRun(state="ordered"):
                inside.players[change.bench].wake()
            case Order(kind=OrderKind.PACK, state="finished"):
                inside.marketing.lot_ended(change.destination)
            case Alarm(code=FaultCode.SEALS_EMPTY, cleared_ms=0):
                clock.loop.call_soon(_feed, inside, clock, change.device)
            case _:
                pass


def _feed(inside: Inside, clock: Clock, cell: str) -> None:
    with Session(inside.ground.engine) as session:
        seals.feed(session, cell=cell, count=ROLL, by=BY, at_ms=clock.now_ms())
        session.commit()
    inside.controller.ring()
