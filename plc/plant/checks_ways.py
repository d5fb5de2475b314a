"""Ways of a plant file: whether every unit can get where it may have to go, and never blocks the rest for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from plc.plant.cells import CellLine
from plc.plant.graph import ends, ways
from plc.plant.model import Plant
from plc.plant.problems import Finding
from plc.plant.stations import Clarification, GoodsIn, Picking

Links = Mapping[str, set[str]]


def check_ways(plant: Plant) -> list[Finding]:
    """Return what is wrong with the ways of a plant whose names are all right."""
    findings = [*_loops(plant), *_last_segments(plant), *_dead_points(plant)]
    return findings or list(_missing_ways(plant))


def _last_segments(plant: Plant) -> Iterator[Finding]:
    """Yield stations with two ways in, or whose queue is longer than its segment, or stands in a zone."""
    limits = {s.point: (("stations", s.id, "capacity"), s.capacity) for s in _clarifications(plant)}
    limits |= {line.infeed: (("lines", line.id, "queue"), line.queue) for line in plant.lines.values()}
    for point in sorted(ends(plant)):
        last = list(ways(plant).into[point])
        if not last:
            continue
        if len(last) > 1:
            names = ", ".join(segment.id for segment in last)
            yield Finding(("points", point), f"{names} all lead to this station", "let them join at a point before it")
        if last[0].id in plant.zone_by_segment:
            path = ("zones", plant.zone_by_segment[last[0].id], "segments")
            yield Finding(path, f"{last[0].id} is the queue of a station", "leave it out of the zone")
        if point in limits and limits[point][1] > last[0].capacity:
            path = limits[point][0]
            yield Finding(path, f"{last[0].id} has room for {last[0].capacity}", f"give at most {last[0].capacity}")


def _clarifications(plant: Plant) -> list[Clarification]:
    return [station for station in plant.stations.values() if isinstance(station, Clarification)]


def _cell_lines(plant: Plant) -> list[CellLine]:
    return [line for line in plant.lines.values() if isinstance(line, CellLine)]


def _links(plant: Plant) -> dict[str, set[str]]:
    """Return where units get from each point, through cranes, lines and picking stations as well."""
    links: dict[str, set[str]] = {point: set() for point in plant.points}
    for segment in plant.segments.values():
        links[segment.source].add(segment.target)
    for through in (*plant.aisles.values(), *plant.lines.values()):
        links[through.infeed].add(through.outfeed)
    for line in _cell_lines(plant):
        links[line.packing.supply].add(line.outfeed)
    for station in plant.stations.values():
        if isinstance(station, Picking):
            links[station.source].add(station.target)
    return links


def _reach(links: Links, start: Iterable[str]) -> set[str]:
    found = set(start)
    todo = sorted(found)
    while todo:
        more = links[todo.pop()] - found
        found |= more
        todo += sorted(more)
    return found


def _dead_points(plant: Plant) -> Iterator[Finding]:
    """Yield points that nothing comes to, and points that units cannot leave for the store or a dock."""
    links = _links(plant)
    back: dict[str, set[str]] = {point: {p for p, to in links.items() if point in to} for point in plant.points}
    sources = [station.point for station in plant.stations.values() if isinstance(station, GoodsIn)]
    docks = [dock.point for dock in plant.docks.values()]
    fed = _reach(links, sources)
    to_store = _reach(back, [aisle.infeed for aisle in plant.aisles.values()])
    to_dock = _reach(back, docks)
    for point in plant.points:
        path = ("points", point)
        if point not in fed:
            yield Finding(path, "nothing gets here from goods-in", "add a segment that leads here, or remove it")
        elif point not in docks and point not in to_store:
            yield Finding(path, "no aisle can be reached from here", "add a segment that leads on")
        elif point not in to_dock:
            yield Finding(path, "no dock can be reached from here", "add a segment that leads on")


def _missing_ways(plant: Plant) -> Iterator[Finding]:
    """Yield pairs of stations that orders will connect, between which no way leads past the other stations."""
    stations = plant.stations.values()
    entries = [s.point for s in stations if not isinstance(s, Picking)]
    entries += [point for s in stations if isinstance(s, Picking) for point in (s.source, s.target)]
    entries += [line.outfeed for line in plant.lines.values()]
    store = [aisle.infeed for aisle in plant.aisles.values()]
    work = [dock.point for dock in plant.docks.values()] + [line.infeed for line in plant.lines.values()]
    work += [s.source for s in stations if isinstance(s, Picking)] + [s.point for s in _clarifications(plant)]
    work += [line.packing.supply for line in _cell_lines(plant)]
    outfeeds = [aisle.outfeed for aisle in plant.aisles.values()]
    wanted = [(a, b) for a in entries for b in store] + [(a, b) for a in outfeeds for b in (*store, *work)]
    wanted += [(s.point, c.point) for s in stations if isinstance(s, GoodsIn) for c in _clarifications(plant)]
    for start, goal in dict.fromkeys(wanted):
        if start != goal and (start, goal) not in ways(plant).seconds:
            yield Finding(("points", start), f"no way leads from here to {goal}", "add a segment, past other stations")


def _loops(plant: Plant) -> Iterator[Finding]:
    """Yield loops that could fill up: a station's queue is claimed beforehand, any other loop needs a zone."""
    free = {s.id: s for s in plant.segments.values() if s.target not in ends(plant)}
    links: dict[str, set[str]] = {point: set() for point in plant.points}
    for segment in free.values():
        links[segment.source].add(segment.target)
    for segment in free.values():
        if segment.source == segment.target:
            yield Finding(("segments", segment.id), "this segment leads to where it starts", "let it lead elsewhere")
        elif segment.source in _reach(links, [segment.target]) and segment.id not in plant.zone_by_segment:
            message = "this segment is part of a loop that no zone keeps from filling up"
            yield Finding(("segments", segment.id), message, "add it to a zone")
