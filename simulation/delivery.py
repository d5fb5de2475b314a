"""Deliveries as they come by truck: the pallets that a maker's announcement (ASN) lists, in some order."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from simulation.loads import Box, Load
from simulation.meters.model import MeterModel

COLUMNS = ("pallet", "pile", "box", "bar_code")
PRINTED = ("phase", "model", "accuracy_class", "rated_voltage_v", "current_a", "constant_imp_kwh")
TRANSFORMER_A = 10.0  # a meter for more is connected directly


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


def read_models(path: Path) -> dict[str, MeterModel]:
    """Return what is printed on each meter of an ASN file, by bar code; nothing where the file does not say it."""
    models: dict[tuple[str, ...], MeterModel] = {}
    found: dict[str, MeterModel] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not set(PRINTED) <= set(rows.fieldnames or ()):
            return {}
        for row in rows:
            printed = tuple(row[column].strip() for column in PRINTED)
            if printed not in models:
                models[printed] = _model(row)
            found[row["bar_code"].strip()] = models[printed]
    return found


def _model(row: Mapping[str, str]) -> MeterModel:
    phase, name, accuracy_class, voltage, current, constant = (row[column].strip() for column in PRINTED)
    three_wires = voltage.startswith("3x100") and "/" not in voltage
    model = MeterModel(
        name, accuracy_class, "1p2w" if phase == "1ph" else "3p3w" if three_wires else "3p4w", "direct",
        float(voltage.rpartition("x")[2].partition("/")[0]), current, float(constant),
    )  # fmt: skip
    return model if model.max_a > TRANSFORMER_A else replace(model, connection="ct")
