"""One position of a bench: contacts, current loop, error board and thermometers, and the meter that hangs there."""

from __future__ import annotations

from dataclasses import dataclass, field

from plc.bench.equipment import Load, PositionState, Pulses
from plc.meters.values import switching_points
from simulation.bench.figures import figure
from simulation.bench.heat import BAD_CONTACT_K, Heat, rise_k, terminals_c
from simulation.meters.registers import DAY_S, HOUR_S, MINUTE_S
from simulation.meters.virtual import VirtualMeter

_LEAST_A = 0.01


@dataclass(slots=True)
class Spot:
    """A position; `meter` is None where none hangs."""

    number: int
    meter: VirtualMeter | None = None
    pressed: bool = False
    wired: bool = False
    bypassed: bool = False
    bypass_stuck: bool = False
    contact_bad: bool = False
    """The contact heats up as soon as current flows."""
    bias_percent: float = 0.0
    """What a worn contact adds to every error."""
    heat: Heat = field(default_factory=Heat)
    on_line: list[VirtualMeter] = field(default_factory=list[VirtualMeter])
    """The meter whose serial line is in contact; always the same list, which channels hold."""
    _switch_from: tuple[float, float] = (0.0, 0.0)
    """Plant time and the meter's clock when counting began, in seconds."""
    _shown: tuple[object, ...] = ()
    _state: PositionState | None = None

    @property
    def fed(self) -> VirtualMeter | None:
        """The meter that hangs here, in contact and under voltage."""
        return self.meter if self.meter is not None and self.wired and self.meter.is_awake else None

    def supply(self, load: Load | None, now_s: float) -> None:
        """Let what the source gives reach the meter, as far as contacts and bypass let it."""
        current_a = 0.0 if load is None or self.bypassed else float(load.current_a)
        self.on_line[:] = [self.meter] if self.meter is not None and self.wired else []
        if self.meter is None:
            self.heat.aim(0.0, now_s)
            return
        good_k = rise_k(current_a, self.meter.nature.model.max_a)
        self.heat.aim(BAD_CONTACT_K if self.contact_bad and current_a > _LEAST_A else good_k, now_s)
        if load is None or not self.wired:
            self.meter.set_supply(voltage_v=0.0, current_a=0.0)
        else:
            self.meter.set_supply(
                voltage_v=float(load.voltage_v), current_a=current_a, power_factor=load.power_factor, phase=load.phase
            )

    def readings(self, number: int, less_percent: float) -> list[float]:
        """Return error readings as a board gives them, against a standard that reads `less_percent` too much."""
        meter = self.fed
        if meter is None:
            return []
        taken = [meter.error_reading() for _ in range(number)]
        return [reading + self.bias_percent - less_percent for reading in taken if reading is not None]

    def count(self, now_s: float) -> None:
        """Begin to count pulses anew, of energy or of tariff switches."""
        if self.meter is not None:
            self.meter.begin_count()
            self._switch_from = now_s, self.meter.clock().timestamp()

    def pulses(self, now_s: float) -> Pulses:
        """Return what came since `count`."""
        meter = self.fed
        if meter is None:
            return Pulses(0)
        if meter.output == "rate_switch":
            began_s, clock_s = self._switch_from
            after_s = until_switch_s(meter.registers.table, clock_s - meter.registers.late_s)
            return Pulses(1, figure(after_s)) if after_s <= now_s - began_s else Pulses(0)
        count, times_s = meter.pulses()
        first, second, *_ = [*map(figure, times_s), None, None]
        return Pulses(count, first, second)

    def state(self, rise: float, air_c: float, now_s: float) -> PositionState:
        """Return the position as its sensors see it; `rise` is that of good contacts in the loop."""
        own = self.heat.at(now_s) if self.contact_bad or self.bypassed else rise
        tenths, meter = round((air_c + own) * 10), self.meter
        closed = meter is not None and meter.load_closed
        shown = (meter is not None, self.pressed, self.wired, self.bypassed, closed, tenths)
        if self._state is None or shown != self._shown:
            self._shown = shown
            self._state = PositionState(
                present=meter is not None, pressed=self.pressed, wired=self.wired, bypassed=self.bypassed,
                load_closed=closed, terminals_c=terminals_c(tenths),
            )  # fmt: skip
        return self._state


def until_switch_s(table: str, clock_s: float) -> float:
    """Return the seconds until a switching table changes the rate.

    >>> until_switch_s("00:00=4 06:00=4 08:00=2", 7.5 * 3600)
    1800.0
    """
    points = [(h * HOUR_S + m * MINUTE_S, rate) for h, m, rate in sorted(switching_points(table))]
    of_day_s = clock_s % DAY_S
    waits = [
        (at_s - of_day_s) % DAY_S or DAY_S for index, (at_s, rate) in enumerate(points) if rate != points[index - 1][1]
    ]
    return min(waits, default=DAY_S)
