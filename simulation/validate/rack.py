"""A rack with one crane as it is asked for: its measures, what is out of bounds, and how its crane meets it.

Slot centres are at ((c + 0.5) L / columns, (l + 0.5) H / levels), input and output at (0, 0).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from plc.plant.storage import Crane
from simulation.validate.axes import Axis, Grid
from simulation.validate.bounds import Bounds, OutOfBounds, problems

MOST_SLOTS = 2 * 99 * 99 * 2  # as many as one aisle of a plant has names for
BOUNDS = {
    "length_m": Bounds(0.5, 1_000, "m"),
    "height_m": Bounds(0.5, 200, "m"),
    "columns": Bounds(1, 10_000),
    "levels": Bounds(1, 10_000),
    "vx": Bounds(0.01, 20, "m/s"),
    "ax": Bounds(0.01, math.inf, "m/s2 (inf: constant speed)"),
    "vy": Bounds(0.01, 20, "m/s"),
    "ay": Bounds(0.01, math.inf, "m/s2 (inf: constant speed)"),
    "fork_s": Bounds(0, 600, "s"),
}
XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack of single-deep slots on one side, and the crane before it; a fork cycle is one pick or one put.

    Raises OutOfBounds with everything that cannot be.
    """

    length_m: float = 60.0
    height_m: float = 12.0
    columns: int = 60
    levels: int = 12
    vx: float = 3.0
    ax: float = 0.5
    vy: float = 1.0
    ay: float = 0.6
    fork_s: float = 8.0

    def __post_init__(self) -> None:
        """Refuse a rack that cannot be."""
        found = problems(asdict(self), BOUNDS)
        if self.slots == 1:
            found.append("--columns and --levels are both 1: give two slots or more, a dual cycle needs two")
        if self.slots > MOST_SLOTS:
            found.append(f"--columns times --levels is {self.slots}, not 2 to {MOST_SLOTS} slots to one crane")
        if found:
            raise OutOfBounds(found)

    @property
    def slots(self) -> int:
        """Return how many slots there are."""
        return self.columns * self.levels

    def grid(self) -> Grid:
        """Return the rack as its crane meets it."""
        wide, high = self.length_m / self.columns, self.height_m / self.levels
        along = Axis(wide / 2, wide, self.columns, self.vx, self.ax)
        return Grid(along, Axis(high / 2, high, self.levels, self.vy, self.ay), self.fork_s)

    def crane(self) -> Crane:
        """Return the crane as the twin knows one; not validated as a plant file's, for it may have no inertia."""
        return Crane.model_construct(
            id="VC", aisle="V", plc="PLC1", index=0, speed_x_m_s=self.vx, accel_x_m_s2=self.ax,
            speed_y_m_s=self.vy, accel_y_m_s2=self.ay, fork_s=self.fork_s, positioning_s=0.0,
        )  # fmt: skip

    def centres(self) -> list[XY]:
        """Return the centre of every slot (x, y), by column, then level."""
        wide, high = self.length_m / self.columns, self.height_m / self.levels
        return [((c + 0.5) * wide, (lv + 0.5) * high) for c in range(self.columns) for lv in range(self.levels)]
