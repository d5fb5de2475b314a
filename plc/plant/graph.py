"""The way through the plant: which device moves a unit next, and what it must claim before it sets out."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.plant.places import is_slot, parse_slot
from plc.plant.stations import Clarification, Picking
from plc.plant.travel import conveyor_s
from plc.plant.ways import Segment


@dataclass(frozen=True, slots=True)
class Edge:
    """One leg: `device` takes a unit from `source` to `target`."""

    device: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a unit with this destination must claim first: a segment, and how many may claim it at once."""

    resource: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Ways:
    """The tables behind `next_hop`, by point: the next segment towards a point, and the seconds it takes."""

    out: Mapping[str, tuple[Segment, ...]]
    into: Mapping[str, tuple[Segment, ...]]
    first: Mapping[tuple[str, str], Segment]
    seconds: Mapping[tuple[str, str], float]


@lru_cache(maxsize=16)
def ways(plant: Plant) -> Ways:
    """Return the shortest ways between all points by travel time; equal ways are told apart by name."""
    names = sorted(plant.segments)
    out = {p: tuple(plant.segments[n] for n in names if plant.segments[n].source == p) for p in plant.points}
    into = {p: tuple(plant.segments[n] for n in names if plant.segments[n].target == p) for p in plant.points}
    first: dict[tuple[str, str], Segment] = {}
    seconds: dict[tuple[str, str], float] = {}
    stops = ends(plant)
    for goal in plant.points:
        for point, (cost, segment) in _towards(goal, into, stops).items():
            seconds[point, goal] = cost
            if segment is not None:
                first[point, goal] = segment
    return Ways(out, into, first, seconds)


def ends(plant: Plant) -> set[str]:
    """Return the points where units wait for a machine or a clerk: nothing passes through them on its way."""
    return set(plant.station_at) | {aisle.infeed for aisle in plant.aisles.values()}


def _towards(
    goal: str, into: Mapping[str, tuple[Segment, ...]], stops: set[str]
) -> dict[str, tuple[float, Segment | None]]:
    """Return, for each point that reaches `goal`, the seconds and the first segment (Dijkstra, backwards)."""
    found: dict[str, tuple[float, Segment | None]] = {}
    heap: list[tuple[float, str, str]] = [(0.0, "", goal)]
    by_id = {segment.id: segment for segments in into.values() for segment in segments}
    while heap:
        cost, via, point = heapq.heappop(heap)
        if point in found:
            continue
        found[point] = (cost, by_id.get(via))
        if point in stops and point != goal:
            continue
        for segment in into.get(point, ()):
            if segment.source not in found:
                heapq.heappush(heap, (cost + conveyor_s(segment), segment.id, segment.source))
    return found


def entrance(plant: Plant, destination: str) -> str | None:
    """Return the point that a unit must reach to get to `destination`: a slot, a point, a station, line or dock."""
    if destination in plant.points:
        return destination
    if is_slot(plant, destination) and (slot := parse_slot(destination)):
        return plant.aisles[slot.aisle].infeed
    return _entrances(plant).get(destination)


@lru_cache(maxsize=16)
def _entrances(plant: Plant) -> dict[str, str]:
    doors = {line.id: line.infeed for line in plant.lines.values()}
    doors |= {dock.id: dock.point for dock in plant.docks.values()}
    doors |= {line.packer: line.packing.supply for line in plant.lines.values() if isinstance(line, CellLine)}
    for station in plant.stations.values():
        doors[station.id] = station.source if isinstance(station, Picking) else station.point
    return doors


def next_hop(plant: Plant, at: str, destination: str) -> Edge | None:
    """Return the next leg from `at` towards `destination`, or None if there is no way or it is there already.

    Both may be slots, points or devices: a unit leaves a crane to a slot or the out-feed, a line to its
    out-feed, a conveyor to its end, the magazine of a picking station to its target point. Boxes move from
    the source to the target point of a picking station, which no segment leads to.
    """
    if at == destination:
        return None
    if is_slot(plant, at) and (slot := parse_slot(at)):
        return _by_crane(plant, plant.aisles[slot.aisle].crane, at, destination)
    if at in plant.cranes:
        return _by_crane(plant, at, at, destination)
    if (exit_point := _exits(plant).get(at)) is not None:
        return Edge(at, at, exit_point) if seconds(plant, exit_point, destination) is not None else None
    return _from_point(plant, at, destination)


def seconds(plant: Plant, point: str, destination: str) -> float | None:
    """Return the conveyor seconds from a point to the entrance of `destination`; None if there is no way."""
    goal = entrance(plant, destination)
    return None if goal is None else ways(plant).seconds.get((point, goal))


@lru_cache(maxsize=16)
def _exits(plant: Plant) -> dict[str, str]:
    """Return the point at which a unit leaves a device."""
    exits = {segment.id: segment.target for segment in plant.segments.values()}
    exits |= {name: line.outfeed for line in plant.lines.values() for name in (line.id, line.entry, line.packer)}
    for station in plant.stations.values():
        exits[station.id] = station.target if isinstance(station, Picking) else station.point
    return exits


def _by_crane(plant: Plant, crane: str, at: str, destination: str) -> Edge | None:
    aisle = plant.aisles[plant.cranes[crane].aisle]
    slot = parse_slot(destination)
    if slot is not None and slot.aisle == aisle.id:
        return Edge(crane, at, destination) if is_slot(plant, destination) else None
    return Edge(crane, at, aisle.outfeed) if seconds(plant, aisle.outfeed, destination) is not None else None


def _from_point(plant: Plant, at: str, destination: str) -> Edge | None:
    goal = entrance(plant, destination)
    if goal is None or at not in plant.points:
        return None
    if at != goal:
        segment = ways(plant).first.get((at, goal))
        return Edge(segment.id, at, segment.target) if segment else _box_edge(plant, at, goal)
    if (slot := parse_slot(destination)) is not None:
        return Edge(plant.aisles[slot.aisle].crane, at, destination)
    if (line := plant.lines.get(destination)) is not None:
        return Edge(line.entry, at, destination)
    return Edge(destination, at, destination) if destination in plant.cells or destination in plant.docks else None


def _box_edge(plant: Plant, at: str, goal: str) -> Edge | None:
    station = plant.stations.get(plant.station_at.get(at, ""))
    if isinstance(station, Picking) and (station.source, station.target) == (at, goal):
        return Edge(station.id, at, goal)
    return None


def station_claim(plant: Plant, destination: str) -> Claim | None:
    """Return what a unit bound for `destination` claims before it sets out: the last segment, and its room.

    None where no single segment leads in, as to a point of a loop: nothing waits there, so nothing is claimed.
    """
    goal = entrance(plant, destination)
    return None if goal is None else _claims(plant).get(goal)


@lru_cache(maxsize=16)
def _claims(plant: Plant) -> dict[str, Claim]:
    stops = ends(plant)
    limits = {s.point: s.capacity for s in plant.stations.values() if isinstance(s, Clarification)}
    limits |= {line.infeed: line.queue for line in plant.lines.values()}
    return {
        point: Claim(last[0].id, min(last[0].capacity, limits.get(point, last[0].capacity)))
        for point, last in ways(plant).into.items()
        if point in stops and len(last) == 1
    }
