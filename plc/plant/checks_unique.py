"""Names, numbers, indexes and addresses of a plant file that must not be given twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.plant.plcs import S7Plc
from plc.plant.problems import Finding, Path
from plc.plant.stations import Picking

DB_KEYS = ("cmd_db", "sta_db", "jrn_db", "res_db", "sys_db")


def check_unique(plant: Plant) -> Iterator[Finding]:
    """Yield everything that is used a second time."""
    yield from _twice(((("points", p.id, "number"), p.number) for p in plant.points.values()), "number")
    yield from _twice(((("aisles", a.id, "number"), a.number) for a in plant.aisles.values()), "number")
    yield from _twice(_indexes(plant), "index on this PLC")
    yield from _twice(_addresses(plant), "host and port")
    yield from _twice(((("scanners", s.id, "port"), s.port) for s in plant.scanners.values()), "line")
    yield from _twice(_names(plant), "name")
    yield from _twice(_work_places(plant), "point")
    yield from _twice(((("aisles", a.id, "crane"), a.crane) for a in plant.aisles.values()), "crane")
    yield from _twice(_zoned(plant), "segment in a zone")
    for plc in plant.plcs.values():
        if isinstance(plc, S7Plc):
            yield from _twice(((("plcs", plc.id, key), getattr(plc, key)) for key in DB_KEYS), "data block")


def _twice(uses: Iterable[tuple[Path, Hashable]], what: str) -> Iterator[Finding]:
    first: dict[Hashable, Path] = {}
    for path, used in uses:
        if used in first:
            owner = ".".join(map(str, first[used]))
            yield Finding(path, f"this {what} is taken by {owner}", "give it another one")
        first.setdefault(used, path)


def _indexes(plant: Plant) -> Iterator[tuple[Path, Hashable]]:
    for section in ("segments", "cranes", "stations", "lines", "docks"):
        for name, thing in getattr(plant, section).items():
            if not isinstance(thing, CellLine):
                yield (section, name, "index"), (thing.plc, thing.index)
    for cell in plant.cells.values():
        yield ("lines", plant.line_of[cell.id].id, "cells", cell.id, "index"), (cell.plc, cell.index)


def _addresses(plant: Plant) -> Iterator[tuple[Path, Hashable]]:
    for plc in plant.plcs.values():
        place = (plc.rack, plc.slot) if isinstance(plc, S7Plc) else ()
        yield ("plcs", plc.id, "port"), (plc.host, plc.port, place)


def _names(plant: Plant) -> Iterator[tuple[Path, Hashable]]:
    """Yield all that can be a place or a device: facts and orders name them without saying what they are."""
    for section in ("points", "cranes", "stations", "lines", "docks", "scanners", "zones", "aisles", "plcs"):
        for name in getattr(plant, section):
            yield (section, name), name
    for cell in plant.cells.values():
        yield ("lines", plant.line_of[cell.id].id, "cells", cell.id), cell.id


def _work_places(plant: Plant) -> Iterator[tuple[Path, Hashable]]:
    """Yield the points at which one machine or clerk works."""
    for aisle in plant.aisles.values():
        yield ("aisles", aisle.id, "infeed"), aisle.infeed
        yield ("aisles", aisle.id, "outfeed"), aisle.outfeed
    for station in plant.stations.values():
        if isinstance(station, Picking):
            yield ("stations", station.id, "source"), station.source
            yield ("stations", station.id, "target"), station.target
        else:
            yield ("stations", station.id, "point"), station.point
    for line in plant.lines.values():
        yield ("lines", line.id, "infeed"), line.infeed
        yield ("lines", line.id, "outfeed"), line.outfeed
        if isinstance(line, CellLine):
            yield ("lines", line.id, "cells", line.packing.id, "supply"), line.packing.supply
    for dock in plant.docks.values():
        yield ("docks", dock.id, "point"), dock.point


def _zoned(plant: Plant) -> Iterator[tuple[Path, Hashable]]:
    for zone in plant.zones.values():
        for index, segment in enumerate(zone.segments):
            yield ("zones", zone.id, "segments", index), segment
