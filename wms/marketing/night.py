"""What the house does by itself once a night: which night it is, and in which month. Pure.

Hours and months are those of the time zone of the plant's epoch.
"""

from __future__ import annotations

from datetime import timedelta

from plc.plant.model import Plant

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def number(plant: Plant, at_ms: int, *, hour: int) -> int:
    """Return how often an hour of the day has struck since the midnight before plant time began, less one.

    A plant whose time begins after that hour is in its night 0: nothing is due on a first day.
    """
    epoch = plant.epoch
    since_midnight = timedelta(hours=epoch.hour, minutes=epoch.minute, seconds=epoch.second)
    begun_ms = since_midnight // timedelta(milliseconds=1)
    first = (begun_ms - hour * HOUR_MS) // DAY_MS
    return (at_ms + begun_ms - hour * HOUR_MS) // DAY_MS - first


def month(plant: Plant, at_ms: int) -> str:
    """Return the month that it is, as "2026-11"."""
    return f"{plant.epoch + timedelta(milliseconds=at_ms):%Y-%m}"
