"""The crane of the twin in the twin's hall, and the hand that sends it telegrams and looks at the clock.

Nothing stands between: the machine judges, accepts, travels, forks, moves loads from place to place and reports, as it
does behind a soft PLC. It is timed by what it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache, lru_cache

import simpy

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.model import Plant
from plc.plant.places import slot_id, spot
from plc.plant.storage import Crane as CraneSpec
from plc.telegram import Command, Event, Spot
from simulation.devices.crane import XY, Crane
from simulation.hall import Hall
from simulation.loads import Load
from simulation.validate.rack import Rack
from simulation.world import World

Legs = Generator[simpy.Event, Event, None]
NAMED = 99  # columns, and levels, that have names


class Refused(Exception):
    """The crane has refused or broken off what it was told: the twin is wrong, whatever the times say."""


@dataclass(slots=True)
class Ear:
    """The PLC of the crane, as far as it is heard here: when it has picked, and when a mission is over."""

    env: simpy.Environment
    over: simpy.Event
    picked_s: float = -1.0

    def say(self, device: str, event: Event) -> None:
        """Note a pick; wake who waits for the end."""
        if event.code is EvtCode.PICKED:
            self.picked_s = self.env.now
        elif event.code in (EvtCode.ENDED, EvtCode.ABORTED):
            self.over.succeed(event)

    def changed(self, device: str) -> None:
        """Nothing is published."""

    def publish(self) -> None:
        """Nothing is published."""

    def freeze(self) -> None:
        """Nothing is connected."""

    def thaw(self) -> None:
        """Nothing is connected."""


class Driver:
    """One crane in the twin's hall; `world` is what stands where, `infeed` and `outfeed` where its aisle ends."""

    def __init__(self, plant: Plant, spec: CraneSpec, where: Callable[[str], XY] | None = None) -> None:
        """Place the crane at its in-feed."""
        self.env, self.world = simpy.Environment(), World()
        self._hall = Hall(self.env, plant, self.world)
        self.infeed, self.outfeed = plant.aisles[spec.aisle].infeed, plant.aisles[spec.aisle].outfeed
        self._ear, self._machine = Ear(self.env, self.env.event()), Crane(self._hall, spec, where)
        self._hall.settle_in(self._machine, self._ear)
        self._machine.resume(0.0)
        self._mission, self._spots = 0, dict[str, Spot]()

    @property
    def picked_s(self) -> float:
        """Return when the crane last picked something up."""
        return self._ear.picked_s

    def single(self, slot: str) -> Legs:
        """Put a load away, come back empty; the load is gone then."""
        self.come("A")
        yield from self.send(CmdCode.TRANSPORT, "A", self.infeed, slot)
        yield from self.send(CmdCode.HOME, "", slot, self.infeed)
        self.leave("A")

    def dual(self, put: str, get: str) -> Legs:
        """Put a load away, fetch another one; both are gone then."""
        self.world.add(Load("B"), get)
        self.come("A")
        yield from self.send(CmdCode.TRANSPORT, "A", self.infeed, put)
        yield from self.send(CmdCode.TRANSPORT, "B", get, self.outfeed)
        self.leave("A")
        self.leave("B")

    def come(self, load: str) -> None:
        """Let a load stand at the in-feed."""
        self.world.add(Load(load), self.infeed)

    def leave(self, load: str) -> None:
        """Let a load leave the hall, and its place with it."""
        found = self.world.loads[load]
        self._hall.take(found, "yard")
        self.world.remove(found)

    def send(self, code: CmdCode, load: str, source: str, target: str) -> Legs:
        """Send a telegram and wait for the end of the mission. Raises Refused."""
        self._mission += 1
        command = Command(code, self._mission, self._spot(source), self._spot(target), load_id=load)
        if (answer := self._machine.judge(command)) is not AckCode.ACCEPTED:
            raise Refused(f"{code.name} from {source} to {target}: {answer.name}")
        self._ear.over = self.env.event()
        self._machine.accept(command)
        event = yield self._ear.over
        if event.code is not EvtCode.ENDED:
            raise Refused(f"{code.name} from {source} to {target}: {event.code.name}")

    def _spot(self, place: str) -> Spot:
        found = self._spots.get(place)
        if found is None:
            found = self._spots[place] = spot(self._hall.plant, place)
        return found


def before(rack: Rack) -> tuple[Driver, list[str]]:
    """Return the crane before a rack that no plant file describes, and the names of its slots as in `rack.centres`."""
    stands = _stands(rack)
    return Driver(_plant(), rack.crane(), stands.__getitem__), list(stands)[: rack.slots]


@lru_cache(maxsize=4)
def _stands(rack: Rack) -> dict[str, XY]:
    """Return where each slot is, by name, then the in-feed and the out-feed."""
    names = [_name(number) for number in range(rack.slots)]
    return dict(zip(names, rack.centres(), strict=True)) | {"I": (0.0, 0.0), "O": (0.0, 0.0)}


def _name(number: int) -> str:
    """Return the name of a slot; names are only names here, for `before` says where each slot is.

    >>> _name(0), _name(99), _name(39_203)
    ('V-1-01-01', 'V-1-01-02', 'V-2-99-99-2')
    """
    rest, column = divmod(number, NAMED)
    rest, level = divmod(rest, NAMED)
    depth, side = divmod(rest, 2)
    return slot_id("V", side + 1, column + 1, level + 1, depth + 1)


@cache
def _plant() -> Plant:
    """Return a plant of one aisle with every name that a slot can have."""
    heights = [{"name": "all", "from_level": 1, "to_level": NAMED, "height_m": 1.0}]
    aisle = {
        "number": 1, "crane": "VC", "infeed": "I", "outfeed": "O", "sides": 2, "columns": NAMED, "levels": NAMED,
        "depth": 2, "column_pitch_m": 1.0, "level_pitch_m": 1.0, "max_weight_kg": 1000, "height_classes": heights,
    }  # fmt: skip
    crane = Rack().crane().model_dump(exclude={"id"})
    return Plant.model_validate(
        {
            "name": "one rack", "epoch": "2026-01-01T00:00:00Z", "aisles": {"V": aisle}, "cranes": {"VC": crane},
            "plcs": {"PLC1": {"kind": "opcua", "host": "127.0.0.1", "port": 48400}},
            "points": {name: {"number": n, "x_m": 0, "y_m": 0} for n, name in enumerate("IO", 1)},
            "segments": {}, "stations": {}, "docks": {}, "reactions": {},
        }
    )  # fmt: skip
