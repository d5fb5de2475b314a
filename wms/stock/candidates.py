"""The few slots that can be the best for a pallet: by height and aisle the nearest in and outside its band.

All of them come by one statement of index seeks, so that a choice takes as long in a large plant as in a small one.
In a rack two deep the back slot of an empty lane is offered, and the front slot before a pallet that stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from optimizer.slotting.single import Band
from plc.plant.model import Plant
from wms.desk import Desk
from wms.outbound.tables import LIVE_TRIP
from wms.rows import chunks
from wms.stock.tables import FREE

BACK = """AND NOT EXISTS (SELECT 1 FROM slot m WHERE m.id = s.mate
 AND (m.pallet IS NOT NULL OR m.reserved_for IS NOT NULL OR m.blocked <> ''))"""
FRONT = f"""AND EXISTS (SELECT 1 FROM slot m WHERE m.id = s.mate AND m.reserved_for IS NULL
 AND (m.pallet IS NOT NULL OR m.blocked <> '')
 AND NOT EXISTS (SELECT 1 FROM trip t WHERE t.pallet = m.pallet AND t.{LIVE_TRIP})
 AND NOT EXISTS (SELECT 1 FROM pallet p WHERE p.code = m.pallet AND p.whereabouts <> 'stored'))"""

MOST_SEEKS = 200  # in one statement; SQLite takes 500 parts, two of each
HINT = {"sqlite": "INDEXED BY ix_slot_free"}
"""SQLite takes every unique key for the best index, also where most of its column is empty."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A free slot; `behind` is the pallet at the back of its lane, if there is one."""

    slot: str
    aisle: str
    height_mm: int
    travel_s: float
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Seek:
    """One kind of slot in one aisle: its height, and whether it is alone, behind or in front."""

    aisle: str
    height_mm: int
    depth: int
    lane: str = ""


def fitting(desk: Desk, plant: Plant, bands: Mapping[str, Band], *, height_mm: int, weight_g: int) -> list[Candidate]:
    """Return the candidates for a pallet in the aisles of `bands`, each with its band of travel."""
    wanted = [
        seek
        for seek in seeks(plant)
        if seek.aisle in bands
        and seek.height_mm >= height_mm
        and plant.aisles[seek.aisle].max_weight_kg * 1000 >= weight_g
    ]
    found: list[Candidate] = []
    for part in chunks(wanted, MOST_SEEKS):
        low_ms = {f"l{n}": round(bands[seek.aisle].low_s * 1000) for n, seek in enumerate(part)}
        asked = statement(tuple(part), desk.connection.dialect.name, with_nearer=any(low_ms.values()))
        for row in desk.connection.execute(asked, low_ms):
            kind = part[row.n]
            found.append(Candidate(row.id, kind.aisle, kind.height_mm, row.travel_ms / 1000, row.behind or ""))
    return found


@lru_cache(maxsize=16)
def seeks(plant: Plant) -> tuple[Seek, ...]:
    """Return every kind of slot that a plant has."""
    found: list[Seek] = []
    for aisle in plant.aisles.values():
        lanes = ((1, ""),) if aisle.depth == 1 else ((2, BACK), (1, FRONT))
        heights = sorted({round(aisle.clear_height_m(level) * 1000) for level in range(1, aisle.levels + 1)})
        found += [Seek(aisle.id, height, depth, lane) for height in heights for depth, lane in lanes]
    return tuple(found)


@lru_cache(maxsize=256)
def statement(seeks: tuple[Seek, ...], dialect: str, *, with_nearer: bool = True) -> sa.TextClause:
    """Return the statement: for each kind of slot the nearest from its band's low edge on, and the last before it.

    What a plant fixes is written into it: names of aisles are letters, digits and underscores.
    """
    parts: list[str] = []
    for n, seek in enumerate(seeks):
        behind = "(SELECT m.pallet FROM slot m WHERE m.id = s.mate)" if seek.lane == FRONT else "NULL"
        kind = f"aisle = '{seek.aisle}' AND clear_height_mm = {seek.height_mm} AND depth = {seek.depth}"
        where = f"FROM slot s {HINT.get(dialect, '')} WHERE {kind} AND {FREE} {seek.lane}"
        edges = ((f">= :l{n}", "travel_ms, id"), (f"< :l{n}", "travel_ms DESC, id DESC"))
        for edge, order in edges if with_nearer else edges[:1]:
            columns = f"{n} AS n, id, travel_ms, {behind} AS behind"
            one = f"SELECT {columns} {where} AND travel_ms {edge} ORDER BY {order} LIMIT 1"
            parts.append(f"SELECT * FROM ({one}) AS q{len(parts)}")
    return sa.text(" UNION ALL ".join(parts))


def nearest_free(desk: Desk, seek: Seek, *, from_s: float, most: int) -> list[Candidate]:
    """Return the nearest free slots of one kind in one aisle from a travel time on; of lanes only empty ones."""
    asked: dict[str, Any] = {"a": seek.aisle, "h": seek.height_mm, "d": seek.depth}
    asked |= {"l": round(from_s * 1000), "most": most}
    rows = desk.connection.execute(_nearest(seek.lane, desk.connection.dialect.name), asked)
    return [Candidate(row.id, seek.aisle, seek.height_mm, row.travel_ms / 1000) for row in rows]


@lru_cache(maxsize=16)
def _nearest(lane: str, dialect: str) -> sa.TextClause:
    where = f"WHERE aisle = :a AND clear_height_mm = :h AND depth = :d AND {FREE} {lane} AND travel_ms >= :l"
    order = "ORDER BY travel_ms, id LIMIT :most"
    return sa.text(f"SELECT id, travel_ms FROM slot s {HINT.get(dialect, '')} {where} {order}")
