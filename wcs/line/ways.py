"""Which cell comes next for a carrier, who waits for a cell, and how many meters of a lot are where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from plc.plant.cells import Bench, Cell, CellLine, Sorting, Unloading
from wcs.floor import Floor
from wcs.line.rows import FRESH, HOLDERS, PACKING, PASSED, REJECTED, RETEST, UNVERIFIED, Carrier, lot_key

ROUTES: dict[str, tuple[str, ...]] = {
    FRESH: ("unloading", "withstand", "imaging", "bench", "sorting"),
    RETEST: ("sorting", "bench", "sorting"),
    PASSED: ("sorting", "sealing", "labelling", "packing"),
    REJECTED: ("sorting", "packing"),
    UNVERIFIED: ("sorting", "packing"),
}
"""The kinds of cells that a carrier passes, by what it carries."""
BEFORE: dict[str, frozenset[str]] = {
    kind: frozenset(k for route in ROUTES.values() for at, k in enumerate(route) if kind in route[at + 1 :])
    for kind in dict.fromkeys(kind for route in ROUTES.values() for kind in route)
}
"""The kinds of cells from which a carrier may come to one of a kind."""
STATIONS = frozenset({"withstand", "imaging"})
"""What a run sheet may leave out."""


def _kinds_for(floor: Floor, line: CellLine, lot: int) -> frozenset[str]:
    """Return the kinds of cells that meters of a lot pass.

    A station whose finding the run sheet does not take over is passed by: no meter gets the withstand voltage twice
    in its life by a re-check.
    """
    known = floor.lots.get(lot_key(line.id, lot))
    wanted = known.work.get("stations") if known is not None else None
    return line.kinds if wanted is None else line.kinds - (STATIONS - set(wanted))


@lru_cache(maxsize=1_024)
def _after(kinds: frozenset[str], stage: str, kind: str) -> str:
    """Return the kind of cell that comes after one of `kind`; "" if the carrier stays.

    A retest carrier passes the sorting cell twice: filled there, and sorted there.
    """
    route = [k for k in ROUTES.get(stage, ()) if k in kinds]
    if kind not in route:
        return ""
    after = route[route.index(kind) + 1 :]
    return after[0] if after else ""


def carriers_of(floor: Floor, line: CellLine) -> Iterator[Carrier]:
    """Yield what carries meters on a line, by name."""
    for id in floor.by_line.get(line.id, ()):
        yield floor.carriers[id]


def coming_to(floor: Floor, line: CellLine, cell: Cell) -> list[Carrier]:
    """Return the carriers that stand ready to go to a cell: retests first, then in the order of their coming."""
    kind, before, cells, carriers = cell.kind, BEFORE.get(cell.kind, frozenset()), line.cells, floor.carriers
    passed: dict[int, frozenset[str]] = {}
    found: list[Carrier] = []
    for name in floor.by_line.get(line.id, ()):
        carrier = carriers[name]
        if carrier.moving or carrier.stage in HOLDERS or (at := cells[carrier.at].kind) not in before:
            continue
        kinds = passed.get(carrier.lot)
        if kinds is None:
            kinds = passed[carrier.lot] = _kinds_for(floor, line, carrier.lot)
        if _after(kinds, carrier.stage, at) == kind:
            found.append(carrier)
    return sorted(found, key=lambda c: (c.stage != RETEST, c.since_ms, c.id))


def at_cell(floor: Floor, line: CellLine, cell: str) -> int:
    """Return how many carriers stand at a cell or are on their way to it."""
    carriers, here = floor.carriers, 0
    for name in floor.by_line.get(line.id, ()):
        if (carrier := carriers[name]).at == cell and carrier.stage not in HOLDERS:
            here += 1
    running = (floor.missions[number] for number in floor.running.get(cell, ()))
    return here + sum(1 for m in running if m.unit in carriers and carriers[m.unit].at != cell)


def room(line: CellLine, cell: Cell) -> int:
    """Return how many carriers a cell takes."""
    match cell:
        case Bench():
            return cell.positions // line.places
        case Unloading():
            return 0
        case _:
            return cell.capacity


def meters_ahead(floor: Floor, line: CellLine, lot: int) -> int:
    """Return how many meters of a lot are on the line and not in the hands of the packing cell."""
    return sum(len(c.meters) for c in carriers_of(floor, line) if c.lot == lot and c.stage != PACKING)


def before_benches(floor: Floor, line: CellLine, lot: int) -> bool:
    """Return whether more carriers of a lot will come to the benches without a retest."""
    kinds = ("unloading", "withstand", "imaging")
    fresh = (c for c in carriers_of(floor, line) if c.lot == lot and c.stage == FRESH)
    return any(line.cells[c.at].kind in kinds for c in fresh)


def sorting(line: CellLine) -> str:
    """Return the sorting cell."""
    return next(cell.id for cell in line.cells.values() if isinstance(cell, Sorting))
