"""Missions per second at infinite speed: the whole WCS over the memory wire, against what bounds it.

Relocations from slot to slot in every aisle pass the door, the decisions, the journal, the handshake and the
machines of the twin. References of the same run: a bare SimPy loop of the same crane cycles, and a raw sqlite3 that
writes as many rows in as many transactions.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import simpy
from sqlalchemy.orm import Session

from benchmarks.common import LEVELS, Rows, aisles_plant, arguments, median, show
from plc.clock import Clock
from plc.link import Link, Port
from plc.plant.model import Plant
from plc.plant.places import slot_id
from plc.plant.travel import crane_cycle_s
from plc.wires.make import make_memory_pair
from simulation.clock import JumpLoop
from simulation.loads import Load
from simulation.study import Study
from simulation.twin import Twin, Wires
from simulation.world import World
from wcs import orders, views
from wcs.controller import Controller
from wcs.store import create_tables, make_engine

UNITS = 20  # in each aisle
ROWS_A_MISSION = 12  # order, mission, unit and device rows and facts, as counted in a run


@dataclass(frozen=True, slots=True)
class Trip:
    """One relocation."""

    unit: str
    source: str
    target: str


def trips(plant: Plant, each: int) -> list[Trip]:
    """Return `each` relocations for every aisle: its units go from one half of the rack to the other and back."""
    found: list[Trip] = []
    for turn in range(each):
        for aisle in plant.aisles:
            n, back = turn % UNITS, turn // UNITS % 2
            here, there = (
                slot_id(aisle, side, 1 + n // LEVELS, 1 + n % LEVELS) for side in ((2, 1) if back else (1, 2))
            )
            found.append(Trip(f"{aisle}U{n:03}", here, there))
    return found


def run(plant: Plant, moves: list[Trip], url: str) -> tuple[float, int]:
    """Return the seconds that the missions took, and in how many transactions."""
    engine = make_engine(url)
    create_tables(engine)
    loop = JumpLoop()
    seconds, commits = loop.run_until_complete(_run(plant, moves, engine, loop))
    loop.close()
    with Session(engine) as session:
        assert views.last_mission(session) == len(moves), "not every mission was done"
        assert views.live_orders(session) == 0, "an order is left"
    engine.dispose()
    return seconds, commits


async def _run(plant: Plant, moves: list[Trip], engine, loop: JumpLoop) -> tuple[float, int]:
    clock = Clock.started(loop)
    links: dict[str, Link] = {}
    ports: dict[str, Port] = {}
    for name in plant.plcs:
        links[name], ports[name] = make_memory_pair(name, plant.devices_by_plc[name], session_id=1, clock=clock)
    world = World()
    twin = Twin(plant, Study(), world=world, wires=Wires(clock, clock, ports, beating=False, watched=False))
    for move in moves[: UNITS * len(plant.aisles)]:
        if move.unit not in world.loads:
            world.add(Load(move.unit), move.source)
    commits = 0

    def count(*_: object) -> None:
        nonlocal commits
        commits += 1

    controller = Controller(plant, engine, clock, clock, links, {}, watchers=[count], door_poll_s=0)
    await twin.start()
    work = asyncio.create_task(controller.run())
    began_s = time.perf_counter()
    rounds = [moves[n : n + UNITS * len(plant.aisles)] for n in range(0, len(moves), UNITS * len(plant.aisles))]
    for number, part in enumerate(rounds):
        with Session(engine) as session:
            for move in part:
                orders.submit(
                    session, key=f"{number}/{move.unit}", kind="relocate", unit=move.unit, source=move.source,
                    destination=move.target,
                )  # fmt: skip
            session.commit()
        controller.ring()
        await clock.sleep(600)
        while controller.floor.orders:
            await clock.sleep(600)
    seconds = time.perf_counter() - began_s
    await controller.stop()
    await work
    await twin.stop()
    assert all(count == 1 for count in world.executed.values()), "a mission was executed twice"
    return seconds, commits


def bare_simpy(plant: Plant, moves: list[Trip]) -> float:
    """Return the seconds of a loop that only lets the same cycles pass, a process a crane."""
    env = simpy.Environment()
    by_crane: dict[str, list[float]] = {crane: [] for crane in plant.cranes}
    for move in moves:
        crane = plant.cranes[plant.aisles[move.source.split("-")[0]].crane]
        by_crane[crane.id].append(crane_cycle_s(plant, crane, move.source, move.target))

    def work(cycles: list[float]):
        for cycle_s in cycles:
            yield env.timeout(cycle_s)

    for cycles in by_crane.values():
        env.process(work(cycles))
    began_s = time.perf_counter()
    env.run()
    return time.perf_counter() - began_s


def raw_sqlite(path: Path, missions: int, commits: int) -> float:
    """Return the seconds that raw sqlite3 takes for as many rows in as many durable transactions."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, at INTEGER, kind TEXT, subject TEXT, payload TEXT)")
    row = (1, "MissionDone", "SC1", '{"mission":1,"order":1,"source":"A1-1-01-01","target":"A1-2-01-01"}')
    rows = max(1, missions * ROWS_A_MISSION // commits)
    began_s = time.perf_counter()
    for _ in range(commits):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO row (at, kind, subject, payload) VALUES (?, ?, ?, ?)", [row] * rows)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began_s
    connection.close()
    return seconds


def main() -> None:
    """Run and print."""
    options = arguments(__doc__ or "", aisles=16, each=80, repeat=3)
    plant = aisles_plant(options.aisles)
    moves = trips(plant, options.each)
    memory, durable, bare, raw, commits = [], [], [], [], 1
    for _ in range(options.repeat):
        memory.append(len(moves) / run(plant, moves, "sqlite://")[0])
        bare.append(len(moves) / bare_simpy(plant, moves))
        with tempfile.TemporaryDirectory() as folder:
            seconds, commits = run(plant, moves, f"sqlite:///{folder}/site.db")
            durable.append(len(moves) / seconds)
            raw.append(len(moves) / raw_sqlite(Path(folder) / "raw.db", len(moves), commits))
    rows: Rows = [
        ("missions", len(moves), ""),
        ("missions a transaction", len(moves) / commits, ""),
        ("in-memory SQLite", median(memory), "missions/s"),
        ("durable SQLite", median(durable), "missions/s"),
        ("bare SimPy loop", median(bare), "missions/s"),
        ("raw durable sqlite3", median(raw), "missions/s"),
        ("in-memory / bare SimPy", median([m / b for m, b in zip(memory, bare, strict=True)]), ""),
        ("durable / raw durable", median([d / r for d, r in zip(durable, raw, strict=True)]), "(target 0.167)"),
    ]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
