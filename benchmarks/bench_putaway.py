"""How long one put-away decision takes in a small and a very large store, and what each rule's slots cost in travel.

    .venv/bin/python benchmarks/bench_putaway.py [--large] [--rules] [--json]

A decision is everything from the pallet's code to the reserved slot. The ratio is to the bare statement that finds the
candidates, sent to SQLite by its own driver. `--large` adds a million slots (two minutes to build), `--rules` a stream
of pallets of skewed turnover (Pareto) through a store 85 % full, by each rule.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from common import aisles_plant
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from wcs.store import create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.rows import table
from wms.stock import candidates, putaway, turnover, units
from wms.stock.tables import BoxRow, ModelRow, PalletRow

DECISIONS, KINDS, DAY_MS = 300, 10, 86_400_000
Figures = dict[str, float]


def store_plant(aisles: int, columns: int, levels: int, **rules: Any) -> Plant:
    """Return a plant of aisles with racks of that size, three heights in each."""
    data = aisles_plant(aisles).model_dump(mode="json")
    third = levels // 3
    data["points"]["H"] = {"number": 60_000, "x_m": 0, "y_m": 0}
    data["segments"] = {
        f"H-I{n}": {"length_m": 3, "speed_m_s": 0.3, "capacity": 2, "plc": "PLC1", "index": n}
        for n in range(1, aisles + 1)
    }
    for name in data["aisles"]:
        data["aisles"][name] |= {"columns": columns, "levels": levels, "height_classes": [
            {"name": "low", "from_level": 1, "to_level": third, "height_m": 1.2},
            {"name": "middle", "from_level": third + 1, "to_level": 2 * third, "height_m": 1.5},
            {"name": "high", "from_level": 2 * third + 1, "to_level": levels, "height_m": 2.0},
        ]}  # fmt: skip
    for section in ("segments", "aisles", "cranes", "points", "stations", "docks", "scanners", "lines"):
        for thing in data[section].values():
            thing.pop("id", None)
    return Plant.model_validate(data | {"rules": rules})


def filled(desk: Desk, plant: Plant) -> int:
    """Seed the plant, fill four slots of five, and return how many slots there are."""
    setup.seed(desk.session, plant)
    for statement in (
        "INSERT INTO lot (number, code) SELECT rowid, 'L' || rowid FROM slot "
        "WHERE rowid <= (SELECT max(rowid) FROM slot) / 40 + 1",
        "INSERT INTO pallet (code, whereabouts, place, lot, weight_g, height_mm, arrived_ms) "
        "SELECT 'S' || id, 'stored', id, rowid / 40 + 1, 400000, 1000, 0 FROM slot WHERE rowid % 5 <> 0",
        "UPDATE slot SET pallet = 'S' || id WHERE rowid % 5 <> 0",
        "ANALYZE",
    ):
        desk.connection.exec_driver_sql(statement)
    for n in range(KINDS):
        row = {"m": f"M{n}", "s": "verified", "k": 1000, "c": 100.0 / (n + 1)}
        desk.connection.execute(
            sa.text("INSERT INTO turnover (model, stage, stored, calls_day, at_ms) VALUES (:m, :s, :k, :c, 0)"), row
        )
    desk.session.commit()
    return turnover.slot_count(plant)


def comes(desk: Desk, code: str, model: str | None = None) -> None:
    """Let a pallet stand before the aisles."""
    units.create(desk, code, "H")
    if model is not None:
        row = {"code": f"B{code}", "pallet": code, "pile": 1, "pile_code": "", "model": model, "meters": 15}
        desk.connection.execute(sa.insert(table(BoxRow)), row | {"state": "qualified", "verdict": 1, "verified_ms": 0})


def timed(plant: Plant, rule: str) -> Figures:
    """Return the median and the worst of some decisions, and the bare statement beside them, in ms."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'site.db'}")
        create_tables(engine)
        with Session(engine) as session:
            desk, spent = Desk(session, 1), list[float]()
            slots = filled(desk, plant)
            for n in range(DECISIONS):
                comes(desk, f"P{n}")
                desk.connection.exec_driver_sql("UPDATE pallet SET lot = ? WHERE code = ?", (n % 9 + 1, f"P{n}"))
                begun = time.perf_counter()
                found = putaway.choose(desk, plant, f"P{n}", at="H")
                spent.append((time.perf_counter() - begun) * 1000)
                assert isinstance(found, str), found
                units.stored(desk, f"P{n}", found)
            bare = bare_ms(desk, plant)
        engine.dispose()
    spent = sorted(spent[20:])
    return {
        f"{slots:,} slots, {rule}: decision, median ms": statistics.median(spent),
        f"{slots:,} slots, {rule}: decision, 99 % ms": spent[int(len(spent) * 0.99)],
        f"{slots:,} slots, {rule}: bare statement, ms": bare,
        f"{slots:,} slots, {rule}: ratio": statistics.median(spent) / bare,
    }


