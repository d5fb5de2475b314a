"""A driver for tests of the plant: the controller's end of memory wires, which commands devices directly.

It books every event at once, keeps them with their plant time, and knows nothing of orders or ways.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from plc.clock import Clock
from plc.codes import AckCode, CmdCode, EvtCode
from plc.link import Acked, EventRaised, LinkUp, Notice
from plc.plant.model import Plant
from plc.plant.places import spot
from plc.telegram import Command
from plc.wires.make import make_memory_pair
from simulation.clock import JumpLoop
from simulation.loads import Box, Load
from simulation.study import Study
from simulation.twin import Twin, Wires
from simulation.world import World


class Driver:
    """A twin on memory wires and the hand that drives it; use it with `drive`."""

    def __init__(self, plant: Plant, study: Study | None = None, *, path: Path | None = None) -> None:
        self.plant, self.world = plant, World(path)
        loop = asyncio.get_running_loop()
        self.clock = Clock.started(loop, start_s=self.world.high_water_s)
        pairs = {
            name: make_memory_pair(name, plant.devices_by_plc[name], session_id=1, clock=self.clock)
            for name in plant.plcs
        }
        self.links = {name: link for name, (link, _) in pairs.items()}
        ports = {name: port for name, (_, port) in pairs.items()}
        cables = {name: port.wire for name, port in ports.items()}
        wires = Wires(self.clock, self.clock, ports, cables, beating=False, watched=False)
        self.twin = Twin(plant, study or Study(), world=self.world, wires=wires)
        self.events: list[tuple[float, EventRaised]] = []
        self.acks: dict[int, AckCode] = {}
        self.mission = max(self.world.executed, default=0)
        self.online: set[str] = set()
        self.booking = True
        self.unbooked: list[EventRaised] = []

    async def __aenter__(self) -> Driver:
        await self.twin.start()
        for link in self.links.values():
            link.start(self._note)
        await self.until(lambda: self.online == set(self.links))
        await self.clock.sleep(0.05)
        return self

    async def __aexit__(self, *_: object) -> None:
        for link in self.links.values():
            await link.stop()
        await self.twin.stop()

    def place(self, code: str, at: str, *, boxes: int = 0, meters: int = 0) -> Load:
        """Put a load into the plant by hand: piles of up to five boxes."""
        filled = [Box(f"{code}B{b}", [f"{code}M{b}-{m}" for m in range(meters)]) for b in range(boxes)]
        load = Load(code, [filled[i : i + 5] for i in range(0, boxes, 5)])
        self.world.add(load, at)
        return load

    def take_away(self, load: Load) -> None:
        """Take a load from where it stands into the yard, by hand."""

        def take() -> None:
            self.twin.hall.take(load, "yard")
            self.twin.hall.settle()

        self.twin.stepper.inject(take)

    def send(
        self, device: str, code: CmdCode, load_id: str = "", source: str = "", target: str = "", *, par1: int = 0
    ) -> int:
        """Send one telegram, as a WCS would, and return its mission number."""
        self.mission += 1
        source = source or device
        command = Command(
            code, self.mission, spot(self.plant, source), spot(self.plant, target or device), load_id=load_id, par1=par1
        )
        self.links[self.plant.devices[device].plc].send(device, command)
        return self.mission

    def move(self, device: str, load_id: str, source: str, target: str) -> int:
        """Have a load transported."""
        return self.send(device, CmdCode.TRANSPORT, load_id, source, target)

    async def ack(self, mission: int) -> AckCode:
        """Return how a mission was answered."""
        await self.until(lambda: mission in self.acks)
        return self.acks[mission]

    async def when(self, code: EvtCode, *, mission: int = 0, device: str = "") -> float:
        """Wait for an event and return the plant time at which it was seen."""
        await self.until(lambda: self.time_of(code, mission=mission, device=device) is not None)
        found = self.time_of(code, mission=mission, device=device)
        assert found is not None
        return found

    def time_of(self, code: EvtCode, *, mission: int = 0, device: str = "") -> float | None:
        """Return when an event was seen first, None if it was not."""
        for at_s, notice in self.events:
            if notice.event.code is code and mission in (0, notice.event.mission) and device in ("", notice.device):
                return at_s
        return None

    async def until(self, holds: Callable[[], bool], *, within_s: float = 10_000.0) -> None:
        """Let plant time pass until something holds."""
        end_s = self.clock.now_s() + within_s
        while not holds():
            assert self.clock.now_s() < end_s, f"not within {within_s} s"
            await self.clock.sleep(0.05)

    def _note(self, notice: Notice) -> None:
        match notice:
            case LinkUp(plc=plc):
                self.links[plc].go_online()
                self.online.add(plc)
            case Acked(mission=mission, code=code):
                self.acks[mission] = code
            case EventRaised():
                self.events.append((self.clock.now_s(), notice))
                if self.booking:
                    self.book(notice)
                else:
                    self.unbooked.append(notice)
            case _:
                pass

    def book(self, notice: EventRaised) -> None:
        """Acknowledge an event."""
        self.links[self.plant.devices[notice.device].plc].book(notice.device, notice.seq)


def drive(story: Callable[[], object]) -> None:
    """Run an async story at infinite speed."""
    with asyncio.Runner(loop_factory=JumpLoop) as runner:
        runner.run(story())  # type: ignore[arg-type]
