"""Free slots and the units for them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Free:
    """Free slots: seconds to reach, aisle, height in mm, load in kg, and the seconds that digging out costs there.

    `dig_s` is what a call for the slot costs more because something may stand in front; 0 in a single-deep rack.
    """

    travel_s: Floats
    aisle: Numbers
    height_mm: Numbers
    load_kg: Floats
    dig_s: Floats

    def __post_init__(self) -> None:
        """Raise ValueError unless all are as long as each other and finite."""
        if len({len(each) for each in (self.travel_s, self.aisle, self.height_mm, self.load_kg, self.dig_s)}) > 1:
            raise ValueError("the arrays of free slots must be of one length")
        if not (np.isfinite(self.travel_s).all() and np.isfinite(self.dig_s).all() and (self.aisle >= 0).all()):
            raise ValueError("seconds must be finite, aisles 0 or more")


@dataclass(frozen=True, slots=True)
class Units:
    """Units to store: calls a day, lot, height in mm and weight in kg."""

    calls_day: Floats
    lot: Numbers
    height_mm: Numbers
    weight_kg: Floats

    def __post_init__(self) -> None:
        """Raise ValueError unless all are as long as each other, and calls finite and not below 0."""
        if len({len(each) for each in (self.calls_day, self.lot, self.height_mm, self.weight_kg)}) > 1:
            raise ValueError("the arrays of units must be of one length")
        if not (np.isfinite(self.calls_day).all() and (self.calls_day >= 0).all()):
            raise ValueError("calls a day must be finite and not below 0")


@dataclass(frozen=True, slots=True)
class Weights:
    """What a factor costs in seconds of crane time a day beside travel, which counts as it is.

    `spread_s`: for each unit of the same lot by which an aisle is ahead of the one with the fewest.
    `balance_s`: for each call a day that an aisle is ahead of the quietest one.
    """

    spread_s: float = 5.0
    balance_s: float = 0.5


def fits(free: Free, units: Units, unit: int) -> NDArray[np.bool_]:
    """Return which slots are high and strong enough for a unit."""
    return (free.height_mm >= units.height_mm[unit]) & (free.load_kg >= units.weight_kg[unit])
