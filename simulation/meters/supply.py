"""What a meter is fed with, and the power that it registers of it."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.meters.model import COSINE
from simulation.meters.nature import MeterNature, true_error

AWAKE = 0.6  # of the rated voltage: below, a meter sleeps


@dataclass(frozen=True, slots=True)
class Supply:
    """Volts of each phase, amperes, power factor as a bench writes it, and the phase that is loaded."""

    voltage_v: float = 0.0
    current_a: float = 0.0
    power_factor: str = "1"
    phase: str = "all"


def is_awake(meter: MeterNature, supply: Supply) -> bool:
    """Return whether the voltage is enough for the meter to work."""
    return supply.voltage_v >= AWAKE * meter.model.rated_voltage_v


def true_w(meter: MeterNature, supply: Supply) -> float:
    """Return the active power that is truly fed."""
    factor = meter.model.power_factor_of_system
    if supply.phase != "all" and meter.model.phases > 1:
        factor = 1.0 if meter.model.phase == "3p4w" else factor / 2
    return supply.voltage_v * supply.current_a * COSINE[supply.power_factor] * factor


def registered_w(meter: MeterNature, supply: Supply) -> float:
    """Return the power that the meter measures: with its error, none below its starting current, or what creeps."""
    if not is_awake(meter, supply):
        return 0.0
    if supply.current_a < meter.starts_at_a:
        return meter.creeps_w if supply.current_a == 0 else 0.0
    error = true_error(meter, current_a=supply.current_a, power_factor=supply.power_factor, phase=supply.phase)
    return true_w(meter, supply) * (1 + error / 100)
