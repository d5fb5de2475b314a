"""A verification bench of the twin: one state behind the small interfaces, and the faults it can be given.

`VirtualBench("BN1", 60, places, nature_of, clock=clock)` needs nothing to run: everything is computed from the time
of its clock when somebody asks. Meters keep what they are from bench to bench if all benches share `meters`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from plc.bench.equipment import Ambient, Equipment, EquipmentError, Load
from plc.clock import Clock
from simulation.bench.devices import VirtualBoards, VirtualPositions, VirtualSource, VirtualStandard
from simulation.bench.heat import BAD_CONTACT_S, TIME_CONSTANT_S, Heat, rise_k
from simulation.bench.spot import Spot
from simulation.meters.line_faults import GOOD_LINE, LineFaults
from simulation.meters.memory_channel import MemoryChannel
from simulation.meters.nature import MeterNature
from simulation.meters.supply import Supply, true_w
from simulation.meters.virtual import VirtualMeter

BAUD = 2400


@dataclass(slots=True)
class Habit:
    """How the bench itself is: times in seconds, the standard's own error in percent."""

    press_s: float = 20.0
    ramp_s: float = 2.0
    standard_error_percent: float = 0.0
    baud: int = BAUD
    faults: LineFaults = GOOD_LINE
    """Of the serial lines."""
    epoch_s: float = 0.0
    """Seconds from 1970 to where plant time is 0: what the clocks of meters go by."""


@dataclass(slots=True)
class VirtualBench:
    """A bench and what hangs on it: `places` says which meter stands at which position now."""

    bench_id: str
    positions: int
    places: Callable[[], dict[int, str]]
    nature_of: Callable[[str], MeterNature]
    clock: Clock
    meters: dict[str, VirtualMeter] = field(default_factory=dict[str, VirtualMeter])
    presses: dict[str, int] = field(default_factory=dict[str, int])
    """How often each meter was pressed on, shared like `meters`: the first presses of some make no contact."""
    habit: Habit = field(default_factory=Habit)
    air: Ambient = field(default_factory=lambda: Ambient(23.0, 50.0))
    powered: bool = True
    load: Load | None = None
    spots: dict[int, Spot] = field(init=False)
    energy_kwh: float = 0.0
    """True energy of the standard since it was reset."""
    _counted_s: float = 0.0
    _loop: Heat = field(default_factory=Heat)
    _hung: dict[int, str] = field(default_factory=dict[int, str])

    def __post_init__(self) -> None:
        """Make the positions."""
        self._counted_s = self.clock.now_s()
        self.spots = {number: Spot(number) for number in range(1, self.positions + 1)}

    def equipment(self) -> Equipment:
        """Return the bench in memory, with a line to each position."""
        channels = {
            number: MemoryChannel(spot.on_line, self.clock, baud=self.habit.baud, faults=self.line_faults(number))
            for number, spot in self.spots.items()
        }
        return Equipment(
            VirtualSource(self), VirtualStandard(self), VirtualBoards(self), VirtualPositions(self), {**channels}
        )

    def serve(self, host: str, port: int, *, ptys: str = "") -> AbstractAsyncContextManager[int]:
        """Serve the bench on TCP, and the meter of each position on a pty behind a link named by the pattern `ptys`.

        `async with bench.serve("127.0.0.1", 0, ptys="ptys/BN1-{position:03}") as port: ...`
        """
        from simulation.bench.server import serve

        return serve(self, host, port, ptys=ptys)

    def line_faults(self, number: int) -> LineFaults:
        """Return what can happen on the serial line of a position, drawn for itself."""
        faults = self.habit.faults
        return faults if faults == GOOD_LINE else replace(faults, seed=faults.seed * 1000 + number)

    # What its devices ask of it.

    def answer(self, device: str) -> float:
        """Return the time now; raises EquipmentError without power."""
        if not self.powered:
            raise EquipmentError(device, "no power")
        return self.clock.now_s()

    def look(self) -> None:
        """See which meter hangs where; a meter that left takes its contacts with it."""
        hung = self.places()
        if hung == self._hung:
            return
        now_s = self.clock.now_s()
        for number, spot in self.spots.items():
            code = hung.get(number)
            if code != self._hung.get(number):
                spot.pressed = spot.wired = False
                spot.supply(None, now_s)
                spot.meter = None if code is None else self.meter(code)
        self._hung = dict(hung)

    def meter(self, bar_code: str) -> VirtualMeter:
        """Return the meter with a bar code."""
        found = self.meters.get(bar_code)
        if found is None:
            found = self.meters[bar_code] = VirtualMeter(self.nature_of(bar_code), self.calendar_s)
        return found

    def calendar_s(self) -> float:
        """Return the time now, in seconds since 1970."""
        return self.habit.epoch_s + self.clock.now_s()

    def apply(self, load: Load | None) -> None:
        """Put another load on, or none."""
        now_s = self.clock.now_s()
        self.integrate()
        self.load = load
        first = self.first_meter()
        good_k = 0.0 if load is None or first is None else rise_k(float(load.current_a), first.model.max_a)
        self._loop.aim(good_k, now_s)
        for spot in self.spots.values():
            spot.supply(load, now_s)

    def integrate(self) -> None:
        """Let the standard count up to now."""
        now_s = self.clock.now_s()
        self.energy_kwh += self.power_w() * (now_s - self._counted_s) / 3_600_000
        self._counted_s = now_s

    def first_meter(self) -> MeterNature | None:
        """Return one of the meters: all on a bench are of one model."""
        return next((spot.meter.nature for spot in self.spots.values() if spot.meter is not None), None)

    def power_w(self) -> float:
        """Return the true power that one meter gets."""
        load, found = self.load, self.first_meter()
        if load is None or found is None:
            return 0.0
        return true_w(found, Supply(float(load.voltage_v), float(load.current_a), load.power_factor, load.phase))

    def press(self, number: int) -> None:
        """Press the terminals of a position on."""
        spot = self.spots[number]
        spot.pressed = True
        if spot.meter is not None and not spot.wired:
            nature = spot.meter.nature
            done = self.presses[nature.bar_code] = self.presses.get(nature.bar_code, 0) + 1
            spot.wired = done > nature.bad_presses

    def loop_rise(self) -> float:
        """Return the rise of good contacts in the current loop."""
        return self._loop.at(self.clock.now_s())

    # Faults, for tests and studies.

    def overheat(self, position: int) -> None:
        """Let a contact go bad: it gets hot as soon as current flows."""
        self.spots[position].contact_bad = True
        self.spots[position].heat.time_constant_s = BAD_CONTACT_S
        self.spots[position].supply(self.load if self.powered else None, self.clock.now_s())

    def stick_bypass(self, position: int) -> None:
        """Let the bypass relay of a position no longer work."""
        self.spots[position].bypass_stuck = True

    def wear_contact(self, position: int, bias_percent: float) -> None:
        """Let a position add something to every error."""
        self.spots[position].bias_percent = bias_percent

    def cut_power(self) -> None:
        """Let the power fail: source off, nothing answers."""
        self.apply(None)
        self.powered = False

    def restore_power(self) -> None:
        """Let the power come back; the source stays off until somebody raises it."""
        self.powered = True

    def mend(self, position: int) -> None:
        """Put a position in order again."""
        spot = self.spots[position]
        spot.contact_bad = spot.bypass_stuck = False
        spot.heat.time_constant_s = TIME_CONSTANT_S
        spot.bias_percent = 0.0
