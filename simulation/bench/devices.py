"""The four devices of a virtual bench, as drivers of real ones would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from plc.bench.equipment import Ambient, EquipmentError, Load, PositionState, Pulses, Reference
from simulation.bench.figures import figure

if TYPE_CHECKING:
    from simulation.bench.bench import VirtualBench

_LONGEST_READING_S = 300.0


@dataclass(frozen=True, slots=True)
class VirtualSource:
    """The programmable source."""

    bench: VirtualBench

    async def apply(self, load: Load) -> None:
        """Ramp to `load`."""
        self.bench.answer("source")
        self.bench.look()
        await self.bench.clock.sleep(self.bench.habit.ramp_s)
        self.bench.answer("source")
        self.bench.apply(load)

    async def off(self) -> None:
        """Ramp down."""
        self.bench.answer("source")
        self.bench.apply(None)


@dataclass(frozen=True, slots=True)
class VirtualStandard:
    """The reference standard, with its own error."""

    bench: VirtualBench

    async def read(self) -> Reference:
        """Return what it reads."""
        bench = self.bench
        bench.answer("standard")
        bench.integrate()
        load, factor = bench.load, 1 + bench.habit.standard_error_percent / 100
        return Reference(
            voltage_v=Decimal(0) if load is None else load.voltage_v,
            current_a=Decimal(0) if load is None else load.current_a,
            power_w=figure(bench.power_w() * factor), energy_kwh=figure(bench.energy_kwh * factor, 8),
            frequency_hz=Decimal("50.00"),
        )  # fmt: skip

    async def reset_energy(self) -> None:
        """Begin a new energy."""
        self.bench.answer("standard")
        self.bench.integrate()
        self.bench.energy_kwh = 0.0


@dataclass(frozen=True, slots=True)
class VirtualBoards:
    """One error board per position."""

    bench: VirtualBench

    async def measure(self, positions: Sequence[int], *, readings: int, reading_s: float) -> dict[int, list[Decimal]]:
        """Return error readings; a reading takes at least one pulse."""
        bench = self.bench
        bench.answer("boards")
        meters = [meter for number in positions if (meter := bench.spots[number].fed) is not None]
        slowest_s = max((1 / meter.pulse_rate_hz for meter in meters if meter.pulse_rate_hz > 0), default=reading_s)
        await bench.clock.sleep(min(max(reading_s, slowest_s), _LONGEST_READING_S) * readings)
        bench.answer("boards")
        less = bench.habit.standard_error_percent
        return {
            number: [figure(value) for value in bench.spots[number].readings(readings, less)] for number in positions
        }

    async def count(self, positions: Sequence[int]) -> None:
        """Begin to count anew."""
        now_s = self.bench.answer("boards")
        for number in positions:
            self.bench.spots[number].count(now_s)

    async def pulses(self, positions: Sequence[int]) -> dict[int, Pulses]:
        """Return what has been counted."""
        now_s = self.bench.answer("boards")
        return {number: self.bench.spots[number].pulses(now_s) for number in positions}

    async def timing(self, positions: Sequence[int], *, gates: int, gate_s: float) -> dict[int, list[Decimal]]:
        """Return the daily timing error of each gate."""
        bench = self.bench
        bench.answer("boards")
        await bench.clock.sleep(gates * gate_s)
        bench.answer("boards")
        return {number: self._gates(number, gates) for number in positions}

    def _gates(self, number: int, gates: int) -> list[Decimal]:
        meter = self.bench.spots[number].fed
        taken = [None if meter is None else meter.timing_reading() for _ in range(gates)]
        return [figure(reading) for reading in taken if reading is not None]


@dataclass(frozen=True, slots=True)
class VirtualPositions:
    """Press, sensors, relays and thermometers."""

    bench: VirtualBench

    async def press(self, positions: Sequence[int]) -> None:
        """Press the terminals on."""
        self.bench.answer("positions")
        self.bench.look()
        if self.bench.load is not None:
            raise EquipmentError("positions", "no terminals are pressed on under load")
        await self.bench.clock.sleep(self.bench.habit.press_s)
        self.bench.answer("positions")
        for number in positions:
            self.bench.press(number)

    async def release(self) -> None:
        """Let all terminals go."""
        self.bench.answer("positions")
        await self.bench.clock.sleep(self.bench.habit.press_s)
        for spot in self.bench.spots.values():
            spot.pressed = spot.wired = False
            spot.supply(None, self.bench.clock.now_s())

    async def states(self) -> dict[int, PositionState]:
        """Return every position."""
        bench = self.bench
        now_s = bench.answer("positions")
        bench.look()
        rise, air_c = bench.loop_rise(), bench.air.temperature_c
        return {number: spot.state(rise, air_c, now_s) for number, spot in bench.spots.items()}

    async def bypass(self, position: int) -> None:
        """Bypass the current loop of a position."""
        self._switch(position, bypassed=True)

    async def rejoin(self, positions: Sequence[int]) -> None:
        """Put positions back into the loop."""
        for number in positions:
            self._switch(number, bypassed=False)

    def _switch(self, position: int, *, bypassed: bool) -> None:
        now_s = self.bench.answer("positions")
        spot = self.bench.spots[position]
        if not spot.bypass_stuck:
            spot.bypassed = bypassed
            spot.supply(self.bench.load, now_s)

    async def ambient(self) -> Ambient:
        """Return the air."""
        self.bench.answer("positions")
        return self.bench.air
