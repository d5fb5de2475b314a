"""One virtual meter: a state machine over plant time. Nothing ticks; everything is computed when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from plc.meters import stream
from plc.meters.asking import Action, Output
from plc.meters.values import MeterValue, moment_at
from simulation.meters import slave645, slave698
from simulation.meters.counting import PulseCount
from simulation.meters.demand import Demand
from simulation.meters.esam import Esam
from simulation.meters.nature import MeterNature, true_error
from simulation.meters.registers import DAY_S, HOUR_S, WH_PER_KWH, Registers
from simulation.meters.supply import Supply, is_awake, registered_w

SET_WITHIN_S = 300.0  # DL/T 645-2007, 7.1.6: a broadcast sets a clock that is less than five minutes off, once a day
TIMING_NOISE_S_D = 0.004


class VirtualMeter:
    """A meter of the twin on a bench. `now_s` gives plant time in seconds; supply changes are told by `set_supply`."""

    def __init__(self, nature: MeterNature, now_s: Callable[[], float]) -> None:
        """Make the meter, without voltage."""
        self.nature, self.now_s, self.address = nature, now_s, nature.address
        self.supply = Supply()
        self.registers = Registers(late_s=nature.switches_late_s)
        self.esam = Esam.made(self.address, keys=nature.keys, works=nature.esam_works, takes_key=nature.takes_key)
        self.is_dead = False
        self.relay_open = self.alarm = self.keep = self.tripped = False
        self.output: Output = "clock_pulse"
        self.written: dict[str, MeterValue] = {}  # what was written over what it was made with
        self._draw = Random(nature.bar_code)
        self._pulses = PulseCount(self._draw.random())
        self._since_s = self._made_s = now_s()
        self._clock_off_s, self._set_day = nature.clock_off_s, -1
        self._power_w = 0.0
        self.demand = Demand(self._since_s, highest=(0.0, self._since_s), points=[(self._since_s, 0.0)])

    def set_supply(self, *, voltage_v: float, current_a: float, power_factor: str = "1", phase: str = "all") -> None:
        """Feed the meter from now on with volts of each phase, amperes, power factor and the phase that is loaded."""
        self._change(Supply(voltage_v, current_a, power_factor, phase))

    def die(self) -> None:
        """Break for good: no answer, no pulse, from now on."""
        self.is_dead = True
        self._change(self.supply)

    def error_percent(self, *, current_a: float, power_factor: str = "1", phase: str = "all") -> float:
        """Return its true error under a load, as its pulses show it: against the constant that is printed on it."""
        error = true_error(self.nature, current_a=current_a, power_factor=power_factor, phase=phase)
        return (100 + error) * self.nature.built_imp_kwh / self.nature.model.constant_imp_kwh - 100

    def error_reading(self) -> float | None:
        """Return one reading of an error board under the present load, in percent; None if there are no pulses."""
        if self.pulse_rate_hz <= 0 or self.supply.current_a <= 0:
            return None
        now = self.supply
        error = self.error_percent(current_a=now.current_a, power_factor=now.power_factor, phase=now.phase)
        return error + self._draw.gauss(0, self.nature.noise_percent)

    def timing_reading(self) -> float | None:
        """Return one reading of the daily timing error in s/d; None without voltage or if it gives another signal."""
        if not self.is_awake or self.output != "clock_pulse":
            return None
        return self.nature.clock_s_d + self._draw.gauss(0, TIMING_NOISE_S_D)

    @property
    def is_awake(self) -> bool:
        """Whether it lives, and its voltage is enough."""
        return not self.is_dead and is_awake(self.nature, self.supply)

    @property
    def load_closed(self) -> bool:
        """Whether current can flow through its relay."""
        return not self.relay_open

    @property
    def power_kw(self) -> float:
        """The power that it measures."""
        return self._power_w / WH_PER_KWH

    @property
    def pulse_rate_hz(self) -> float:
        """Its pulses a second under the present load."""
        if not self.nature.has_pulses:
            return 0.0
        return self._power_w * self.nature.built_imp_kwh / WH_PER_KWH / HOUR_S

    def begin_count(self) -> None:
        """Count pulses from nothing."""
        self.settle()
        self._pulses.begin(self.now_s())

    def pulses(self) -> tuple[int, tuple[float, ...]]:
        """Return the pulses since `begin_count`, and after how many seconds the first two came."""
        self.settle()
        return self._pulses.count, tuple(self._pulses.times_s)

    def energy_kwh(self, rate: int = 0) -> float:
        """Return what a register shows: the total, or a rate."""
        self.settle()
        return self.registers.rates_kwh.get(rate, 0.0) if rate else self.registers.total_kwh

    def demand_kw(self) -> float:
        """Return the maximum demand since it was cleared."""
        self.settle()
        return self.demand.peak(self.now_s(), self.registers.total_kwh)[0] * self.nature.demand_factor

    def demand_at(self) -> datetime:
        """Return when the window of the maximum demand ended, by its clock."""
        self.settle()
        return moment_at(self._clock_s(self.demand.peak(self.now_s(), self.registers.total_kwh)[1]))

    def clock(self) -> datetime:
        """Return what its clock shows."""
        return moment_at(self._clock_s(self.now_s()))

    def set_clock(self, at: datetime) -> None:
        """Set its clock."""
        self.settle()
        drift_s = self._clock_s(self.now_s()) - self._clock_off_s
        self._clock_off_s = at.timestamp() - drift_s

    def hear_time(self, at: datetime) -> None:
        """Take a broadcast of the time over, as a rule within five minutes and once a day."""
        off_s, day = at.timestamp() - self._clock_s(self.now_s()), at.toordinal()
        if abs(off_s) <= SET_WITHIN_S and day != self._set_day:
            self.set_clock(at)
            self._set_day = day

    def act(self, action: Action) -> bool:
        """Trip, close, alarm or keep; return False if the meter must refuse: one that is kept alive does not trip."""
        match action:
            case "trip" if self.keep:
                return False
            case "trip" | "close":
                self.tripped = action == "trip"
                if self.nature.relay_works:
                    self.relay_open = self.tripped
                    self._change(self.supply)
            case "alarm" | "alarm_off":
                self.alarm = action == "alarm"
            case "keep" | "keep_off":
                self.keep = action == "keep"
                if self.keep and self.tripped:
                    self.act("close")
        return True

    def clear_energy(self) -> None:
        """Clear energy and demand."""
        self.settle()
        self.registers.clear()
        self.clear_demand()

    def clear_demand(self) -> None:
        """Clear the demand; its windows begin now."""
        self.settle()
        self.demand.clear(self.now_s(), self.registers.total_kwh)

    def answer(self, frame: bytes) -> bytes | None:
        """Return the answer to a complete frame of either protocol, or None: not for us, broadcast, asleep, dead."""
        if not self.nature.answers or not self.is_awake or stream.is_reply(frame):
            return None
        return slave645.answer(self, frame) if stream.is_645(frame) else slave698.answer(self, frame)

    def settle(self) -> None:
        """Book energy and pulses up to now; the power has been constant since the last time."""
        now_s, since_s = self.now_s(), self._since_s
        if now_s <= since_s:
            return
        self._pulses.add(since_s, now_s, self.pulse_rate_hz)
        power_w = self._power_w * self.nature.register_factor
        self.registers.add(self._clock_s(since_s), now_s - since_s, power_w)
        self._since_s = now_s

    def _change(self, supply: Supply) -> None:
        """Settle, and go on with another supply, or another relay."""
        self.settle()
        self.supply = supply
        self._power_w = 0.0 if self.relay_open or self.is_dead else registered_w(self.nature, supply)
        if not self.is_awake:
            self.esam.session = b""  # lives in memory that needs power
        self.demand.note(self._since_s, self.registers.total_kwh)

    def _clock_s(self, at_s: float) -> float:
        return at_s + self._clock_off_s + self.nature.clock_s_d * (at_s - self._made_s) / DAY_S
