"""What can be wrong with a meter of a lot, and how often, among those that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from simulation.meters.model import CONSISTENT, LIMIT, LIMIT_LAGGING, TANGENT

if TYPE_CHECKING:
    from simulation.meters.nature import MeterNature

Defect = Callable[["MeterNature", Random], "MeterNature"]


def spoil(meter: MeterNature, draw: Random) -> MeterNature:
    """Return the meter with one defect, drawn by weight."""
    name = draw.choices(list(DEFECTS), [weight for weight, _ in DEFECTS.values()])[0]
    return with_defect(meter, name, draw)


def with_defect(meter: MeterNature, name: str, draw: Random) -> MeterNature:
    """Return the meter with a defect of DEFECTS."""
    return replace(DEFECTS[name][1](meter, draw), defect=name)


def shift_near(meter: MeterNature, draw: Random) -> MeterNature:
    """Return the meter with its error, timing or starting current near the limit."""
    limit, near = LIMIT[meter.model.accuracy_class], draw.uniform(0.85, 1.15)
    match draw.randrange(3):
        case 0:
            found = replace(meter, base_percent=_sign(draw) * limit * near)
        case 1:
            found = replace(meter, clock_s_d=_sign(draw) * 0.5 * near)
        case _:
            found = replace(meter, starts_at_a=meter.model.starting_a * near)
    return replace(found, defect="near")


def _sign(draw: Random) -> int:
    return draw.choice((-1, 1))


def _beyond(draw: Random) -> float:
    """Return by how many limits a bad value lies beside zero: clear of the doubtful zone."""
    return _sign(draw) * draw.uniform(1.4, 2.0)


def _limit(meter: MeterNature) -> float:
    return LIMIT[meter.model.accuracy_class]


def _angle(meter: MeterNature, draw: Random) -> MeterNature:
    limit = LIMIT_LAGGING[meter.model.accuracy_class]
    return replace(meter, angle_percent=_beyond(draw) * limit / TANGENT["0.5L"])


def _noise(meter: MeterNature, draw: Random) -> MeterNature:
    return replace(meter, noise_percent=CONSISTENT[meter.model.accuracy_class] * draw.uniform(1.7, 2.2))


def _creep(meter: MeterNature, draw: Random) -> MeterNature:
    """Give it 3 to 6 pulses in the time of JJG 596 (class 2: one pulse at 1.25e-4 of full power)."""
    model = meter.model
    full_w = model.power_factor_of_system * model.rated_voltage_v * model.max_a
    return replace(meter, creeps_w=full_w * draw.uniform(4e-4, 8e-4))


DEFECTS: dict[str, tuple[int, Defect]] = {
    "offset": (30, lambda one, draw: replace(one, base_percent=_beyond(draw) * _limit(one))),
    "angle": (10, _angle),
    "noise": (5, _noise),
    "dead_start": (8, lambda one, draw: replace(one, starts_at_a=one.model.starting_a * draw.uniform(1.5, 3))),
    "creep": (5, _creep),
    "register": (5, lambda one, draw: replace(one, register_factor=1 + _beyond(draw) * _limit(one) / 100)),
    "clock_drift": (8, lambda one, draw: replace(one, clock_s_d=_beyond(draw) * 0.5)),
    "clock_off": (3, lambda one, draw: replace(one, clock_off_s=_sign(draw) * draw.uniform(400, 2000))),
    "demand": (2, lambda one, draw: replace(one, demand_factor=1 + _beyond(draw) * _limit(one) / 100)),
    "switching": (2, lambda one, draw: replace(one, switches_late_s=draw.uniform(480, 900))),
    "relay": (6, lambda one, _: replace(one, relay_works=False)),
    "esam": (4, lambda one, _: replace(one, esam_works=False)),
    "key": (3, lambda one, _: replace(one, takes_key=False)),
    "silent": (6, lambda one, _: replace(one, answers=False)),
    "parameters": (4, lambda one, _: replace(one, parameters_right=False)),
    "withstand": (5, lambda one, draw: replace(one, leakage_ma=draw.uniform(7, 15))),
    "appearance": (6, lambda one, draw: replace(one, looks=draw.choice(("01", "02")))),
    "no_pulse": (4, lambda one, _: replace(one, has_pulses=False)),
}
