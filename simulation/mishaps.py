"""The faults of a study, put into the plant by hand: labels torn, pallets misplaced, machines stopped, cables pulled.

A fault waits for its occasion: it lets `after` occasions pass, does not strike before `at_s`, and strikes once.
How far each one is, is kept in the world, so a restarted twin repeats none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from plc.codes import FaultCode, ProfileBit
from plc.plant.kinds import FaultKind
from plc.plant.stations import GoodsIn
from simulation.devices.clarification import Clarification
from simulation.hall import Hall, Voice
from simulation.loads import Load
from simulation.study import Fault, LinkLost, MachineFault, Spoilt, WrongSlot

F = TypeVar("F", Spoilt, WrongSlot, MachineFault, LinkLost)
OVERWEIGHT_G = 50_000


class StudyMishaps:
    """Strikes when the machines report an occasion."""

    def __init__(self, hall: Hall, faults: Sequence[Fault]) -> None:
        """Wait for the first occasion."""
        self._hall, self._world = hall, hall.world
        self._faults = tuple(enumerate(faults))

    def arriving(self, device: str, load: Load) -> None:
        """Spoil a load that is about to enter: at most one fault each."""
        for fault in self._due(Spoilt, lambda f: f.station in (None, device)):
            self._world.inject(fault.kind, device, load.code)
            match fault.kind:
                case FaultKind.NO_READ:
                    load.readable = False
                case FaultKind.WEIGHT:
                    load.extra_g = max(0, self._limit_g(device) - load.weight_g()) + OVERWEIGHT_G
                case FaultKind.PROFILE:
                    load.profile = int(ProfileBit.LEFT)
            return

    def stoppage(self, device: str) -> tuple[FaultCode, float] | None:
        """Return the fault and its seconds if the mission that begins is to be interrupted."""
        for fault in self._due(MachineFault, lambda f: f.device == device):
            self._world.inject(fault.kind, device)
            return FaultCode[fault.code], fault.seconds
        return None

    def putting(self, crane: str, slot: str) -> None:
        """Set a strange pallet into the slot that the crane is about to fill."""
        if self._world.at(slot) is not None:
            return
        for _ in self._due(WrongSlot, lambda f: f.kind is FaultKind.SLOT_OCCUPIED and f.crane == crane):
            stranger = Load(f"X{self._world.count('strange pallets'):07}")
            self._world.add(stranger, slot)
            self._world.inject(FaultKind.SLOT_OCCUPIED, crane, slot)
            return

    def getting(self, crane: str, slot: str) -> None:
        """Take away the pallet that the crane comes for; it turns up at the clarification station."""
        load = self._world.at(slot)
        if load is None:
            return
        desk = next((m for m in self._hall.machines.values() if isinstance(m, Clarification)), None)
        for _ in self._due(WrongSlot, lambda f: f.kind is FaultKind.SLOT_EMPTY and f.crane == crane):
            self._world.inject(FaultKind.SLOT_EMPTY, crane, slot)
            if desk is not None:
                desk.find(load)
            else:
                self._world.move(load, "yard")
            return

    def pull_cables(self, plcs: dict[str, Voice]) -> None:
        """Set the alarms for the links that will be lost; one that should be out by now is mended late."""
        for number, fault in self._faults:
            if isinstance(fault, LinkLost) and fault.plc in plcs and not self._struck(number):
                voice, delay_s = plcs[fault.plc], max(0.0, fault.at_s - self._hall.env.now)
                event = self._hall.env.timeout(delay_s)
                event.callbacks.append(lambda _, n=number, f=fault, v=voice: self._pull(n, f, v))

    def _pull(self, number: int, fault: LinkLost, voice: Voice) -> None:
        self._world.count(f"fault {number} struck")
        self._world.inject(fault.kind, fault.plc)
        self._hall.settle()
        voice.freeze()
        mended = self._hall.env.timeout(fault.seconds)
        mended.callbacks.append(lambda _: voice.thaw())

    def _due(self, kind: type[F], fits: Callable[[F], bool]) -> Iterator[F]:
        """Yield the faults that this occasion brings; taking one means that it strikes."""
        for number, fault in self._faults:
            if not isinstance(fault, kind) or self._struck(number) or not fits(fault):
                continue
            seen = self._world.count(f"fault {number} occasions")
            if isinstance(fault, LinkLost) or seen <= fault.after or self._hall.env.now < fault.at_s:
                continue
            self._world.count(f"fault {number} struck")
            yield fault

    def _struck(self, number: int) -> bool:
        return self._world.counters.get(f"fault {number} struck", 0) > 0

    def _limit_g(self, device: str) -> int:
        station = self._hall.plant.stations.get(device)
        return round(station.max_weight_kg * 1000) if isinstance(station, GoodsIn) else 0
