"""Machines that fail by chance: so long after the last repair, in the middle of the next mission; repaired by time.

A conveyor, crane, line, dock or cell stops with what it carries and goes on by itself, as `simulation.devices.drive`
has it. Benches are no different, but nobody sends them a telegram while they verify: `of_bench` says when they fail.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plc.codes import FaultCode
from plc.plant.kinds import DeviceKind
from plc.plant.model import Plant
from simulation.hall import Calm, Hall
from simulation.loads import Load
from simulation.studies.chance import stream
from simulation.studies.demand import Breakdown

HOUR_S, MINUTE_S = 3600.0, 60.0
CODES = {DeviceKind.CONVEYOR: FaultCode.JAM}
SIGMA2 = math.log(2.0)  # of a lognormal with a coefficient of variation of 1


@dataclass(slots=True)
class Fate:
    """When one machine fails next, and the stream of its luck."""

    spec: Breakdown
    chance: np.random.Generator
    code: FaultCode
    due_s: float = 0.0

    def put_off(self, now_s: float) -> None:
        """Draw the next failure, so long after `now_s`."""
        mean_s = self.spec.mtbf_h * HOUR_S
        self.due_s = now_s + (mean_s if self.spec.distribution == "fixed" else self.chance.exponential(mean_s))

    def repair_s(self) -> float:
        """Return how long the repair takes."""
        mean_s = self.spec.mttr_min * MINUTE_S
        match self.spec.distribution:
            case "fixed":
                return mean_s
            case "exponential":
                return float(self.chance.exponential(mean_s))
            case "lognormal":
                return float(self.chance.lognormal(math.log(mean_s) - SIGMA2 / 2, math.sqrt(SIGMA2)))


class Breakdowns:
    """Mishaps of the hall that come by chance; nobody touches loads or slots."""

    def __init__(self, hall: Hall, kinds: Mapping[DeviceKind, Breakdown], *, seed: int, replication: int) -> None:
        """Draw the first failure of each machine of the kinds."""
        self._hall, self._calm = hall, Calm()
        self._fates = {name: fate for name, fate in _fates(hall.plant, kinds, seed, replication)}

    def arriving(self, device: str, load: Load) -> None:
        """Leave the load as it is."""
        self._calm.arriving(device, load)

    def stoppage(self, device: str) -> tuple[FaultCode, float] | None:
        """Return the fault and its seconds if the machine's time has come."""
        fate, now_s = self._fates.get(device), self._hall.env.now
        if fate is None or now_s < fate.due_s:
            return None
        seconds = max(1.0, fate.repair_s())
        fate.put_off(now_s + seconds)
        return fate.code, seconds

    def of_bench(self, bench: str, begin_s: float, seconds: float) -> tuple[float, float] | None:
        """Return after how many seconds of a batch the bench fails, and the seconds of its repair."""
        fate = self._fates.get(bench)
        if fate is None or begin_s + seconds <= fate.due_s:
            return None
        after_s, repair_s = max(0.0, fate.due_s - begin_s), max(1.0, fate.repair_s())
        fate.put_off(begin_s + after_s + repair_s)
        return after_s, repair_s

    def putting(self, crane: str, slot: str) -> None:
        """Leave the slot as it is."""
        self._calm.putting(crane, slot)

    def getting(self, crane: str, slot: str) -> None:
        """Leave the slot as it is."""
        self._calm.getting(crane, slot)


def _fates(plant: Plant, kinds: Mapping[DeviceKind, Breakdown], seed: int, replication: int) -> list[tuple[str, Fate]]:
    found: list[tuple[str, Fate]] = []
    for device in plant.devices.values():
        if (spec := kinds.get(device.kind)) is not None:
            chance = stream(seed, replication, f"breakdowns {device.id}")
            fate = Fate(spec, chance, CODES.get(device.kind, FaultCode.DRIVE_TRAVEL))
            fate.put_off(0.0)
            found.append((device.id, fate))
    return found
