"""Pallets of a family: how many boxes and meters they hold, and the loads themselves with their bar codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from simulation.loads import Box, Load
from simulation.studies.labels import BOX, bar_codes
from wms.stock import codes
from wms.stock.load import PALLET_DECK_MM

METERS_ROOM, BOXES_ROOM = 1_000, 100
"""Serial numbers kept for the meters and boxes of one pallet."""


@dataclass(frozen=True, slots=True)
class Family:
    """A model as it stands on a pallet in this study."""

    code: str
    phase: str
    asset_type: str
    per_box: int
    boxes_per_pile: int
    piles: int
    height_mm: int
    printed: tuple[tuple[str, str], ...]
    """Columns of a delivery file that are the same for each meter."""

    @property
    def boxes(self) -> int:
        """Boxes on a full pallet."""
        return self.boxes_per_pile * self.piles

    @property
    def meters(self) -> int:
        """Meters on a full pallet."""
        return self.boxes * self.per_box


@lru_cache(maxsize=16)
def families(piles: int) -> Mapping[str, Family]:
    """Return every family that comes with the software, with at most so many piles to a pallet."""
    types = {role: code for code, role in sorted(codes.roles_from_file("asset_type").items(), reverse=True)}
    return {row["code"]: _family(row, piles, types[row["asset_class"]]) for row in codes.models_from_file()}


def _family(row: Mapping[str, Any], piles: int, asset_type: str) -> Family:
    printed = tuple((name, _first(row[column])) for name, column in codes.LISTS.items())
    return Family(
        row["code"], row["phase"], asset_type, row["per_box"], row["boxes_per_pile"],
        min(piles, row["piles_per_pallet"]), PALLET_DECK_MM + row["boxes_per_pile"] * row["box_height_mm"], printed,
    )  # fmt: skip


def _first(value: str) -> str:
    return str(json.loads(value)[0]) if value.startswith("[") else value


def full_pallets(family: Family, names: list[str], first: int) -> list[Load]:
    """Return full pallets of a family; the serial numbers of pallet n begin at (first + n) times the room of one."""
    count = len(names)
    at = np.arange(first, first + count, dtype=np.int64)[:, None]
    meters = bar_codes(family.asset_type, (at * METERS_ROOM + np.arange(family.meters)).ravel())
    boxes = bar_codes(BOX, (at * BOXES_ROOM + np.arange(family.boxes)).ravel())
    per_box, per_pile = family.per_box, family.boxes_per_pile
    filled = [Box(code, meters[n * per_box : (n + 1) * per_box]) for n, code in enumerate(boxes)]
    piles = [filled[n : n + per_pile] for n in range(0, len(filled), per_pile)]
    return [Load(name, piles[n * family.piles : (n + 1) * family.piles]) for n, name in enumerate(names)]