def bare_ms(desk: Desk, plant: Plant) -> float:
    """Return the median ms of the candidates' statement by the driver alone."""
    seeks = candidates.seeks(plant)
    statement = re.sub(r":l\d+", "?", str(candidates.statement(seeks, "sqlite")))
    values = (0,) * statement.count("?")
    cursor, spent = desk.connection.connection.cursor(), list[float]()
    for _ in range(100):
        begun = time.perf_counter()
        cursor.execute(statement, values)
        cursor.fetchall()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def travelled(plant: Plant, *, arrivals: int) -> float:
    """Return the mean seconds to and from the slots of a stream in and out, after the store has filled and settled."""
    engine, chance = make_engine("sqlite://"), random.Random(7)
    create_tables(engine)
    shares = [chance.paretovariate(1.2) for _ in range(KINDS)]
    room = int(turnover.slot_count(plant) * 0.85)
    stays = [room * sum(shares) / (share * KINDS) for share in shares]  # in arrivals; by Little's law they fill it
    leaving, travel, counted = list[tuple[float, str, str]](), 0.0, 0
    with Session(engine) as session:
        desk = Desk(session, 1)
        setup.seed(session, plant)
        model = dict(desk.connection.execute(sa.select(table(ModelRow)).limit(1)).mappings().one())
        desk.connection.execute(sa.insert(table(ModelRow)), [model | {"code": f"M{n}"} for n in range(KINDS)])
        ways: dict[str, float] = {
            name: ms / 1000 for name, ms in desk.connection.execute(sa.text("SELECT id, travel_ms FROM slot"))
        }
        for n, (at, code, kind) in enumerate(_arrivals(chance, shares, (room, arrivals))):
            desk.at_ms = round(at * DAY_MS / 200)
            while leaving and (leaving[0][0] <= at or len(leaving) >= room):
                _, gone, slot = heapq.heappop(leaving)
                units.taken_out(desk, gone, "SC1")
                turnover.called(desk, gone)
                desk.connection.execute(sa.delete(table(BoxRow)).where(table(BoxRow).c.pallet == gone))
                desk.connection.execute(sa.delete(table(PalletRow)).where(table(PalletRow).c.code == gone))
                travel, counted = travel + ways[slot] * (n > room + arrivals // 2), counted + (n > room + arrivals // 2)
            comes(desk, code, f"M{kind}")
            found = putaway.choose(desk, plant, code, at="H")
            assert isinstance(found, str), found
            units.stored(desk, code, found)
            travel, counted = travel + ways[found] * (n > room + arrivals // 2), counted + (n > room + arrivals // 2)
            heapq.heappush(leaving, (at + chance.expovariate(1 / stays[kind]), code, found))
            desk.facts.clear()
    return travel / counted


def _arrivals(chance: random.Random, shares: list[float], counts: tuple[int, int]) -> Iterator[tuple[float, str, int]]:
    """Yield what fills the store at once, as much of each kind, then what comes one by one."""
    room, count = counts
    kinds = [n % KINDS for n in range(room)]
    chance.shuffle(kinds)
    yield from ((0.0, f"P{n}", kind) for n, kind in enumerate(kinds))
    at = 0.0
    for n in range(room, room + count):
        at += chance.expovariate(1)
        yield at, f"P{n}", chance.choices(range(KINDS), shares)[0]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--large", "--rules", "--json"):
        asked.add_argument(flag, action="store_true")
    options, found = asked.parse_args(), Figures()
    for rule in ("balanced", "classes"):
        found |= timed(store_plant(8, 50, 25, putaway=rule), rule)
    if options.large:
        found |= timed(store_plant(52, 98, 98, putaway="classes"), "classes")
    if options.rules:
        for rule in ("nearest", "balanced", "classes"):
            plant = store_plant(2, 20, 9, putaway=rule, height_s=0)
            found[f"{rule}: mean way to a slot, s"] = travelled(plant, arrivals=3_000)
    print(
        json.dumps(found) if options.json else "\n".join(f"{name:<60} {value:>10.3f}" for name, value in found.items())
    )


if __name__ == "__main__":
    main()
