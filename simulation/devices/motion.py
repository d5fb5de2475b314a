"""Where a machine is while it moves from rest to rest with limited speed and acceleration."""

from __future__ import annotations

import math

from plc.plant.travel import trapezoid


def travelled_m(distance_m: float, speed_m_s: float, accel_m_s2: float, *, after_s: float) -> float:
    """Return the metres covered `after_s` seconds into a move over `distance_m`.

    >>> [round(travelled_m(20.0, 2, 0.5, after_s=t), 2) for t in (0, 4, 7, 14, 99)]
    [0.0, 4.0, 10.0, 20.0, 20.0]
    """
    whole_s = trapezoid(distance_m, speed_m_s, accel_m_s2)
    if after_s >= whole_s:
        return distance_m
    ramp_s = min(speed_m_s / accel_m_s2, math.sqrt(distance_m / accel_m_s2))
    if after_s <= ramp_s:
        return accel_m_s2 * after_s * after_s / 2
    left_s = whole_s - after_s
    if left_s <= ramp_s:
        return distance_m - accel_m_s2 * left_s * left_s / 2
    return accel_m_s2 * ramp_s * ramp_s / 2 + accel_m_s2 * ramp_s * (after_s - ramp_s)
