"""A small PLC and a small controller that keep the contract's rules, to be set at the two ends of any wire."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from plc.clock import Clock
from plc.codes import PROTOCOL_VERSION, AckCode, ActState, CmdCode, EvtCode, PackML, StatusBit
from plc.handshake.responder import Responder, Retentive, admission
from plc.link import Acked, EventRaised, Link, LinkDown, LinkUp, Notice, Port, SysStatus
from plc.telegram import BoxResult, Command, Event, Status

BUSY_AGAIN_S = 0.02


@dataclass
class BenchPlc:
    """Executes each mission in `work_s`; what is in `kept`, `running` and `executed` survives `stop`."""

    make_port: Callable[[], Port]
    devices: tuple[str, ...]
    clock: Clock
    work_s: float = 0.005
    version: int = PROTOCOL_VERSION
    verdict: AckCode = AckCode.ACCEPTED
    box: BoxResult | None = None
    kept: dict[str, Retentive] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    executed: Counter[int] = field(default_factory=Counter)
    boot: int = 0
    life: int = 0
    retained: bool = True
    hung: bool = False
    port: Port | None = None
    responders: dict[str, Responder] = field(default_factory=dict)
    sessions: list[int] = field(default_factory=list)

    async def start(self) -> None:
        """Power up: show what was kept, go on with what was running."""
        self.boot += 1
        self.hung = False
        self.responders = {device: Responder(self.kept.get(device, Retentive())) for device in self.devices}
        self.port = self.make_port()
        await self.port.open(self.wake)
        for device in self.devices:
            self.show(device)
            if device in self.running:
                self.clock.call_later(self.work_s, lambda d=device, b=self.boot: self.work(d, b))
        self.beat(self.boot)

    async def stop(self, *, lose_memory: bool = False) -> None:
        """Power down, as a kill would: nothing is told to anybody."""
        port, self.port = self.port, None
        self.retained = not lose_memory
        if lose_memory:
            self.kept.clear()
        if port is not None:
            await port.close()

    def beat(self, boot: int) -> None:
        """Count our life."""
        if self.port is None or boot != self.boot or self.hung:
            return
        self.life = (self.life + 1) & 0xFFFF
        self.show_sys()
        self.clock.call_later(0.5, lambda: self.beat(boot))

    def show_sys(self) -> None:
        """Publish SYS."""
        word = StatusBit.SIMULATED | (StatusBit.RETAINED if self.retained else StatusBit(0))
        self.port.publish_sys(SysStatus(self.version, self.life, self.boot, self.port.sys().session, int(word)))

    def show(self, device: str) -> None:
        """Make durable, then publish."""
        responder = self.responders[device]
        self.kept[device] = responder.retentive
        busy = device in self.running
        status = Status(PackML.EXECUTE if busy else PackML.IDLE, mission=self.running.get(device, 0))
        self.port.publish_journal(device, responder.journal())
        if self.box is not None and device.startswith("VL"):
            self.port.publish_result(device, self.box)
        self.port.publish(device, responder.image(status))

    def wake(self, device: str) -> None:
        """Scan what was written."""
        if self.port is None or self.hung:
            return
        if device == "SYS":
            self.sessions.append(self.port.sys().session)
            self.show_sys()
            return
        responder, image = self.responders[device], self.port.command(device)
        booked = responder.acknowledge(image.event_ack)
        taken = responder.receive(image, lambda command: self.judge(device, command))
        if taken is not None and taken.command is not None and taken.command.code is not CmdCode.PING:
            self.running[device] = taken.command.mission
            self.clock.call_later(self.work_s, lambda boot=self.boot: self.work(device, boot))
        if taken is not None or booked:
            self.show(device)

    def judge(self, device: str, command: Command) -> AckCode:
        """Accept one mission at a time."""
        if (code := admission(self.port.sys(), self.port.sys().session)) is not AckCode.ACCEPTED:
            return code
        return AckCode.BUSY if device in self.running else self.verdict

    def work(self, device: str, boot: int) -> None:
        """End the mission."""
        if self.port is None or boot != self.boot or device not in self.running:
            return
        mission = self.running.pop(device)
        self.executed[mission] += 1
        responder = self.responders[device]
        responder.finish(mission, ActState.ENDED, 7)
        code = EvtCode.BOXED if self.box is not None else EvtCode.ENDED
        responder.raise_event(Event(code, mission, 3, -2, 70000, -70000, "P-0001"))
        self.show(device)


@dataclass
class BenchController:
    """Sends missions, books their ends; `state` and `booked` are its database and survive a crash."""

    make_link: Callable[[int], Link]
    missions: dict[int, str]  # number -> device
    clock: Clock
    state: dict[int, str] = field(default_factory=dict)
    booked: dict[str, int] = field(default_factory=dict)
    bookings: Counter[int] = field(default_factory=Counter)
    clarify: set[int] = field(default_factory=set)
    notices: list[Notice] = field(default_factory=list)
    session: int = 0
    up: bool = False
    link: Link | None = None
    online: bool = True
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Come up with a new session."""
        self.session += 1
        self.up = False
        link = self.link = self.make_link(self.session)
        link.start(lambda notice: self.take(notice, link))

    async def crash(self) -> None:
        """Lose everything that is not in the database."""
        link, self.link = self.link, None
        await link.stop()

    def take(self, notice: Notice, link: Link) -> None:
        """Handle a notice of the link that is ours now."""
        if link is not self.link:
            return
        self.notices.append(notice)
        match notice:
            case LinkUp():
                self.up = True
                self.settle(notice)
            case LinkDown():
                self.up = False
            case Acked(device, mission, code):
                if code in (AckCode.ACCEPTED, AckCode.KNOWN) and self.state[mission] == "sent":
                    self.state[mission] = "accepted"
                elif code < 0:
                    self.state[mission] = "new"
                    self.clock.call_later(BUSY_AGAIN_S, lambda: self.go(device))
                self.go(device)
            case EventRaised():
                self.event(notice)
            case _:
                pass

    def settle(self, notice: LinkUp) -> None:
        """Compare what was sent with what the devices remember, then go online."""
        for device, image in notice.devices.items():
            known = {entry.mission: entry for entry in image.journal}
            if not notice.retained:
                self.booked.pop(device, None)
            for mission in [m for m, d in self.missions.items() if d == device and self.state.get(m) == "sent"]:
                if mission in known:
                    self.state[mission] = "accepted"
                elif notice.retained:
                    self.state[mission] = "new"
                else:
                    self.clarify.add(mission)
                    self.state[mission] = "unknown"
        if self.online:
            self.link.go_online()
        for device in notice.devices:
            self.go(device)

    def go(self, device: str) -> None:
        """Send the next mission of a device, if none is open there."""
        if self.link is None or not self.up or not self.online:
            return
        mine = [m for m, d in self.missions.items() if d == device]
        if any(self.state.get(m) in ("sent", "accepted") for m in mine):
            return
        for mission in mine:
            if self.state.get(mission, "new") == "new":
                self.state[mission] = "sent"
                self.link.send(device, Command(CmdCode.TRANSPORT, mission, load_id=f"P-{mission}"))
                return

    def event(self, notice: EventRaised) -> None:
        """Book an event once, then acknowledge it."""
        if self.booked.get(notice.device) != notice.seq:
            self.booked[notice.device] = notice.seq
            mission = notice.event.mission
            self.bookings[mission] += 1
            self.state[mission] = "done"
        self.link.book(notice.device, notice.seq)
        self.go(notice.device)
        if all(self.state.get(m) in ("done", "unknown") for m in self.missions):
            self.done.set()

    def seen(self, kind: type) -> list:
        """Return the notices of one kind."""
        return [notice for notice in self.notices if isinstance(notice, kind)]

    async def until(self, test: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Wait until `test` holds; raises TimeoutError."""
        await until(test, timeout_s, lambda: f"last notices: {self.notices[-3:]}")


async def until(test: Callable[[], object], timeout_s: float, state: Callable[[], str] = str) -> None:
    """Wait until `test` holds; raises TimeoutError with what `state` says."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + timeout_s
    while not test():
        if loop.time() > end_s:
            raise TimeoutError(state())
        await asyncio.sleep(0.005)
