"""How long machines take to move: one formula, read by the twin and by whoever plans.

A move with limited acceleration has a trapezoid (or, when short, a triangle) of speed over time:
t(d) = d/v + v/a for d >= v^2/a, else 2 sqrt(d/a). A crane drives and hoists at once, so the slower
axis counts (Chebyshev travel; Bozer and White 1984, IIE Transactions 16(4), 329-338).
"""

from __future__ import annotations

import math

from plc.plant.model import Plant
from plc.plant.places import UnknownPlace, is_slot, parse_slot
from plc.plant.storage import Crane
from plc.plant.ways import Segment


def trapezoid(distance_m: float, speed_m_s: float, accel_m_s2: float) -> float:
    """Return the seconds of a move from rest to rest over `distance_m`.

    The hand value is from a public calculation sheet for FEM 9.851 reference cycles:

    >>> round(trapezoid(7.33, 175 / 60, 0.4), 2)  # short: never reaches its speed
    8.56
    >>> trapezoid(0.0, 3.0, 0.5)
    0.0
    """
    if distance_m < speed_m_s * speed_m_s / accel_m_s2:
        return 2 * math.sqrt(distance_m / accel_m_s2)
    return distance_m / speed_m_s + speed_m_s / accel_m_s2


def crane_travel_s(crane: Crane, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the seconds a crane takes from `start` to `end` (x and y in m), positioning included; 0 on the spot."""
    if start == end:
        return 0.0
    along = trapezoid(abs(end[0] - start[0]), crane.speed_x_m_s, crane.accel_x_m_s2)
    up = trapezoid(abs(end[1] - start[1]), crane.speed_y_m_s, crane.accel_y_m_s2)
    return max(along, up) + crane.positioning_s


def crane_xy_m(plant: Plant, place: str) -> tuple[float, float]:
    """Return where a crane stands (x, y in m) before a slot, or before its in-feed and out-feed: (0, 0).

    Raises UnknownPlace for a place that no crane can reach.
    """
    if is_slot(plant, place) and (slot := parse_slot(place)):
        aisle = plant.aisles[slot.aisle]
        return slot.column * aisle.column_pitch_m, (slot.level - 1) * aisle.level_pitch_m
    if any(place in (aisle.infeed, aisle.outfeed) for aisle in plant.aisles.values()):
        return 0.0, 0.0
    raise UnknownPlace(place)


def crane_cycle_s(plant: Plant, crane: Crane, source: str, target: str) -> float:
    """Return the seconds from standing before `source` to having set the load down at `target`: two fork cycles."""
    return 2 * crane.fork_s + crane_travel_s(crane, crane_xy_m(plant, source), crane_xy_m(plant, target))


def conveyor_s(segment: Segment) -> float:
    """Return the seconds a unit takes along a free segment, from its first point to the end."""
    return segment.length_m / segment.speed_m_s


def entry_s(plant: Plant, segment: Segment) -> float:
    """Return the seconds until a unit is wholly on the segment, and the place behind it is free."""
    return plant.pallet_length_m / segment.speed_m_s
