"""What chance does to the plant: noise on travel and reading, and which meters are bad.

Every draw depends on the seed and on what is drawn for, never on the order of the draws. So the same seed
gives the same plant, whatever is asked first and however often the twin is restarted.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Physics:
    """The chances of a study; without a study everything goes as computed and every meter is good."""

    seed: int = 0
    travel_noise: float = 0.0  # share by which a move may take longer or shorter
    weigh_noise: float = 0.0  # share by which a scale may be wrong
    no_read: float = 0.0  # chance that a good label is not read
    reject_rate: float = 0.0
    retest_share: float = 0.0
    seal_breaks: float = 0.0  # chance that a seal breaks or cannot be read
    mend_s: float = 180.0  # a clerk's work on one load
    truck_pallets: int = 0  # pallets that one truck takes; 0: a truck always waits
    truck_change_s: float = 0.0

    def chance(self, *what: object) -> float:
        """Return a number from 0 up to 1 that only `what` and the seed decide."""
        text = "/".join(map(str, (self.seed, *what)))
        return crc32(text.encode()) * 2654435761 % 4294967296 / 4294967296

    def stretch(self, device: str, mission: int, leg: str) -> float:
        """Return the factor by which a move is longer than computed."""
        if not self.travel_noise:
            return 1.0
        return 1.0 + self.travel_noise * (2 * self.chance(device, mission, leg) - 1)

    def weighed_g(self, weight_g: int, point: str, load: str) -> int:
        """Return what the scale at a point says of a load."""
        if not self.weigh_noise:
            return weight_g
        return round(weight_g * (1 + self.weigh_noise * (2 * self.chance("scale", point, load) - 1)))
