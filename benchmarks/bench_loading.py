"""What it costs at the docks to load the last stop first, against pallets that come in any order.

    .venv/bin/python benchmarks/bench_loading.py [--vehicles 2] [--stops 4] [--pallets 3] [--json]

The plant of the demo with its twin, WCS and WMS as they are, full of verified stock. The same orders leave twice from
the same slots: once as a site without depot calls them, once by a frozen plan. Counted is plant time from the call to
the last pallet handed over, and how often a pallet came before one that must be on its vehicle first. The bound is the
hand-over of the dock that has most to do, without any way to it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import database
from optimizer.effort import Effort
from plc.clock import Clock
from plc.plant.load import load
from plc.plant.model import Plant
from simulation import house
from simulation.clock import JumpLoop
from simulation.studies import start
from simulation.studies.demand import Start
from simulation.studies.pallets import families
from simulation.study import Study
from simulation.world import World
from wcs import journal
from wcs.store import make_engine
from wms.desk import Desk
from wms.outbound import service as outbound
from wms.shipping import places, service, views
from wms.shipping.proposing import propose
from wms.shipping.service import Wanted

MODEL, DAY, LONGEST_S = "DDZY2026", "2026-11-21", 24 * 3600.0
DEPOT = {
    "address": "Depot", "latitude": 30.0, "longitude": 104.0, "km_h": 40.0, "opens_min": 0, "closes_min": 1440,
    "unload_min": 5, "reload_min": 5, "trips": 1, "meter_1ph_g": 1000, "meter_3ph_g": 2500, "box_g": 2000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """How many vehicles go out, with how many stops each, and how many whole pallets every stop gets."""

    vehicles: int
    stops: int
    pallets: int

    @property
    def districts(self) -> list[str]:
        """The districts, one a stop."""
        return [f"D{n:02}" for n in range(self.vehicles * self.stops)]


def enter(session: Session, wish: Wish) -> int:
    """Enter the places, order for every district and freeze the plan of the day; return its number."""
    boxes = families(1)[MODEL].boxes * wish.pallets * wish.stops
    desk = Desk(session, 0)
    places.set_depot(desk, DEPOT, by="bench")
    at = [{"district": name, "address": name, "contact": "", "latitude": 30.0 + (n % wish.vehicles) / 5, "opens_min": 0,
           "longitude": 104.1 + n / 50, "closes_min": 1440} for n, name in enumerate(wish.districts)]  # fmt: skip
    vehicles = [{"plate": f"V{n}", "boxes": boxes, "weight_kg": 90_000, "driver": "", "active": True}
                for n in range(wish.vehicles)]  # fmt: skip
    places.set_places(desk, {"districts": at, "vehicles": vehicles}, by="bench")
    desk.close()
    order(session, wish)
    desk = Desk(session, 0)
    number = service.enter(desk, Wanted("p", DAY), propose(desk, DAY, Effort(seconds=1.0)), by="bench")
    service.freeze(desk, number, by="bench")
    desk.close()
    return number


def order(session: Session, wish: Wish) -> None:
    """Order whole pallets for every district."""
    meters = families(1)[MODEL].meters * wish.pallets
    lines = [(name, MODEL, meters) for name in wish.districts]
    outbound.create_distribution(session, key="d", lines=lines, at_ms=0)


async def leave(plant: Plant, engine: Engine, world: World, count: int) -> list[tuple[int, dict[str, Any]]]:
    """Let everything leave that was called, and return when each pallet was handed over, and what it was."""
    clock = Clock.started(asyncio.get_running_loop())
    twin, controller = house.connect(house.Site(plant, Study(), engine, clock, world))
    await twin.start()
    work = asyncio.create_task(controller.run())
    controller.ring()
    shipped: list[tuple[int, dict[str, Any]]] = []
    while len(shipped) < count and clock.now_s() < LONGEST_S and not work.done():
        await clock.sleep(60)
        with Session(engine) as session:
            rows = journal.read(session, 0, limit=100_000)
            shipped = [(row.at_ms, row.payload) for row in rows if row.kind == "PalletShipped"]
    if work.done():
        work.result()
    await controller.stop()
    await work
    await twin.stop()
    return shipped


def run(wish: Wish, *, planned: bool) -> dict[str, Any]:
    """Return what loading takes, with or without a plan."""
    plant, engine, world = load(Path("plants/demo.yaml")), make_engine("sqlite://"), World()
    stock = start.made_up(Start(fill=0.6, verified=1.0), plant, {MODEL: 1.0}, 1)
    database.prepare(engine, plant)
    start.place(stock, world)
    ranks: dict[str, tuple[str, int]] = {}
    with Session(engine) as session:
        start.book(session, stock)
        if planned:
            seen = views.plan(session, enter(session, wish))
            ranks = {stop.district: (stop.vehicle, stop.rank) for stop in seen.stops} if seen else {}
        else:
            order(session, wish)
        session.commit()
    loop = JumpLoop()
    try:
        shipped = loop.run_until_complete(leave(plant, engine, world, len(wish.districts) * wish.pallets))
    finally:
        loop.close()
    of = Counter(said["dock"] for _, said in shipped)
    bound_s = max(of[dock] * plant.docks[dock].handover_s for dock in of)
    found = {"s": shipped[-1][0] / 1000, "bound_s": bound_s, "pallets": len(shipped)}
    return found | ({"out_of_turn": out_of_turn(shipped, ranks)} if planned else {})


def out_of_turn(shipped: list[tuple[int, dict[str, Any]]], ranks: dict[str, tuple[str, int]]) -> int:
    """Return how often a pallet came to a vehicle before one that must be on it first."""
    came: dict[str, list[int]] = {}
    for _, said in shipped:
        vehicle, rank = ranks.get(said["district"], ("", 0))
        came.setdefault(vehicle, []).append(rank)
    return sum(earlier > later for of in came.values() for earlier, later in pairwise(of))


def main() -> None:
    """Print both, and their ratio."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in (("vehicles", 2), ("stops", 4), ("pallets", 3)):
        asked.add_argument(f"--{name}", type=int, default=number)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    wish = Wish(options.vehicles, options.stops, options.pallets)
    free, planned = run(wish, planned=False), run(wish, planned=True)
    found = {"free": free, "last_stop_first": planned, "ratio": planned["s"] / free["s"]}
    print(json.dumps(found, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
