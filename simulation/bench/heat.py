"""How warm terminals get: towards a rise that goes with the square of the current, with one time constant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

RISE_K = 22.0
"""Rise of good terminals at the maximum current of their meter."""
TIME_CONSTANT_S = 180.0
BAD_CONTACT_K = 90.0
"""Rise of a contact that has gone bad, at any current worth the name."""
BAD_CONTACT_S = 40.0
"""Its time constant: little metal carries the heat away."""
_SPREAD_K = (0.0, 0.4, 0.1, 0.3)


def rise_k(current_a: float, max_a: float) -> float:
    """Return the rise that good terminals reach at a current."""
    return RISE_K * (current_a / max_a) ** 2


@dataclass(slots=True)
class Heat:
    """The rise of terminals over the air, in kelvin; it runs towards `target_k`."""

    start_k: float = 0.0
    target_k: float = 0.0
    since_s: float = 0.0
    time_constant_s: float = TIME_CONSTANT_S

    def at(self, now_s: float) -> float:
        """Return the rise now."""
        if self.start_k == self.target_k:
            return self.target_k
        share = math.exp(-(now_s - self.since_s) / self.time_constant_s)
        return self.target_k + (self.start_k - self.target_k) * share

    def aim(self, target_k: float, now_s: float) -> None:
        """Run towards another rise from now on."""
        self.start_k, self.target_k, self.since_s = self.at(now_s), target_k, now_s


@lru_cache(maxsize=4096)
def terminals_c(tenths: int) -> tuple[float, ...]:
    """Return the temperatures of the four terminals of a position around `tenths` of a degree."""
    return tuple(round(tenths / 10 + spread, 1) for spread in _SPREAD_K)
