"""A plant as built, as one frozen value with the indexes that decisions look things up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, cast

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from plc.plant.cells import Bench, Cell, CellLine
from plc.plant.kinds import STRICT, DeviceKind, FaultKind, Id, Metres, Reaction
from plc.plant.plcs import OpcuaPlc, PlcSpec, S7Plc
from plc.plant.rules import Rules
from plc.plant.stations import Clarification, Dock, GoodsIn, Picking, Scanner, Station, TurnkeyLine
from plc.plant.storage import Aisle, Crane
from plc.plant.ways import Point, Segment, Zone

SegmentId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*-[A-Za-z][A-Za-z0-9_]*$", max_length=41)]

SECTIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "plcs": (OpcuaPlc, S7Plc),
    "points": (Point,),
    "segments": (Segment,),
    "zones": (Zone,),
    "aisles": (Aisle,),
    "cranes": (Crane,),
    "stations": (GoodsIn, Clarification, Picking),
    "lines": (TurnkeyLine, CellLine),
    "docks": (Dock,),
    "scanners": (Scanner,),
}
"""The sections of a plant file that hold named things, and what those may be."""


Line = TurnkeyLine | CellLine


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """A device as the wire sees it: its PLC, and its place in that PLC's block arrays."""

    id: str
    kind: DeviceKind
    plc: str
    index: int


class Plant(BaseModel):
    """A plant; made by `plc.plant.load`, which also checks what one field alone cannot tell.

    Two plants are equal only if they are the same object, so that answers about one can be cached.
    """

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=80)]
    epoch: AwareDatetime
    """The instant (UTC) at which plant time is 0."""
    pallet_length_m: Metres = 1.2
    """Length of a load on a conveyor, in the direction of travel."""
    plcs: dict[Id, Annotated[PlcSpec, Field(discriminator="kind")]]
    points: dict[Id, Point]
    segments: dict[SegmentId, Segment]
    zones: dict[Id, Zone] = {}
    aisles: dict[Id, Aisle]
    cranes: dict[Id, Crane]
    stations: dict[Id, Annotated[Station, Field(discriminator="kind")]]
    lines: dict[Id, Annotated[Line, Field(discriminator="kind")]] = {}
    docks: dict[Id, Dock]
    scanners: dict[Id, Scanner] = {}
    reactions: dict[FaultKind, Reaction]
    rules: Rules = Rules()
    """By which rules pallets are stored, cranes sequenced, lots batched and racks tidied up."""

    def __hash__(self) -> int:
        """Return a hash of this very plant."""
        return id(self)

    def __eq__(self, other: object) -> bool:
        """Return whether `other` is this very plant."""
        return self is other

    @model_validator(mode="before")
    @classmethod
    def _name_things(cls, data: Any) -> Any:
        """Give each named thing its key as `id`."""
        if not isinstance(data, Mapping):
            return data
        raw = cast(Mapping[str, Any], data)
        named = {key: _named(value) if key in SECTIONS else value for key, value in raw.items()}
        return named | {"lines": _lines(named["lines"])} if "lines" in named else named

    @cached_property
    def devices(self) -> dict[str, DeviceSpec]:
        """Every device by id, in the order of the file."""
        groups: tuple[tuple[DeviceKind, Mapping[str, _Addressed]], ...] = (
            (DeviceKind.CONVEYOR, self.segments),
            (DeviceKind.CRANE, self.cranes),
            *((DeviceKind(station.kind), {station.id: station}) for station in self.stations.values()),
            (DeviceKind.LINE, {line.id: line for line in self.lines.values() if isinstance(line, TurnkeyLine)}),
            *((DeviceKind(cell.kind), {cell.id: cell}) for cell in self.cells.values()),
            (DeviceKind.DOCK, self.docks),
        )
        return {
            name: DeviceSpec(name, kind, spec.plc, spec.index) for kind, specs in groups for name, spec in specs.items()
        }

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """Every cell of every line, by id."""
        lines = (line for line in self.lines.values() if isinstance(line, CellLine))
        return {cell.id: cell for line in lines for cell in line.cells.values()}

    @cached_property
    def line_of(self) -> dict[str, CellLine]:
        """The line that each cell belongs to."""
        lines = (line for line in self.lines.values() if isinstance(line, CellLine))
        return {cell: line for line in lines for cell in line.cells}

    @cached_property
    def benches(self) -> dict[str, Bench]:
        """Every bench, by id."""
        return {cell.id: cell for cell in self.cells.values() if isinstance(cell, Bench)}

    @cached_property
    def devices_by_plc(self) -> dict[str, tuple[DeviceSpec, ...]]:
        """The devices of each PLC, by their index."""
        found: dict[str, list[DeviceSpec]] = {plc: [] for plc in self.plcs}
        for device in self.devices.values():
            found[device.plc].append(device)
        return {plc: tuple(sorted(specs, key=lambda d: d.index)) for plc, specs in found.items()}

    @cached_property
    def point_by_number(self) -> dict[int, str]:
        """The id of each point by its number on the wire."""
        return {point.number: point.id for point in self.points.values()}

    @cached_property
    def aisle_by_number(self) -> dict[int, str]:
        """The id of each aisle by its number on the wire."""
        return {aisle.number: aisle.id for aisle in self.aisles.values()}

    @cached_property
    def zone_by_segment(self) -> dict[str, str]:
        """The zone that each segment belongs to, where it belongs to one."""
        return {segment: zone.id for zone in self.zones.values() for segment in zone.segments}

    @cached_property
    def station_at(self) -> dict[str, str]:
        """The device that works at each point: a station, a line or a dock."""
        found = {dock.point: dock.id for dock in self.docks.values()}
        for line in self.lines.values():
            found |= {line.infeed: line.id, line.outfeed: line.id}
            if isinstance(line, CellLine):
                found[line.packing.supply] = line.packing.id
        for station in self.stations.values():
            points = (station.source, station.target) if isinstance(station, Picking) else (station.point,)
            found |= dict.fromkeys(points, station.id)
        return found


_Addressed = Segment | Crane | Station | TurnkeyLine | Cell | Dock


def _named(section: Any) -> Any:
    if not isinstance(section, Mapping):
        return section
    things = cast(Mapping[str, Any], section)
    return {
        key: {**cast(Mapping[str, Any], value), "id": key} if isinstance(value, Mapping) else value
        for key, value in things.items()
    }


def _lines(section: Any) -> Any:
    """Tell a line with cells from one that its maker leads, and give each cell its key as `id`."""
    if not isinstance(section, Mapping):
        return section
    lines = cast(Mapping[str, Any], section)
    return {key: _line(value) if isinstance(value, Mapping) else value for key, value in lines.items()}


def _line(line: Any) -> dict[str, Any]:
    if "cells" in line:
        return {**line, "kind": "cells", "cells": _named(line["cells"])}
    return {"kind": "turnkey", **line}
