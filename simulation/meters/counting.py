"""Pulses of a meter, counted by time: nothing ticks, a stretch of constant rate is added when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

ROUNDING = 1e-9  # of a pulse
KEPT = 2  # pulses whose moments are kept


@dataclass(slots=True)
class PulseCount:
    """Pulses since `begin`; `part` is how much of the next one has gathered, and lives on."""

    part: float
    begun_s: float = 0.0
    count: int = 0
    times_s: list[float] = field(default_factory=list)

    def begin(self, now_s: float) -> None:
        """Count from nothing."""
        self.begun_s, self.count, self.times_s = now_s, 0, []

    def add(self, from_s: float, to_s: float, rate_hz: float) -> None:
        """Add a stretch of constant rate."""
        if rate_hz <= 0 or to_s <= from_s:
            return
        gathered = self.part + rate_hz * (to_s - from_s)
        whole = math.floor(gathered + ROUNDING)
        for number in range(1, min(whole, KEPT - len(self.times_s)) + 1):
            self.times_s.append(from_s + (number - self.part) / rate_hz - self.begun_s)
        self.count += whole
        self.part = max(0.0, gathered - whole)
