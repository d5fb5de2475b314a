"""Sizes of a plant file that must fit each other: room, weight, heights, and who serves whom."""

from __future__ import annotations

from collections.abc import Iterator

from plc.plant.model import Plant
from plc.plant.problems import Finding, Path
from plc.plant.stations import GoodsIn
from plc.plant.storage import Aisle

JOURNAL_ENTRIES = 24
"""Missions that a device remembers; a conveyor must remember twice as many as it holds."""


def check_sizes(plant: Plant) -> Iterator[Finding]:
    """Yield whatever does not fit."""
    yield from _segments(plant)
    yield from _zones(plant)
    for aisle in plant.aisles.values():
        yield from _heights(aisle)
    yield from _cranes(plant)
    yield from _weights(plant)
    yield from _scanners(plant)


def _segments(plant: Plant) -> Iterator[Finding]:
    for segment in plant.segments.values():
        path = ("segments", segment.id, "capacity")
        room = int(segment.length_m / plant.pallet_length_m + 1e-9)
        if segment.capacity > room:
            yield Finding(
                path, f"{segment.length_m:g} m have no room for so many", f"give at most {room}, or more length"
            )
        if segment.capacity * 2 > JOURNAL_ENTRIES:
            yield Finding(path, "the device cannot remember so many missions", f"give at most {JOURNAL_ENTRIES // 2}")


def _zones(plant: Plant) -> Iterator[Finding]:
    for zone in plant.zones.values():
        known = [plant.segments[s].capacity for s in zone.segments if s in plant.segments]
        if len(known) == len(zone.segments) and zone.capacity >= sum(known):
            message = f"the segments have room for {sum(known)}: a zone without a gap can block itself for ever"
            yield Finding(("zones", zone.id, "capacity"), message, f"give at most {sum(known) - 1}")


def _heights(aisle: Aisle) -> Iterator[Finding]:
    """Yield levels without a height class or with two."""
    path: Path = ("aisles", aisle.id, "height_classes")
    for level in range(1, aisle.levels + 1):
        classes = [c.name for c in aisle.height_classes if c.from_level <= level <= c.to_level]
        if len(classes) != 1:
            message = f"level {level} belongs to {' and '.join(classes) or 'no class'}"
            yield Finding(path, message, "let the classes cover every level once")


def _cranes(plant: Plant) -> Iterator[Finding]:
    for aisle in plant.aisles.values():
        crane = plant.cranes.get(aisle.crane)
        if crane is not None and crane.aisle != aisle.id:
            message = f"crane {crane.id} stands in aisle {crane.aisle}"
            yield Finding(("aisles", aisle.id, "crane"), message, "name the crane whose `aisle` is this one")
    for crane in plant.cranes.values():
        aisle = plant.aisles.get(crane.aisle)
        if aisle is not None and aisle.crane != crane.id and aisle.crane in plant.cranes:
            message = f"aisle {aisle.id} is served by {aisle.crane}"
            yield Finding(("cranes", crane.id, "aisle"), message, "name the aisle whose `crane` is this one")


def _weights(plant: Plant) -> Iterator[Finding]:
    bearable = max((aisle.max_weight_kg for aisle in plant.aisles.values()), default=0.0)
    for station in plant.stations.values():
        if isinstance(station, GoodsIn) and plant.aisles and station.max_weight_kg > bearable:
            path = ("stations", station.id, "max_weight_kg")
            yield Finding(path, "no rack bears that much", f"give at most {bearable:g}")


def _scanners(plant: Plant) -> Iterator[Finding]:
    """Yield scanners that are named at another point than their own."""
    uses: list[tuple[Path, str, str]] = [
        (("points", point.id, "scanner"), point.id, point.scanner) for point in plant.points.values() if point.scanner
    ]
    for station in plant.stations.values():
        if (scanner := getattr(station, "scanner", None)) is not None:
            uses.append((("stations", station.id, "scanner"), getattr(station, "point", ""), scanner))
    uses += [(("lines", line.id, "scanner"), line.outfeed, line.scanner) for line in plant.lines.values()]
    for path, point, name in uses:
        scanner = plant.scanners.get(name)
        if scanner is not None and scanner.point != point:
            yield Finding(path, f"this scanner stands at {scanner.point}", f"name one whose `point` is {point}")
