"""How far places are from one another: by their coordinates, or as somebody has measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""
DETOUR = 1.3
"""How much longer roads are than the great circle, as far as nobody has measured."""
Ways = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place on earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float


def great_circle_m(here: Place, there: Place) -> float:
    """Return the great-circle distance in metres, by the haversine formula.

    >>> round(great_circle_m(Place(0, 0), Place(0, 1)))
    111195
    """
    a, b = radians(here.latitude), radians(there.latitude)
    across = radians(there.longitude - here.longitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(across / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def roads_m(
    places: Sequence[Place], known_m: Mapping[tuple[int, int], int] | None = None, *, detour: float = DETOUR
) -> Ways:
    """Return the metres between all places; what is `known_m` in one direction counts for the other one too.

    >>> roads_m([Place(0, 0), Place(0, 1)], {(0, 1): 120_000})
    ((0, 120000), (120000, 0))
    """
    known = known_m or {}

    def way(here: int, there: int) -> int:
        if here == there:
            return 0
        measured = known.get((here, there), known.get((there, here)))
        return round(great_circle_m(places[here], places[there]) * detour) if measured is None else measured

    numbers = range(len(places))
    return tuple(tuple(way(here, there) for there in numbers) for here in numbers)


def drive_s(ways_m: Ways, *, km_h: float) -> Ways:
    """Return the seconds that ways take at a mean speed, rounded up.

    >>> drive_s(((0, 1000), (1000, 0)), km_h=36)
    ((0, 100), (100, 0))
    """
    return tuple(tuple(-int(-way * 3.6 // km_h) for way in row) for row in ways_m)
