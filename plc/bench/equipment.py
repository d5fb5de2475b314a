"""The hardware of a verification bench, as its makers' drivers must offer it.

Current circuits of all positions are in series, voltage circuits in parallel: a position is taken out by
bypassing its current loop, never by opening it. Positions count from 1. All calls are coroutines; each raises
EquipmentError if the equipment does not answer or refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from plc.meters.channel import MeterChannel


class EquipmentError(Exception):
    """The equipment did not answer, or said no; `device` names it (source, standard, boards, positions)."""

    def __init__(self, device: str, message: str) -> None:
        """Keep which device it was."""
        super().__init__(f"{device}: {message}")
        self.device = device


@dataclass(frozen=True, slots=True)
class Load:
    """What the source shall give: volts per phase, amperes, power factor text ("0.5L"), the phases loaded."""

    voltage_v: Decimal
    current_a: Decimal
    power_factor: str = "1"
    phase: str = "all"
    phases: int = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """What the reference standard reads: true values, and energy since `reset_energy`."""

    voltage_v: Decimal
    current_a: Decimal
    power_w: Decimal
    energy_kwh: Decimal
    frequency_hz: Decimal


@dataclass(frozen=True, slots=True)
class Pulses:
    """Pulses of one position since `count`: how many, and after how many seconds the first two came."""

    count: int
    first_s: Decimal | None = None
    second_s: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PositionState:
    """One position: a meter hangs there, wiring is good, its current loop is bypassed, its terminals' temperatures."""

    present: bool
    pressed: bool
    wired: bool
    bypassed: bool
    load_closed: bool
    terminals_c: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ambient:
    """Air at the bench."""

    temperature_c: float
    humidity_percent: float


class PowerSource(Protocol):
    """The programmable source."""

    async def apply(self, load: Load) -> None:
        """Ramp to `load`."""
        ...

    async def off(self) -> None:
        """Ramp current, then voltage, to zero."""
        ...


class ReferenceStandard(Protocol):
    """The reference standard meter."""

    async def read(self) -> Reference:
        """Return what it reads."""
        ...

    async def reset_energy(self) -> None:
        """Begin a new energy."""
        ...


class ErrorBoards(Protocol):
    """One error board per position."""

    async def measure(self, positions: Sequence[int], *, readings: int, reading_s: float) -> dict[int, list[Decimal]]:
        """Return `readings` error readings in percent for each position; fewer or none if pulses are missing."""
        ...

    async def count(self, positions: Sequence[int]) -> None:
        """Begin to count pulses anew."""
        ...

    async def pulses(self, positions: Sequence[int]) -> dict[int, Pulses]:
        """Return what has been counted."""
        ...

    async def timing(self, positions: Sequence[int], *, gates: int, gate_s: float) -> dict[int, list[Decimal]]:
        """Return the daily timing error in s/d of each gate on the clock pulse."""
        ...


class Positions(Protocol):
    """Press, sensors, relays and thermometers of all positions."""

    async def press(self, positions: Sequence[int]) -> None:
        """Press the terminals on."""
        ...

    async def release(self) -> None:
        """Let all terminals go."""
        ...

    async def states(self) -> dict[int, PositionState]:
        """Return every position as it is now."""
        ...

    async def bypass(self, position: int) -> None:
        """Bypass the current loop of a position and drop it out; whether it worked shows in `states`."""
        ...

    async def rejoin(self, positions: Sequence[int]) -> None:
        """Put bypassed positions back into the loop."""
        ...

    async def ambient(self) -> Ambient:
        """Return the air's temperature and humidity."""
        ...


@dataclass(frozen=True, slots=True)
class Equipment:
    """Everything a bench has; `channels` holds one serial channel to the meter of each position."""

    source: PowerSource
    standard: ReferenceStandard
    boards: ErrorBoards
    positions: Positions
    channels: dict[int, MeterChannel]
