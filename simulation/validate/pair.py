"""Two stations in a row with room between them: what is exactly known of the time they are blocked and starved.

Station 1 always has the next load, station 2 can always hand on. Station 1 is blocked while a finished load cannot
leave it, station 2 is starved while none stands before it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from simulation.validate.bounds import Bounds, OutOfBounds, problems

Law = Literal["exponential", "constant"]
BOUNDS = {
    "buffer": Bounds(0, 50),
    "mean_1_s": Bounds(0.1, 86_400, "s"),
    "mean_2_s": Bounds(0.1, 86_400, "s"),
}
RATIO = 100.0  # of the two means, at most
PATIENCE = 20_000  # loads at most until the shares no longer depend on the beginning


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stations: mean work times in s, places between them, and how work times scatter. Raises OutOfBounds."""

    mean_1_s: float = 30.0
    mean_2_s: float = 30.0
    buffer: int = 2
    law: Law = "exponential"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        values = {"buffer": self.buffer, "mean_1_s": self.mean_1_s, "mean_2_s": self.mean_2_s}
        found = problems(values, BOUNDS)
        if self.law not in get_args(Law):
            found.append(f"--law is {self.law!r}, not exponential or constant")
        if not found and not 1 / RATIO <= self.mean_2_s / self.mean_1_s <= RATIO:
            found.append("--mean-1-s and --mean-2-s are more than 100 times apart: bring them nearer")
        if not found and self.warm_up > PATIENCE:
            found.append(
                "--mean-1-s and --mean-2-s are so near that the room between fills too slowly: make them equal"
            )
        if found:
            raise OutOfBounds(found)

    @property
    def warm_up(self) -> int:
        """Return after how many loads the shares no longer depend on how it began (empty).

        Exponential: twenty times the longest memory of the chain, (B + 3)^2 / pi^2 loads at equal means. Constant: a
        slower station 2 gains 1 - t1/t2 of a load with each, until all room is full.
        """
        if self.law == "exponential":
            return 200 + 2 * (self.buffer + 3) ** 2
        gain = 1 - self.mean_1_s / self.mean_2_s
        return 10 + (math.ceil((self.buffer + 3) / gain) if gain > 0 else 0)

    def shares(self) -> tuple[float, float]:
        """Return the shares of time that station 1 is blocked and station 2 is starved.

        Exponential: a birth-death chain of 0 to B + 2 loads past the work of station 1, each level `r` times as likely
        as the one below. Constant: who is faster waits for the rest of the other's time.

        >>> Pair(buffer=2).shares(), Pair(mean_1_s=30, mean_2_s=40, law="constant").shares()
        ((0.2, 0.2), (0.25, 0.0))
        """
        r = self.mean_2_s / self.mean_1_s
        if self.law == "constant":
            return max(0.0, 1 - 1 / r), max(0.0, 1 - r)
        top = self.buffer + 2
        levels = [r**n for n in range(top + 1)]
        return levels[-1] / sum(levels), levels[0] / sum(levels)

    def per_hour(self) -> float:
        """Return how many loads station 2 finishes in an hour."""
        return 3600 / self.mean_2_s * (1 - self.shares()[1])
