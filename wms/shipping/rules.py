"""What goes together to a district, what plan people make of it by hand, and whose turn it is at the docks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

MOST_PRIORITY = 60


@dataclass(frozen=True, slots=True)
class Load:
    """What stock is promised to one line of an order: boxes, meters and weight."""

    line: int
    district: str
    boxes: int
    meters: int
    weight_kg: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """Lines of one district that fit one vehicle."""

    district: str
    loads: tuple[Load, ...]

    @property
    def boxes(self) -> int:
        """How many boxes it is."""
        return sum(load.boxes for load in self.loads)

    @property
    def meters(self) -> int:
        """How many meters it is."""
        return sum(load.meters for load in self.loads)

    @property
    def weight_kg(self) -> int:
        """What it weighs."""
        return sum(load.weight_kg for load in self.loads)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stop stands in a plan: the vehicle's plate ("" if it is left out), its trip and position from 1."""

    stop: int
    vehicle: str
    trip: int
    position: int


def kilograms(grams: int) -> int:
    """Return kilograms, rounded up.

    >>> kilograms(1001)
    2
    """
    return -(-grams // 1000)


def parcels(loads: Sequence[Load], *, boxes: int, weight_kg: int) -> list[Parcel]:
    """Return what goes to each district at once: as few parcels as first fit, biggest first, gives for the vehicle.

    A line that alone exceeds the vehicle is a parcel of its own; nobody can take it.

    >>> north = [Load(1, "N", 60, 900, 1000), Load(2, "N", 50, 750, 1000), Load(3, "N", 30, 450, 1000)]
    >>> [[load.line for load in parcel.loads] for parcel in parcels(north, boxes=100, weight_kg=5000)]
    [[1, 3], [2]]
    """
    found: list[Parcel] = []
    for load in sorted(loads, key=lambda one: (one.district, -one.boxes, one.line)):
        for n, parcel in enumerate(found):
            more = replace(parcel, loads=(*parcel.loads, load))
            if parcel.district == load.district and more.boxes <= boxes and more.weight_kg <= weight_kg:
                found[n] = more
                break
        else:
            found.append(Parcel(load.district, (load,)))
    return found


def portions(weights_kg: Sequence[int], *, boxes: int, weight_kg: int) -> list[tuple[int, int]]:
    """Return from where to where boxes go together: each as many as a vehicle takes, one at least.

    >>> portions([10, 10, 10, 10, 10], boxes=2, weight_kg=100), portions([10, 10, 10], boxes=9, weight_kg=15)
    ([(0, 2), (2, 4), (4, 5)], [(0, 1), (1, 2), (2, 3)])
    """
    found: list[tuple[int, int]] = []
    first = total = 0
    for n, weight in enumerate(weights_kg):
        if n > first and (n - first >= boxes or total + weight > weight_kg):
            found.append((first, n))
            first, total = n, 0
        total += weight
    return [*found, (first, len(weights_kg))] if weights_kg else found


def moved(places: Sequence[Place], stop: int, to: Place) -> list[Place]:
    """Return the places once a stop is taken to another vehicle, trip and position; positions are counted anew.

    >>> [p.stop for p in moved([Place(1, "A", 1, 1), Place(2, "A", 1, 2)], 1, Place(1, "A", 1, 2))]
    [2, 1]
    """
    rest = [place for place in places if place.stop != stop]
    if not to.vehicle:
        return numbered([*rest, Place(stop, "", 0, 0)])
    same = sorted((p for p in rest if (p.vehicle, p.trip) == (to.vehicle, to.trip)), key=lambda p: p.position)
    others = [place for place in rest if place not in same]
    at = max(0, to.position - 1)
    return numbered([*others, *(replace(p, position=n) for n, p in enumerate([*same[:at], to, *same[at:]], 1))])


def numbered(places: Sequence[Place]) -> list[Place]:
    """Return places with trips and positions of each vehicle counted from 1, those left out last."""
    found: list[Place] = []
    driven = sorted((p for p in places if p.vehicle), key=lambda p: (p.vehicle, p.trip, p.position))
    trips: dict[str, list[int]] = {}
    for place in driven:
        known = trips.setdefault(place.vehicle, [])
        if place.trip not in known:
            known.append(place.trip)
    for place in driven:
        trip = trips[place.vehicle].index(place.trip) + 1
        before = sum(1 for one in found if (one.vehicle, one.trip) == (place.vehicle, trip))
        found.append(Place(place.stop, place.vehicle, trip, before + 1))
    return found + [Place(p.stop, "", 0, 0) for p in places if not p.vehicle]


def ranks(places: Sequence[Place]) -> dict[int, int]:
    """Return by stop whose turn it is at the docks: trip by trip, in reverse order of its stops, each vehicle from 1.

    >>> ranks([Place(7, "A", 1, 1), Place(8, "A", 1, 2), Place(9, "A", 2, 1)])
    {8: 1, 7: 2, 9: 3}
    """
    found: dict[int, int] = {}
    for plate in dict.fromkeys(place.vehicle for place in places if place.vehicle):
        mine = sorted((p for p in places if p.vehicle == plate), key=lambda p: (p.trip, -p.position))
        found |= {place.stop: rank for rank, place in enumerate(mine, 1)}
    return found


def priority(rank: int) -> int:
    """Return the priority of transports by their turn at the docks: always above what is of no plan.

    >>> priority(1), priority(2), priority(500)
    (60, 59, 1)
    """
    return max(1, MOST_PRIORITY + 1 - rank)


def trips_of(places: Sequence[Place]) -> Mapping[str, list[list[int]]]:
    """Return by vehicle its trips, each as its stops in order."""
    found: dict[str, list[list[int]]] = {}
    for place in numbered(places):
        if place.vehicle:
            trips = found.setdefault(place.vehicle, [])
            if place.position == 1:
                trips.append([])
            trips[-1].append(place.stop)
    return found


def clock(seconds: int) -> str:
    """Return a time of the day.

    >>> clock(30_300)
    '08:25'
    """
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
