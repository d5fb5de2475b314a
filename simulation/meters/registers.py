"""The energy registers of a meter: total and by rate, as an integral over plant time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from plc.meters.values import switching_points

TABLE = "00:00=4 06:00=3 08:00=2 11:00=1 13:00=3 18:00=2 22:00=4"
DAY_S, HOUR_S, MINUTE_S = 86_400.0, 3600, 60
WH_PER_KWH = 1000
STEP_S = 1e-6  # no stretch is shorter, so that rounding cannot stand still


@dataclass(slots=True)
class Registers:
    """Energy in kWh. Rates follow the switching table and the meter's own clock, `late_s` after the table's time."""

    late_s: float = 0.0
    table: str = TABLE
    total_kwh: float = 0.0
    rates_kwh: dict[int, float] = field(default_factory=dict)

    def add(self, clock_s: float, seconds: float, power_w: float) -> None:
        """Add a stretch of constant power that began when the meter's clock read `clock_s`."""
        if power_w <= 0 or seconds <= 0:
            return
        self.total_kwh += power_w * seconds / HOUR_S / WH_PER_KWH
        for rate, part_s in self._parts(clock_s, seconds):
            self.rates_kwh[rate] = self.rates_kwh.get(rate, 0.0) + power_w * part_s / HOUR_S / WH_PER_KWH

    def rate_at(self, clock_s: float) -> int:
        """Return the rate that counts at a time of the meter's clock."""
        return next(self._parts(clock_s, STEP_S))[0]

    def clear(self) -> None:
        """Set all registers to zero."""
        self.total_kwh, self.rates_kwh = 0.0, {}

    def _parts(self, clock_s: float, seconds: float) -> Iterator[tuple[int, float]]:
        """Yield rate and duration of the parts of a stretch."""
        points = [(h * HOUR_S + m * MINUTE_S, rate) for h, m, rate in sorted(switching_points(self.table))]
        left_s = seconds
        while left_s > 0:
            of_day_s = (clock_s - self.late_s) % DAY_S
            rate = next((rate for start_s, rate in reversed(points) if start_s <= of_day_s), points[-1][1])
            end_s = next((start_s for start_s, _ in points if start_s > of_day_s), DAY_S + points[0][0])
            part_s = max(STEP_S, min(left_s, end_s - of_day_s))
            yield rate, part_s
            clock_s, left_s = clock_s + part_s, left_s - part_s
