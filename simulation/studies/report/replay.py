"""One run as the page animates it: the map of the plant, where each unit went, and the states of its machines.

Names stand once and are told by number, times to a tenth of a second: a day of a province stays a few megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.plant.stations import Picking
from simulation.studies.replica import STATES
from simulation.studies.trail import Change, Leg, Trail

MOST = 120_000
"""Legs and changes of state in a page; what comes later is cut off, and the page says until when it goes."""
RANK = ("down", "busy", "blocked", "starved", "idle")
"""What a line is called by its cells: the first of these that one of them is."""


def shown(trail: Trail, plant: Plant) -> dict[str, Any]:
    """Return a trail as `page.write_html` takes it."""
    ends_s = _until(trail)
    places = _Numbers({})
    legs = [leg for leg in trail.legs if leg.begin_s < ends_s and leg.device not in plant.cells]
    units = {unit: list(_flat(found, places)) for unit, found in _by_unit(legs).items()}
    changes = [change for change in trail.changes if change.at_s < ends_s]
    return {
        **_map(plant), "scenario": trail.scenario, "begins": 0, "ends": round(ends_s, 1), "units": units,
        "names": list(places.known), "devices": _devices(changes, plant), "states": list(STATES),
    }  # fmt: skip


def _until(trail: Trail) -> float:
    """Return the plant second up to which everything finds room."""
    begun, changed = [leg.begin_s for leg in trail.legs], [change.at_s for change in trail.changes]
    times = sorted(begun + changed)
    if len(times) > MOST:
        return times[MOST]
    return min(max(begun, default=0.0), max(changed, default=0.0)) if trail.cut else trail.horizon_s


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Names by the number they were first met."""

    known: dict[str, int]

    def of(self, name: str) -> int:
        return self.known.setdefault(name, len(self.known))


def _by_unit(legs: Iterable[Leg]) -> dict[str, list[Leg]]:
    found: dict[str, list[Leg]] = {}
    for leg in legs:
        found.setdefault(leg.unit, []).append(leg)
    return found


def _flat(legs: Iterable[Leg], places: _Numbers) -> Iterator[float]:
    """Yield five numbers for each leg: begin, source, end, target, device."""
    for leg in sorted(legs, key=lambda leg: leg.begin_s):
        yield from (round(leg.begin_s, 1), places.of(leg.source), round(leg.end_s, 1), places.of(leg.target))
        yield places.of(leg.device)


def _devices(changes: Iterable[Change], plant: Plant) -> dict[str, list[float]]:
    """Return two numbers for each change of a machine: when, and into which state; a line for all of its cells."""
    found: dict[str, list[float]] = {name: [] for name in (*plant.cranes, *plant.stations, *plant.docks, *plant.lines)}
    of_line: dict[str, dict[str, str]] = {name: {} for name in plant.lines}
    for change in changes:
        name, state = change.device, change.state
        if name in plant.cells:
            name = plant.line_of[name].id
            of_line[name][change.device] = state
            state = next(one for one in RANK if one in {*of_line[name].values(), "idle"})
        told = found.setdefault(name, [])
        if not told or told[-1] != STATES.index(state):
            told += [round(change.at_s, 1), STATES.index(state)]
    return found


def _map(plant: Plant) -> Mapping[str, Any]:
    """Return what stands: points, ways, racks, where each machine works, and the places at which a unit is gone."""
    stations = {one.id: _points(one) for one in plant.stations.values()}
    stations |= {line.id: [line.infeed, line.outfeed] for line in plant.lines.values()}
    stations |= {dock.id: [dock.point] for dock in plant.docks.values()}
    gone = [(dock.id, dock.point) for dock in plant.docks.values()]
    gone += [(line.id, line.infeed) for line in plant.lines.values()]
    exits = [place for pair in gone for place in pair]
    exits += [line.packing.supply for line in plant.lines.values() if isinstance(line, CellLine)]
    return {
        "points": {point.id: [point.x_m, point.y_m] for point in plant.points.values()},
        "segments": {segment.id: [segment.source, segment.target] for segment in plant.segments.values()},
        "stations": stations, "cranes": {crane.id: crane.aisle for crane in plant.cranes.values()},
        "aisles": [
            {"id": one.id, "infeed": one.infeed, "outfeed": one.outfeed, "columns": one.columns, "levels": one.levels}
            for one in plant.aisles.values()
        ],
        "exits": exits,
    }  # fmt: skip


def _points(station: Any) -> list[str]:
    return [station.source, station.target] if isinstance(station, Picking) else [station.point]
