"""How long a crane takes from slot to slot: tables per axis, so that acceleration is exact and a look-up is quick."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
Slots = NDArray[np.int64]
"""Slots as rows of column and level, both from 0."""


@dataclass(frozen=True, slots=True)
class Rack:
    """`x_s[n]` and `y_s[n]`: the seconds over n columns and n levels; both axes move at once (Chebyshev).

    Input and output stand at column 0, level 0.
    """

    x_s: Seconds
    y_s: Seconds

    def between(self, a: Slots, b: Slots) -> Seconds:
        """Return the seconds from each slot of `a` to each slot of `b`, as a table."""
        columns = self.x_s[np.abs(a[:, None, 0] - b[None, :, 0])]
        levels = self.y_s[np.abs(a[:, None, 1] - b[None, :, 1])]
        return np.maximum(columns, levels)

    def out(self, slots: Slots) -> Seconds:
        """Return the seconds from the input to each slot."""
        return np.maximum(self.x_s[slots[:, 0]], self.y_s[slots[:, 1]])


def square_in_time(columns: int, levels: int) -> Rack:
    """Return a rack whose far corner is one second away along either axis, at constant speed (Bozer & White 1984)."""
    return Rack(np.arange(columns) / max(columns - 1, 1), np.arange(levels) / max(levels - 1, 1))
