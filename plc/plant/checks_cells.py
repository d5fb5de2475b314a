"""Cells of a verification line that must fit each other: one of each kind that is needed, benches whole in carriers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plc.plant.cells import CHAIN, OPTIONAL, Bench, CellLine, Packing
from plc.plant.model import Plant
from plc.plant.problems import Finding, nearest

MANY = frozenset({"bench"})


def check_cells(plant: Plant) -> Iterator[Finding]:
    """Yield whatever is missing in a line, there twice, or does not fit."""
    for line in plant.lines.values():
        if isinstance(line, CellLine):
            yield from _kinds(line)
            yield from _sizes(line)


def check_names(plant: Plant, names: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Yield PLCs and points that cells name and the plant does not have."""
    for cell in plant.cells.values():
        path = ("lines", plant.line_of[cell.id].id, "cells", cell.id)
        if cell.plc not in names["plcs"]:
            message = f"there is no `{cell.plc}` in this plant"
            yield Finding((*path, "plc"), message, nearest(cell.plc, sorted(names["plcs"])))
        if isinstance(cell, Packing) and cell.supply not in names["points"]:
            message = f"there is no `{cell.supply}` in this plant"
            yield Finding((*path, "supply"), message, nearest(cell.supply, sorted(names["points"])))


def whole(plant: Plant) -> bool:
    """Return whether every line has the cells that its ways are found by."""
    lines = (line for line in plant.lines.values() if isinstance(line, CellLine))
    return all(line.of("unloading") and line.of("packing") for line in lines)


def _kinds(line: CellLine) -> Iterator[Finding]:
    path = ("lines", line.id, "cells")
    for kind in CHAIN:
        cells = line.of(kind)
        if not cells and kind not in OPTIONAL:
            yield Finding(path, f"the line has no cell of kind `{kind}`", f"add one with `kind: {kind}`")
        if len(cells) > 1 and kind not in MANY:
            names = ", ".join(cell.id for cell in cells)
            yield Finding(path, f"{names} are all of kind `{kind}`", "keep one")


def _sizes(line: CellLine) -> Iterator[Finding]:
    path = ("lines", line.id)
    for bench in line.benches:
        if bench.positions % line.places:
            message = f"{bench.positions} positions are not a whole number of carriers with {line.places} places"
            yield Finding((*path, "cells", bench.id, "positions"), message, f"give a multiple of {line.places}")
    bays = max((bench.positions // line.places for bench in line.benches), default=0)
    if line.carriers < bays + 3:
        message = f"a bench alone takes {bays} carriers, and the cells before and behind it need three"
        yield Finding((*path, "carriers"), message, f"give at least {bays + 3}")
    for cell in line.cells.values():
        if isinstance(cell, Packing) and cell.call_at > cell.magazine:
            message = f"the magazine holds {cell.magazine}"
            yield Finding((*path, "cells", cell.id, "call_at"), message, f"give at most {cell.magazine}")
        if isinstance(cell, Bench) and "{position" not in cell.channel:
            message = "every position has its own serial line"
            remedy = 'put "{position}" in, e.g. "/dev/ttyS{position}"'
            yield Finding((*path, "cells", cell.id, "channel"), message, remedy)
