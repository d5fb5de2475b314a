"""What a virtual meter holds behind each identifier, in whatever protocol it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from plc.meters.identifiers import Identifier
from plc.meters.values import MeterValue, number
from plc.meters.values698 import ALL_KEYS
from simulation.meters.model import COSINE

if TYPE_CHECKING:
    from simulation.meters.virtual import VirtualMeter

RELAY_BIT, COMMAND_BIT, ALARM_BIT, KEEP_BIT = 1 << 4, 1 << 6, 1 << 7, 1 << 12  # of status word 3
MADE_ON, SOFTWARE, VERSION_698 = "2026-01-05", "V102", 0x16
PROTOCOL: dict[str, MeterValue] = {"645": "DL/T645-2007", "698": VERSION_698}
ROUNDING = 1e-6  # of a last digit, so that a full digit is not lost to binary fractions
MINUTE_S = 60.0


def value_of(meter: VirtualMeter, one: Identifier) -> MeterValue | None:
    """Return what stands behind an identifier, or None if this meter has no such thing."""
    if one.name in meter.written:
        return meter.written[one.name]
    reading = READINGS.get(one.name)
    if reading is None or (one.name in OTHER_PHASES and meter.nature.model.phases == 1):
        return None
    value = reading(meter)
    return number(one, int(value * 10**one.decimals + ROUNDING)) if isinstance(value, float) else value


def write(meter: VirtualMeter, one: Identifier, value: MeterValue) -> bool:
    """Set what stands behind an identifier; return False if it is not to be set, or not to this."""
    match one.name:
        case _ if not one.writable:
            return False
        case "clock" | "date" | "time":
            meter.set_clock(_moment(meter, one.name, value))
        case "switching_table":
            meter.settle()
            meter.registers.table = str(value)
        case "demand_period" | "demand_slip":
            return _set_demand(meter, one.name, int(Decimal(str(value))))
        case _:
            meter.written[one.name] = value
    return True


def _set_demand(meter: VirtualMeter, name: str, minutes: int) -> bool:
    demand = meter.demand
    period_s = minutes * MINUTE_S if name == "demand_period" else demand.period_s
    slip_s = minutes * MINUTE_S if name == "demand_slip" else demand.slip_s
    if not 0 < slip_s <= period_s:
        return False
    demand.period_s, demand.slip_s = period_s, slip_s
    meter.clear_demand()
    return True


def _moment(meter: VirtualMeter, name: str, value: MeterValue) -> datetime:
    """Return the moment that a write of date or time sets, the other part as the meter has it."""
    if isinstance(value, datetime):
        return value
    now = meter.clock()
    if name == "date":
        return datetime.combine(date.fromisoformat(str(value)), now.time(), UTC)
    return datetime.combine(now.date(), time.fromisoformat(str(value)), UTC)


def _status(meter: VirtualMeter) -> int:
    flags = {RELAY_BIT: meter.relay_open, COMMAND_BIT: meter.tripped, ALARM_BIT: meter.alarm, KEEP_BIT: meter.keep}
    return sum(bit for bit, is_set in flags.items() if is_set)


def _asset_code(meter: VirtualMeter) -> str:
    code = meter.nature.bar_code
    return code if meter.nature.parameters_right else code[:-1] + str((int(code[-1]) + 1) % 10)


def _constant(meter: VirtualMeter) -> int:
    marked = round(meter.nature.model.constant_imp_kwh)
    return marked if meter.nature.parameters_right else marked + 400


def _amperes(value: float) -> str:
    return f"{value:g}A"


READINGS: dict[str, Callable[[VirtualMeter], MeterValue | float]] = {
    "energy_total": lambda meter: meter.energy_kwh(),
    "energy_rate_1": lambda meter: meter.energy_kwh(1),
    "energy_rate_2": lambda meter: meter.energy_kwh(2),
    "energy_rate_3": lambda meter: meter.energy_kwh(3),
    "energy_rate_4": lambda meter: meter.energy_kwh(4),
    "energy_reverse": lambda _: 0.0,
    "demand_max": lambda meter: meter.demand_kw(),
    "voltage_a": lambda meter: float(meter.supply.voltage_v),
    "voltage_b": lambda meter: float(meter.supply.voltage_v),
    "voltage_c": lambda meter: float(meter.supply.voltage_v),
    "current_a": lambda meter: _current(meter, "a"),
    "current_b": lambda meter: _current(meter, "b"),
    "current_c": lambda meter: _current(meter, "c"),
    "power": lambda meter: float(meter.power_kw),
    "power_factor": lambda meter: COSINE[meter.supply.power_factor],
    "clock": lambda meter: meter.clock(),
    "date": lambda meter: meter.clock().date().isoformat(),
    "time": lambda meter: meter.clock().time().isoformat(),
    "demand_period": lambda meter: round(meter.demand.period_s / MINUTE_S),
    "demand_slip": lambda meter: round(meter.demand.slip_s / MINUTE_S),
    "rates": lambda _: 4,
    "comm_address": lambda meter: meter.address,
    "meter_number": lambda meter: meter.address,
    "asset_code": _asset_code,
    "rated_voltage": lambda meter: f"{meter.nature.model.rated_voltage_v:g}V",
    "base_current": lambda meter: _amperes(meter.nature.model.rated_a),
    "max_current": lambda meter: _amperes(meter.nature.model.max_a),
    "accuracy_class": lambda meter: meter.nature.model.accuracy_class,
    "constant": _constant,
    "model": lambda meter: meter.nature.model.name[:10],
    "made_on": lambda _: MADE_ON,
    "protocol_version": lambda meter: PROTOCOL[meter.nature.model.protocol],
    "status_word_3": _status,
    "key_state": lambda meter: ALL_KEYS if meter.esam.is_operating else 0,
    "switching_table": lambda meter: meter.registers.table,
    "software_version": lambda _: SOFTWARE,
    "esam_number": lambda meter: meter.esam.serial,
}
OTHER_PHASES = frozenset({"voltage_b", "voltage_c", "current_b", "current_c"})


def _current(meter: VirtualMeter, phase: str) -> float:
    is_loaded = meter.supply.phase in ("all", phase) and not meter.relay_open
    return float(meter.supply.current_a) if is_loaded else 0.0
