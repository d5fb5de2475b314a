"""What the crane's turn by nearness saves in the real twin, with the WMS and WCS as they are, against the turn by age.

    .venv/bin/python benchmarks/bench_sequencing.py [--cycles 400] [--waiting 10] [--json]

One aisle, square in time: the far corner is as long to drive as to hoist, forks take next to nothing. Pallets fetched
go round by a picking station and come back to be stored, so that ten retrievals always wait and a storage always
stands at the in-feed. Every cycle is dual. Counted is the time the twin's crane takes from telegram to end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.clock import Clock
from plc.plant.model import Plant
from plc.plant.places import is_slot, slots
from plc.plant.rules import Rules
from simulation import house
from simulation.clock import JumpLoop
from simulation.loads import Load
from simulation.study import Study
from simulation.world import World
from wcs import orders
from wcs.journal import Fact
from wcs.orders import OrderKind
from wcs.rows import Change
from wcs.store import create_tables, make_engine
from wms import setup
from wms.rows import table
from wms.stock.tables import PalletRow, SlotRow

COLUMNS, LEVELS, WAY_S = 30, 24, 30.0
FIRST_COME = 1.8  # dual cycle over the far way, any opening, first come first served (Bozer & White 1984)
OPENINGS, ROUND = 54, 4  # free slots, and pallets on their way round
POINTS = ["AI", "AO", "PS", "PT", "L1", "L2"]
WAYS = ["AO-L1", "L1-PS", "PS-L2", "L2-AI", "PT-L2"]


def square(rules: dict[str, Any]) -> Plant:
    """Return the plant: one aisle, one crane, a way round."""
    ends = {"plc": "PLC1"}
    crane = {
        "aisle": "A1", "index": 20, "speed_x_m_s": COLUMNS / WAY_S, "accel_x_m_s2": 20, "speed_y_m_s": LEVELS / WAY_S,
        "accel_y_m_s2": 20, "fork_s": 0.001, "positioning_s": 0,
    }  # fmt: skip
    aisle = {
        "number": 1, "crane": "SC1", "infeed": "AI", "outfeed": "AO", "sides": 1, "columns": COLUMNS, "levels": LEVELS,
        "column_pitch_m": 1, "level_pitch_m": 1, "max_weight_kg": 1000,
        "height_classes": [{"name": "all", "from_level": 1, "to_level": LEVELS, "height_m": 1.4}],
    }  # fmt: skip
    return Plant.model_validate(
        {
            "name": "square in time", "epoch": "2026-01-01T00:00:00Z", "rules": rules,
            "plcs": {"PLC1": {"kind": "opcua", "host": "127.0.0.1", "port": 48400}},
            "points": {name: {"number": n, "x_m": n, "y_m": 0} for n, name in enumerate(POINTS, 1)},
            "segments": {
                name: {"length_m": 1.5, "speed_m_s": 5, "capacity": ROUND, "index": n, **ends}
                for n, name in enumerate(WAYS)
            },
            "aisles": {"A1": aisle}, "cranes": {"SC1": crane | ends}, "docks": {},
            "stations": {"PK1": {
                "kind": "picking", "source": "PS", "target": "PT", "magazine": 20, "pallet_s": 10, "box_s": 5,
                "index": 23, **ends,
            }},
            "reactions": {
                "no_read": "clarify", "weight": "clarify", "profile": "clarify", "slot_occupied": "other_slot",
                "slot_empty": "substitute", "machine_fault": "hold", "link_lost": "resync",
            },
        }
    )  # fmt: skip


@dataclass(slots=True)
class Marketing:
    """Keeps a number of retrievals waiting, and counts what the crane does."""

    site: house.Site
    waiting: int
    chance: random.Random
    stored: dict[str, str]  # slot of each pallet that nobody has called
    asked: int = 0
    cycles: int = 0
    busy_ms: int = 0
    counted: tuple[int, int] = (0, 0)  # cycles and busy ms when counting began
    ring: Any = None
    sent_ms: dict[int, int] = field(default_factory=dict)
    whys: dict[str, int] = field(default_factory=dict)

    def call(self, count: int) -> None:
        """Ask for pallets by chance."""
        with Session(self.site.engine) as session:
            for _ in range(count):
                unit = self.chance.choice(sorted(self.stored))
                self.asked += 1
                orders.submit(
                    session, key=f"call:{self.asked}", kind=OrderKind.RETRIEVE, unit=unit,
                    source=self.stored.pop(unit), destination="PS",
                )  # fmt: skip
            session.commit()

    def watch(self, _: list[Change], facts: list[tuple[int, Fact]]) -> None:
        """See what the crane was sent and did."""
        for at_ms, fact in facts:
            said = fact.payload
            if fact.subject == "SC1" and fact.kind == "MissionSent":
                self.sent_ms[said["mission"]] = at_ms
                self.whys[said["why"]] = self.whys.get(said["why"], 0) + 1
            elif fact.subject == "SC1" and fact.kind == "MissionDone":
                self.busy_ms += at_ms - self.sent_ms.pop(said["mission"])
                self.cycles += is_slot(self.site.plant, said["target"])
            elif fact.kind == "UnitPicked" and is_slot(self.site.plant, said["source"]):
                self.call(1)
                self.ring()
            elif fact.kind == "TransportFinished" and is_slot(self.site.plant, said["destination"]):
                self.stored[fact.subject] = said["destination"]


def furnished(rules: dict[str, Any], waiting: int) -> Marketing:
    """Return a plant with its rack filled, and whoever calls for pallets."""
    plant, engine, world, chance = square(rules), make_engine("sqlite://"), World(), random.Random(5)
    create_tables(engine)
    names = list(slots(plant))
    chance.shuffle(names)
    stored = {f"P{n:04}": name for n, name in enumerate(names[OPENINGS:])}
    pallet, slot = table(PalletRow), table(SlotRow)
    with Session(engine) as session:
        setup.seed(session, plant)
        rows = [{"code": code, "whereabouts": "stored", "place": at, "weight_g": 0, "height_mm": 1000, "arrived_ms": 0}
                for code, at in stored.items()]  # fmt: skip
        session.connection().execute(sa.insert(pallet), rows)
        put = sa.update(slot).where(slot.c.id == sa.bindparam("at")).values(pallet=sa.bindparam("unit"))
        session.connection().execute(put, [{"at": at, "unit": code} for code, at in stored.items()])
        setup.seed(session, plant)
        session.commit()
    for code, at in stored.items():
        world.add(Load(code), at)
    loop = asyncio.get_running_loop()
    return Marketing(house.Site(plant, Study(), engine, Clock.started(loop), world), waiting, chance, dict(stored))


async def _run(rules: dict[str, Any], waiting: int, cycles: int) -> dict[str, Any]:
    marketing = furnished(rules, waiting)
    twin, controller = house.connect(marketing.site)
    marketing.ring = controller.ring
    controller.watchers.append(marketing.watch)
    marketing.call(waiting + ROUND)
    await twin.start()
    work = asyncio.create_task(controller.run())
    warm_up = cycles // 5
    while marketing.cycles < warm_up + cycles and not work.done():
        await marketing.site.clock.sleep(600)
        if marketing.counted == (0, 0) and marketing.cycles >= warm_up:
            marketing.counted = marketing.cycles, marketing.busy_ms
            marketing.whys.clear()
    if work.done():
        work.result()
    await controller.stop()
    await work
    await twin.stop()
    begun, busy_ms = marketing.counted
    mean_s = (marketing.busy_ms - busy_ms) / (marketing.cycles - begun) / 1000
    return {"dual_cycle_s": mean_s, "of_way": mean_s / WAY_S, "cycles": marketing.cycles - begun, "why": marketing.whys}


def live(rules: dict[str, Any], waiting: int, cycles: int) -> dict[str, Any]:
    """Return what a rule gives: the mean dual cycle in seconds and as a multiple of the way to the far corner."""
    loop = JumpLoop()
    try:
        return loop.run_until_complete(_run(rules, waiting, cycles))
    finally:
        loop.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--cycles", type=int, default=400)
    asked.add_argument("--waiting", type=int, default=10)
    asked.add_argument("--starved-s", type=float, default=Rules().starved_s)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    found: dict[str, Any] = {
        name: live({"sequencing": name, "starved_s": options.starved_s}, options.waiting, options.cycles)
        for name in ("turn", "near")
    }
    turn, near = (found[name]["dual_cycle_s"] for name in ("turn", "near"))
    found["saved_percent_of_turn"] = 100 * (1 - near / turn)
    found["saved_percent_of_first_come"] = 100 * (1 - near / WAY_S / FIRST_COME)
    print(json.dumps(found, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
