"""The hall that the machines stand in: who may use a point next, who is told, and when it becomes durable."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import simpy

from plc.codes import AckCode, FaultCode
from plc.plant.model import Plant
from plc.plant.places import UnknownPlace, place
from plc.telegram import BoxResult, Command, Event, Spot, Status
from simulation.loads import Load
from simulation.physics import Physics
from simulation.world import World, adapter

R = TypeVar("R")
NOWHERE = "nowhere"  # a place that this plant does not have


class Machine(Protocol):
    """One device of the twin: records in the world, and one alarm for the next thing that happens to it."""

    id: str

    def judge(self, command: Command) -> AckCode:
        """Return whether the command can be carried out, without doing anything."""
        ...

    def accept(self, command: Command) -> None:
        """Begin with a command that `judge` has accepted."""
        ...

    def granted(self, point: str) -> None:
        """Go on: a point that the machine has asked for is free and kept for it."""
        ...

    def arrived(self, point: str) -> None:
        """Take note that a load stands at a point that the machine works at."""
        ...

    def booked(self, event: Event) -> None:
        """Take note that the WCS has booked an event."""
        ...

    def status(self) -> Status:
        """Return the status as it stands."""
        ...

    def result(self) -> BoxResult | None:
        """Return the RES block, if the machine has one."""
        ...

    def halt(self) -> None:
        """Stand still: the PLC is dead."""
        ...

    def resume(self, shift_s: float) -> None:
        """Go on where the record says, `shift_s` later than it says."""
        ...


class Voice(Protocol):
    """The PLC that speaks for a machine."""

    def say(self, device: str, event: Event) -> None:
        """Report an event; ENDED and ABORTED also finish their mission."""
        ...

    def changed(self, device: str) -> None:
        """Have the status of a device published."""
        ...

    def publish(self) -> None:
        """Show what has changed."""
        ...

    def freeze(self) -> None:
        """Lose the connection."""
        ...

    def thaw(self) -> None:
        """Have the connection again."""
        ...


class Mishaps(Protocol):
    """Who puts faults into the plant."""

    def arriving(self, device: str, load: Load) -> None:
        """Spoil a load that is about to enter."""
        ...

    def stoppage(self, device: str) -> tuple[FaultCode, float] | None:
        """Return the fault and its seconds if the mission that begins is to be interrupted."""
        ...

    def putting(self, crane: str, slot: str) -> None:
        """Act just before a crane puts into a slot."""
        ...

    def getting(self, crane: str, slot: str) -> None:
        """Act just before a crane gets from a slot."""
        ...


class Watch(Protocol):
    """Who looks on, and keeps account of what the machines do."""

    def touched(self, device: str) -> None:
        """Take note that a device is not what it was; it may still change in this instant."""
        ...

    def settled(self, now_s: float) -> None:
        """Look at what was touched: nothing more happens to it in this instant."""
        ...


@dataclass(slots=True)
class Calm:
    """Mishaps that never happen."""

    def arriving(self, device: str, load: Load) -> None:
        """Leave the load as it is."""

    def stoppage(self, device: str) -> tuple[FaultCode, float] | None:
        """Return no fault."""

    def putting(self, crane: str, slot: str) -> None:
        """Leave the slot as it is."""

    def getting(self, crane: str, slot: str) -> None:
        """Leave the slot as it is."""


class Hall:
    """What the machines share: time, the world, the plant, chance, and the right to enter a point."""

    def __init__(self, env: simpy.Environment, plant: Plant, world: World, physics: Physics | None = None) -> None:
        """Furnish the world with the places of the plant."""
        self.env, self.plant, self.world = env, plant, world
        self.physics = physics or Physics()
        self.mishaps: Mishaps = Calm()
        self.machines: dict[str, Machine] = {}
        self.yards: dict[str, Any] = {}  # by line: the carriers that its cells share
        self.faults_of: Callable[[str], frozenset[str]] = lambda code: frozenset()  # what is truly wrong with a meter
        self.voices: dict[str, Voice] = {}
        self._workers: dict[str, list[str]] = {}  # by point: the machines that are told of arrivals
        self._kept: dict[str, str] = {}  # by point: the machine that it is kept for
        self._queues: dict[str, deque[str]] = {}  # by point: the machines that wait for it
        self.freed_s: dict[str, float] = {}  # by point: when a load last left it
        self.watched = False  # whether anybody may look at positions while machines move
        self.watch: Watch | None = None
        self._loud: dict[int, Voice] = {}
        self._places: dict[Spot, str] = {}
        many = {"", "yard", *plant.devices} - set(plant.cranes)
        world.now_s = lambda: env.now
        world.furnish(frozenset(many))

    def place(self, spot: Spot) -> str:
        """Return the name of a spot; NOWHERE if this plant does not have it."""
        name = self._places.get(spot)
        if name is None:
            try:
                name = place(self.plant, spot)
            except UnknownPlace:
                name = NOWHERE
            self._places[spot] = name
        return name

    def settle_in(self, machine: Machine, voice: Voice, points: tuple[str, ...] = ()) -> None:
        """Let a machine work in the hall, spoken for by `voice` and told of arrivals at `points`."""
        self.machines[machine.id] = machine
        self.voices[machine.id] = voice
        for point in points:
            self._workers.setdefault(point, []).append(machine.id)

    def say(self, device: str, event: Event) -> None:
        """Report an event of a device."""
        voice = self.voices[device]
        voice.say(device, event)
        self._loud[id(voice)] = voice

    def changed(self, device: str, record: object = None) -> None:
        """Note that a device, and its record in the world, is not what it was."""
        voice = self.voices[device]
        voice.changed(device)
        self._loud[id(voice)] = voice
        if self.watch is not None:
            self.watch.touched(device)
        if record is not None:
            self.world.touch("machine", device, record)

    def recall(self, device: str, of: type[R], new: R) -> R:
        """Return the record of a machine, or `new` if the world has none."""
        kind: Any = adapter(of)
        return self.world.recall("machine", device, kind.validate_json) or new

    def request(self, point: str, device: str) -> bool:
        """Return whether `device` may bring a load to a point now; if not, it is granted in its turn."""
        holder = self._kept.get(point)
        if holder == device or (holder is None and point not in self.world.stands):
            self._kept[point] = device
            return True
        queue = self._queues.setdefault(point, deque())
        if device not in queue:
            queue.append(device)
        return False

    def bring(self, load: Load, point: str) -> None:
        """Set a load down at a point that was granted, and tell who works there."""
        self._kept.pop(point, None)
        self.world.move(load, point)
        for device in self._workers.get(point, ()):
            self.machines[device].arrived(point)

    def take(self, load: Load, place: str) -> None:
        """Move a load away from where it stands, and grant that place to who waits first."""
        left = load.place
        self.world.move(load, place)
        self.freed_s[left] = self.env.now
        queue = self._queues.get(left)
        if queue and left not in self.world.stands:
            device = queue.popleft()
            self._kept[left] = device
            self.machines[device].granted(left)

    def settle(self) -> None:
        """Make everything durable that has changed, then show it."""
        self.world.commit(self.env.now)
        if self.watch is not None:
            self.watch.settled(self.env.now)
        while self._loud:
            loud, self._loud = self._loud, {}
            for voice in loud.values():
                voice.publish()

    def clear_claims(self) -> None:
        """Forget who waits for which point: the machines ask again when they resume."""
        self._kept.clear()
        self._queues.clear()
