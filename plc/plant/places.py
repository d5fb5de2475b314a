"""Places as strings and as numbers on the wire.

A place is a point ("GI"), a segment ("GI-L1"), a device ("SC1") or a slot ("A1-1-05-03": aisle, side,
column, level; "-2" behind it is the second depth position).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from plc.codes import NONE
from plc.plant.model import Plant
from plc.telegram import Spot

_SLOT = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-([12])-(\d{2})-(\d{2})(?:-([2-9]))?")


class UnknownPlace(LookupError):
    """No place of this plant has that name or those numbers."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The parts of a slot's name; column, level and depth count from 1."""

    aisle: str
    side: int
    column: int
    level: int
    depth: int = 1


def slot_id(aisle: str, side: int, column: int, level: int, depth: int = 1) -> str:
    """Return the name of a slot.

    >>> slot_id("A1", 1, 5, 3), slot_id("A1", 2, 40, 10, 2)
    ('A1-1-05-03', 'A1-2-40-10-2')
    """
    return f"{aisle}-{side}-{column:02}-{level:02}" + (f"-{depth}" if depth > 1 else "")


@lru_cache(maxsize=65_536)
def parse_slot(place: str) -> Slot | None:
    """Return the parts of a slot's name, or None if `place` is not written like one.

    >>> parse_slot("A1-1-05-03")
    Slot(aisle='A1', side=1, column=5, level=3, depth=1)
    >>> parse_slot("GI-L1") is None
    True
    """
    match = _SLOT.fullmatch(place)
    if match is None:
        return None
    aisle, side, column, level, depth = match.groups()
    return Slot(aisle, int(side), int(column), int(level), int(depth or 1))


def slots(plant: Plant) -> Iterator[str]:
    """Yield every slot: by aisle as in the file, then side, column, level and depth."""
    for aisle in plant.aisles.values():
        for side in range(1, aisle.sides + 1):
            for column in range(1, aisle.columns + 1):
                for level in range(1, aisle.levels + 1):
                    for depth in range(1, aisle.depth + 1):
                        yield slot_id(aisle.id, side, column, level, depth)


def is_slot(plant: Plant, place: str) -> bool:
    """Return whether this plant has a slot of that name."""
    slot = parse_slot(place)
    aisle = plant.aisles.get(slot.aisle) if slot else None
    return (
        slot is not None
        and aisle is not None
        and slot.side <= aisle.sides
        and 1 <= slot.column <= aisle.columns
        and 1 <= slot.level <= aisle.levels
        and slot.depth <= aisle.depth
    )


def spot(plant: Plant, place: str) -> Spot:
    """Return a place as the wire has it: a slot in full, a point as its number, inside a device nothing.

    Raises UnknownPlace for a name that this plant does not have.
    """
    if (point := plant.points.get(place)) is not None:
        return Spot(x=point.number)
    if is_slot(plant, place) and (slot := parse_slot(place)):
        return Spot(plant.aisles[slot.aisle].number, slot.side, slot.column, slot.level, slot.depth)
    if place in plant.devices or place in plant.lines:
        return Spot()
    raise UnknownPlace(place)


def place(plant: Plant, spot: Spot) -> str:
    """Return the name of what `spot` says; "" for a spot that says nothing (inside the device itself).

    Raises UnknownPlace for numbers that this plant does not have.
    """
    if spot == Spot():
        return ""
    if spot.aisle == NONE:
        name = plant.point_by_number.get(spot.x)
    else:
        aisle = plant.aisle_by_number.get(spot.aisle, "")
        name = slot_id(aisle, spot.side, spot.x, spot.y, 1 if spot.z == NONE else spot.z)
        name = name if is_slot(plant, name) else None
    if name is None:
        raise UnknownPlace(str(spot))
    return name
