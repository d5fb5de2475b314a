"""The warehouse at plant time 0: pallets in their slots, in the books of the WMS and in the world alike.

Written in bulk, as a take-over of a million meters row by row would take longer than the day that is studied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from plc.plant.places import parse_slot, slots
from simulation.loads import Box, Load
from simulation.studies.chance import stream
from simulation.studies.demand import Start
from simulation.studies.pallets import Family, families, full_pallets
from simulation.studies.stream import DAY_S
from simulation.world import World
from wms.rows import table
from wms.stock import turnover
from wms.stock.tables import BoxRow, LotRow, PalletRow, SlotRow

DAY_MS = round(DAY_S * 1000)
STATES = ("received", "qualified")
INTO_BOX = (
    "INSERT INTO asset (bar_code, box, lot, model, made_on, state, verdict, seal, verified_ms) "
    "SELECT value, ?1, ?2, ?3, '', NULL, ?4, '', ?5 FROM json_each(?6)"
)
"""The meters of one box, a quarter of the time of a statement for each."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Lots of full pallets of one family that are all in one state, and the slots they stand in."""

    lot: str
    family: Family
    state: str
    days_ago: int
    loads: Sequence[Load]
    slots: Sequence[str]

    @property
    def verified_ms(self) -> int:
        """Plant time of the verification; before the epoch, as it was before the study."""
        return -self.days_ago * DAY_MS if self.state == "qualified" else 0

    @property
    def arrived_ms(self) -> int:
        """Plant time of the arrival, half a day before the verification or on some day before."""
        return -self.days_ago * DAY_MS - DAY_MS // 2


def made_up(start: Start, plant: Plant, weights: dict[str, float], seed: int) -> list[Stock]:
    """Return the stock of a fill level: lots in random slots that fit, the oldest first.

    `weights` says how much of it is of each family. The same for every replication: the start is part of the
    scenario.
    """
    chance, known = stream(seed, 0, "start"), families(start.piles)
    total, loads = sum(weights.values()), 0
    names = _slots(plant)
    room = [names[int(n)] for n in chance.permutation(len(names))]
    found: list[Stock] = []
    for code, weight in sorted(weights.items()):
        family = known[code]
        pallets = int(len(names) * start.fill * weight / total)
        lots = max(1, round(pallets / start.lot)) if pallets else 0
        for number in range(lots):
            count = min(start.lot, pallets - number * start.lot) if number < lots - 1 else pallets - number * start.lot
            places = [room.pop() for _ in range(count)]
            full = full_pallets(family, [f"S{loads + n:07}" for n in range(1, count + 1)], loads + 1)
            loads += count
            qualified = number < round(lots * start.verified)
            days = start.days - number * start.days // lots
            state = STATES[qualified]
            found.append(Stock(f"{code}-{state[0].upper()}{number + 1:05}", family, state, days, full, places))
    return found


def _slots(plant: Plant) -> list[str]:

    return [name for name in slots(plant) if (slot := parse_slot(name)) is not None and slot.depth == 1]


def place(stock: Sequence[Stock], world: World) -> None:
    """Set pallets like those of the stock into their slots in the world; the stock stays as it is."""
    for part in stock:
        for load, slot in zip(part.loads, part.slots, strict=True):
            piles = [[Box(box.code, box.meters.copy()) for box in pile] for pile in load.piles]
            world.add(Load(load.code, piles), slot)


def book(session: Session, stock: Sequence[Stock]) -> None:
    """Book the stock in the WMS (SQLite): lots, pallets, boxes, meters and slots."""
    connection = session.connection()
    lots = [{"code": part.lot} for part in stock]
    if not lots:
        return
    lot = table(LotRow)
    connection.execute(sa.insert(lot), lots)
    numbers = {code: number for code, number in connection.execute(sa.select(lot.c.code, lot.c.number))}
    _insert(session, PalletRow, _pallets(stock, numbers))
    _insert(session, BoxRow, _boxes(stock, numbers))
    _many(session, INTO_BOX, _meters(stock, numbers))
    slot = table(SlotRow)
    put = sa.update(slot).where(slot.c.id == sa.bindparam("at")).values(pallet=sa.bindparam("unit"))
    stands = [(load.code, at) for part in stock for load, at in zip(part.loads, part.slots, strict=True)]
    connection.execute(put, [{"at": at, "unit": unit} for unit, at in stands])
    turnover.recount(session)


def _insert(session: Session, of: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    """Insert rows with every column of a table, in its order, by the driver itself."""
    target = table(of)
    columns = ", ".join(f'"{column.name}"' for column in target.c)
    marks = ", ".join("?" * len(target.c))
    _many(session, f'INSERT INTO "{target.name}" ({columns}) VALUES ({marks})', rows)


def _many(session: Session, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Execute a statement for each row as it comes, which SQLAlchemy would first gather."""
    driver: Any = session.connection().connection.driver_connection
    driver.executemany(statement, rows)


def _pallets(stock: Sequence[Stock], lots: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for part in stock:
        for load, slot in zip(part.loads, part.slots, strict=True):
            yield (
                load.code, "stored", slot, lots[part.lot], None, load.weight_g(), part.family.height_mm,
                part.arrived_ms,
            )  # fmt: skip


def _boxes(stock: Sequence[Stock], lots: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for part in stock:
        lot, model, state, at_ms = lots[part.lot], part.family.code, part.state, part.verified_ms
        verdict = int(state == "qualified")
        for load in part.loads:
            for pile, boxes in enumerate(load.piles, 1):
                for box in boxes:
                    yield (
                        box.code, load.code, pile, f"{load.code}-{pile}", lot, model, None, len(box.meters), state,
                        verdict, at_ms,
                    )  # fmt: skip


def _meters(stock: Sequence[Stock], lots: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each box, with its meters as a list in JSON: the database takes them out of it."""
    for part in stock:
        of_lot = (lots[part.lot], part.family.code, int(part.state == "qualified"), part.verified_ms)
        for load in part.loads:
            for box in load.boxes():
                yield (box.code, *of_lot, '["' + '","'.join(box.meters) + '"]')
