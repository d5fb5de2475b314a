"""A free slot near what the crane fetches next, so that a dual cycle has little travel between its two slots.

Slots are looked up in rings around each retrieval, the nearest first, by name; so the first ring in which one is free
holds the best one, and the look-up takes as long in a large plant as in a small one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import sqlalchemy as sa

from optimizer.slotting.single import Band
from plc.plant.model import Plant
from plc.plant.places import Slot, parse_slot, slot_id
from plc.plant.travel import crane_travel_s
from wms.desk import Desk
from wms.rows import table
from wms.stock import choices, lanes, putaway, slots, turnover
from wms.stock.putaway import Wish
from wms.stock.tables import FREE, SlotRow

RINGS = (8, 40, 160)
"""Offsets looked at for each retrieval, round by round; if nothing is free then, the slot stays what it is."""
_slot = table(SlotRow)
_free = (
    sa.select(_slot.c.id, _slot.c.travel_ms)
    .where(_slot.c.id.in_(sa.bindparam("names", expanding=True)), sa.text(FREE))
    .where(_slot.c.clear_height_mm >= sa.bindparam("height_mm"), _slot.c.max_weight_g >= sa.bindparam("weight_g"))
)


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for: an opening for a pallet near one of the slots called, inside a band of travel."""

    plant: Plant
    wish: Wish
    band: Band
    called: tuple[Slot, ...]


def nearer(desk: Desk, plant: Plant, pallet: str, slot: str, partners: Sequence[str]) -> str:
    """Reserve and return a slot that is nearer than `slot` to one of `partners`, else return `slot` itself.

    It lies in the same aisle, where the pallet's turnover allows.
    """
    found = parse_slot(slot)
    called = tuple(each for name in partners if (each := parse_slot(name)) is not None)
    if found is None or not called:
        return slot
    search = _search(desk, plant, pallet, found.aisle, called)
    now_s = min(_between_s(plant, found, each) for each in called)
    for opening in _openings(desk, search):
        if opening.between_s >= now_s - 0.05:  # less does not show
            return slot
        if lanes.closed(desk, opening.slot, pallet) is None and slots.reserve(desk, pallet, opening.slot) is None:
            choices.note_near(desk, pallet, opening.slot, retrieval=opening.near, between_s=opening.between_s,
                              instead_of=slot)  # fmt: skip
            return opening.slot
    return slot


@dataclass(frozen=True, slots=True)
class _Opening:
    """A free slot, the retrieval it is near to, and the seconds between them."""

    between_s: float
    travel_ms: int
    slot: str
    near: str


def _search(desk: Desk, plant: Plant, pallet: str, aisle: str, called: tuple[Slot, ...]) -> _Search:
    kinds = turnover.kinds(desk) if plant.rules.putaway in putaway.WITH_TURNOVER else {}
    wish = putaway.wish_of(desk, pallet, kinds)
    return _Search(plant, wish, putaway.band_for(plant, aisle, wish.calls_day, list(kinds.values())), called)


def _openings(desk: Desk, search: _Search) -> Iterator[_Opening]:
    """Yield the openings of the first ring that has any, the nearest first; of several the nearest to the input."""
    wish, band = search.wish, search.band
    for first, last in pairwise((0, *RINGS)):
        near = _around(search, first, last)
        asked = {"names": list(near), "height_mm": wish.height_mm, "weight_g": wish.weight_g}
        rows = desk.connection.execute(_free, asked).all()
        found = [_Opening(near[r.id][0], r.travel_ms, r.id, near[r.id][1]) for r in rows]
        inside = [one for one in found if band.off_s(one.travel_ms / 1000) == 0]
        if inside:
            yield from sorted(inside, key=lambda one: (one.between_s, one.travel_ms, one.slot))
            return


def _around(search: _Search, first: int, last: int) -> dict[str, tuple[float, str]]:
    """Return the slots in a ring around each one called, with the seconds to the nearest of these and its name."""
    found: dict[str, tuple[float, str]] = {}
    for at in search.called:
        rack = search.plant.aisles[at.aisle]
        name = slot_id(at.aisle, at.side, at.column, at.level, at.depth)
        for between_s, along, up in _rings(search.plant, at.aisle)[first:last]:
            column, level = at.column + along, at.level + up
            if not (1 <= column <= rack.columns and 1 <= level <= rack.levels):
                continue
            for side in range(1, rack.sides + 1):
                for depth in range(1, rack.depth + 1):
                    slot = slot_id(at.aisle, side, column, level, depth)
                    if slot not in found or between_s < found[slot][0]:
                        found[slot] = between_s, name
    return found


@lru_cache(maxsize=256)
def _rings(plant: Plant, aisle: str) -> tuple[tuple[float, int, int], ...]:
    """Return the offsets in columns and levels that are quickest to drive, with their seconds."""
    rack = plant.aisles[aisle]
    found = [
        (_way_s(plant, aisle, along, up), along, up)
        for along in range(1 - rack.columns, rack.columns)
        for up in range(1 - rack.levels, rack.levels)
    ]
    return tuple(sorted(found)[: RINGS[-1]])


def _between_s(plant: Plant, one: Slot, other: Slot) -> float:
    return _way_s(plant, one.aisle, one.column - other.column, one.level - other.level)


def _way_s(plant: Plant, aisle: str, along: int, up: int) -> float:
    rack = plant.aisles[aisle]
    to_m = abs(along) * rack.column_pitch_m, abs(up) * rack.level_pitch_m
    return crane_travel_s(plant.cranes[rack.crane], (0.0, 0.0), to_m)
