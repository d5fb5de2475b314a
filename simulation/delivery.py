"""Deliveries as they come by truck: the pallets that a maker's announcement (ASN) lists, in some order."""

from __future__ import annotations

import csv
from pathlib import Path

from simulation.loads import Box, Load

COLUMNS = ("pallet", "pile", "box", "bar_code")


def read_delivery(path: Path) -> list[Load]:
    """Return the pallets of an ASN file, each with its piles and boxes in the order of the file.

    Raises OSError if it cannot be read, and ValueError if a column is missing.
    """
    pallets: dict[str, dict[str, dict[str, Box]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
            raise ValueError(f"{path.name} has no column {', '.join(missing)}")
        for row in rows:
            pallet, pile, box, meter = (row[column].strip() for column in COLUMNS)
            boxes = pallets.setdefault(pallet, {}).setdefault(pile, {})
            boxes.setdefault(box, Box(box)).meters.append(meter)
    return [Load(code, [list(boxes.values()) for boxes in piles.values()]) for code, piles in pallets.items()]
