"""How long a batch takes on a bench by its run sheet: what each step waits for, as the rules of its edition say."""

from __future__ import annotations

from decimal import Decimal

from wcs import metrology
from wcs.bench.records import MeterType
from wcs.bench.sheet import RunSheet
from wcs.bench.steps import (
    ApplySource,
    BenchStep,
    CountPulses,
    MeasureDemand,
    MeasureDeviation,
    MeasureError,
    MeasureSwitching,
    MeasureTiming,
    RunRegister,
    TakeOver,
    Wait,
)
from wcs.metrology import Meter

TALK_S = 3.0
"""A step that only asks the meters something, all positions side by side."""
AT_MOST_LOAD = "Imax"
HOUR_S = 3600.0
CIRCUITS = {"1p2w": 1.0, "3p3w": 1.732, "3p4w": 3.0}


def batch_s(sheet: RunSheet, kind: MeterType, press_s: float) -> float:
    """Return the seconds of a batch: terminals on and off, preheating, and every step of every case in turn."""
    meter = Meter(
        sheet.rules, kind.accuracy_class, kind.phase, kind.connection, kind.current_spec,
        Decimal(kind.rated_voltage_v), Decimal(kind.constant_imp_kwh),
    )  # fmt: skip
    return 2 * press_s + sheet.guard.preheat_s + sum(_step_s(step, meter) for c in sheet.cases for step in c.steps)


def _step_s(step: BenchStep, meter: Meter) -> float:
    match step:
        case ApplySource():
            return step.settle_s
        case Wait():
            return step.seconds
        case MeasureError() | MeasureDeviation():
            return step.readings * step.reading_s
        case MeasureTiming():
            return step.gates * step.gate_s
        case MeasureDemand():
            return step.period_s
        case MeasureSwitching():
            return step.limit_s / 2
        case CountPulses(rule="creep"):
            return float(metrology.creep_time_s(meter))
        case CountPulses(rule="starting"):
            return float(metrology.starting_time_s(meter)) / 2
        case CountPulses():
            return _energy_s(float(step.energy_kwh or 1), meter)
        case RunRegister():
            return _energy_s(max(step.energy_kwh, _least_kwh(meter)), meter)
        case TakeOver():
            return 0.0
        case _:
            return TALK_S


def _energy_s(energy_kwh: float, meter: Meter) -> float:
    """Return how long an energy takes at the largest load."""
    most_a = float(metrology.current_a(meter, AT_MOST_LOAD))
    return energy_kwh * HOUR_S * 1000 / (CIRCUITS[meter.phase] * float(meter.rated_voltage_v or 0) * most_a)


def _least_kwh(meter: Meter) -> float:
    """Return the energy at which the last digit of a register, 0.01 kWh, is a fifth of the limit."""
    limit = metrology.limit_for(meter, current_a=metrology.current_a(meter, AT_MOST_LOAD))
    return 0.01 * 5 * 100 / float(limit)
