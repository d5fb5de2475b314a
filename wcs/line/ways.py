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
STATIONS = frozenset({"withstand", "imaging"})
"""What a run sheet may leave out."""


def next_kind(floor: Floor, line: CellLine, carrier: Carrier, kind: str) -> str:
    """Return the kind of cell that comes after one of `kind`; "" if the carrier stays.

    A retest carrier passes the sorting cell twice: filled there, and sorted there. A station whose finding the run
    sheet does not take over is passed by: no meter gets the withstand voltage twice in its life by a re-check.
    """
    lot = floor.lots.get(lot_key(line.id, carrier.lot))
    wanted = lot.work.get("stations") if lot is not None else None
    kinds = line.kinds if wanted is None else line.kinds - (STATIONS - set(wanted))
    return _after(kinds, carrier.stage, kind)


@lru_cache(maxsize=1_024)
def _after(kinds: frozenset[str], stage: str, kind: str) -> str:
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
    found = [
        carrier
        for carrier in carriers_of(floor, line)
        if not carrier.moving
        and carrier.stage not in HOLDERS
        and next_kind(floor, line, carrier, line.cells[carrier.at].kind) == cell.kind
    ]
    return sorted(found, key=lambda c: (c.stage != RETEST, c.since_ms, c.id))


def at_cell(floor: Floor, line: CellLine, cell: str) -> int:
    """Return how many carriers stand at a cell or are on their way to it."""
    here = sum(1 for c in carriers_of(floor, line) if c.at == cell and c.stage not in HOLDERS)
    running = (floor.missions[number] for number in floor.running.get(cell, ()))
    return here + sum(1 for m in running if m.unit in floor.carriers and floor.carriers[m.unit].at != cell)


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
