"""A soft PLC: the blocks of its devices on a port, a mailbox for each, and the machines behind them.

What it must remember across a power cut lives in the world and is durable before it is shown. `kill` loses
everything else, `restart` begins anew with the next boot id, `freeze` only loses the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from plc.clock import Clock
from plc.codes import PROTOCOL_VERSION, RESULTING, AckCode, ActState, CmdCode, EvtCode, StatusBit
from plc.handshake.responder import JOURNAL_SIZE, Responder, Retentive, admission
from plc.link import Port, StatusImage, SysStatus
from plc.plant.kinds import DeviceKind
from plc.plant.model import DeviceSpec
from plc.telegram import Command, Event, JournalEntry
from simulation.clock import PlantStepper
from simulation.devices.build import build
from simulation.devices.goods_in import Arrival
from simulation.hall import Hall, Machine

LIFE_S = 0.5
SILENCE_S = 3.0  # after which the WCS counts as lost
NOTICED_S = 5.0  # of silence: by then the WCS counts the PLC as lost, too
LOOK_S = 0.2  # between two positions of a moving crane

_FINAL = {EvtCode.ENDED: ActState.ENDED, EvtCode.ABORTED: ActState.ABORTED}


class Cable(Protocol):
    """A wire that can be broken from outside, as the memory wire can."""

    def cut(self) -> None:
        """Break it."""
        ...

    def restore(self) -> None:
        """Mend it."""
        ...


@dataclass(frozen=True, slots=True)
class Rack:
    """What a soft PLC is built into: the hall, its time, and how it reaches the WCS."""

    hall: Hall
    stepper: PlantStepper
    wire: Clock
    port: Port
    cable: Cable | None = None
    beating: bool = True  # whether life counters are worth counting (not on a wire that knows who is there)


class SoftPlc:
    """One PLC of the plant; its machines come to life with `start`."""

    def __init__(
        self, name: str, rack: Rack, devices: Sequence[DeviceSpec], plan: Mapping[str, Sequence[Arrival]]
    ) -> None:
        """Build the machines; they stand still."""
        self.name, self._rack, self._hall, self._port = name, rack, rack.hall, rack.port
        self.machines: dict[str, Machine] = {d.id: build(rack.hall, d, self, plan) for d in devices}
        self._sizes = {d.id: _journal_size(rack.hall, d) for d in devices}
        self._responders: dict[str, Responder] = {}
        self._judges = {device: partial(self._judge, machine) for device, machine in self.machines.items()}
        self._cranes = [d.id for d in devices if d.kind is DeviceKind.CRANE]
        self._dirty: dict[str, None] = {}
        self._images: dict[str, StatusImage] = {}
        self._journals: dict[str, tuple[JournalEntry, ...]] = {}
        self.running = self.frozen = False
        self._retained = False
        self.boot_id = self._life = self._session = 0
        self._seen, self._seen_s, self._frozen_s = (-1, -1), 0.0, 0.0
        self._stopped_s: float | None = rack.hall.world.high_water_s
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._load_mailboxes()

    async def start(self) -> None:
        """Boot: open the port, show what is remembered, let the machines go on, and only then say who is there."""
        hall = self._hall
        self.boot_id = hall.world.count(f"boot {self.name}")
        self._life = self._session = 0
        self._seen, self._seen_s = (-1, -1), self._rack.wire.now_s()
        await self._port.open(self._wake)
        if not self._retained:
            for device, responder in self._responders.items():
                responder.cold_start(self._port.command(device))
        self.running, self.frozen = True, False
        hall.world.commit(hall.env.now)
        self._show_all()
        self._publish_sys()
        self._rack.stepper.inject(self._resume)
        self._beat()
        if hall.watched and self._cranes:
            self._look()

    async def kill(self) -> None:
        """Die: the port closes, the machines stand still, what is not in the world is lost."""
        if not self.running:
            return
        self.running, self._stopped_s = False, self._rack.stepper.clock.now_s()
        for machine in self.machines.values():
            machine.halt()
        for timer in self._timers.values():
            timer.cancel()
        await self._port.close()

    async def restart(self) -> None:
        """Die and boot again: the journal, the events not yet booked and the loads are still there."""
        await self.kill()
        await self.start()

    def freeze(self) -> None:
        """Lose the connection: the machines run on, nothing is read or shown."""
        self.frozen, self._frozen_s = True, self._rack.wire.now_s()
        if self._rack.cable is not None:
            self._rack.cable.cut()

    def thaw(self) -> None:
        """Have the connection again, and show everything that has happened meanwhile.

        Not before the other end can have noticed: a silence shorter than its watchdog is no loss.
        """
        if not self.frozen or not self.running:
            return
        left_s = self._frozen_s + NOTICED_S - self._rack.wire.now_s()
        if self._rack.beating and left_s > 0:
            self._timers["thaw"] = self._rack.wire.call_later(left_s, self.thaw)
            return
        self.frozen, self._seen_s = False, self._rack.wire.now_s()
        if self._rack.cable is not None:
            self._rack.cable.restore()
        self._show_all()
        for device in self.machines:
            self._wake(device)

    def say(self, device: str, event: Event) -> None:
        """Queue an event; one that ends a mission also goes into the journal and into the world's count."""
        responder = self._responders[device]
        if (state := _FINAL.get(event.code)) is not None:
            responder.finish(event.mission, state, event.result)
            self._hall.world.execute(event.mission)
        responder.raise_event(event)
        self._changed_mailbox(device)

    def changed(self, device: str) -> None:
        """Have the status of a device shown with the next `publish`."""
        self._dirty[device] = None

    def publish(self) -> None:
        """Show what has changed."""
        if not self.running or self.frozen:
            return
        dirty, self._dirty = self._dirty, {}
        for device in dirty:
            self._show(device)

    @property
    def wcs_lost(self) -> bool:
        """Whether the WCS has been silent for too long: then nothing new is accepted."""
        return self._rack.beating and self._rack.wire.now_s() - self._seen_s > SILENCE_S

    def _resume(self) -> None:
        shift_s = self._hall.env.now - (self._stopped_s if self._stopped_s is not None else self._hall.env.now)
        self._stopped_s = None
        for machine in self.machines.values():
            machine.resume(max(0.0, shift_s))
        for device in self.machines:
            self.changed(device)
        self._hall.settle()
        self.publish()

    def _load_mailboxes(self) -> None:
        for device, size in self._sizes.items():
            kept = self._hall.world.recall("retentive", device, Retentive.from_json)
            self._retained = self._retained or kept is not None
            self._responders[device] = Responder(kept or Retentive(), size)

    def _wake(self, device: str) -> None:
        """A CMD block was written."""
        if self.running and not self.frozen:
            self._rack.stepper.inject(self._read_sys if device == "SYS" else partial(self._read, device))

    def _read_sys(self) -> None:
        self._hear()
        if self._port.sys().session != self._session:
            self._session = self._port.sys().session
            self._publish_sys()
        for device in self.machines:
            self._read(device)

    def _read(self, device: str) -> None:
        """Take in the CMD block: what was booked, then what is new."""
        if not self.running or self.frozen:
            return
        image, responder, machine = self._port.command(device), self._responders[device], self.machines[device]
        shown = responder.shown()
        booked = shown is not None and responder.acknowledge(image.event_ack)
        if booked and shown is not None:
            machine.booked(shown[1])
        accepted = responder.receive(image, self._judges[device])
        if accepted is not None and accepted.command is not None and accepted.command.code is not CmdCode.PING:
            machine.accept(accepted.command)
        if booked or accepted is not None:
            self._changed_mailbox(device)
            self._hall.settle()
            self.publish()

    def _judge(self, machine: Machine, command: Command) -> AckCode:
        code = AckCode.SESSION_STALE if self.wcs_lost else admission(self._port.sys(), self._session)
        if code is not AckCode.ACCEPTED or command.code is CmdCode.PING:
            return code
        return machine.judge(command)

    def _changed_mailbox(self, device: str) -> None:
        self._retained = True
        self._dirty[device] = None
        self._hall.world.touch("retentive", device, self._responders[device].retentive)

    def _show_all(self) -> None:
        self._images.clear()
        self._journals.clear()
        self._dirty.clear()
        for device in self.machines:
            self._show(device)

    def _show(self, device: str) -> None:
        """Show one device: journal and result before the status that refers to them."""
        responder, machine = self._responders[device], self.machines[device]
        image = responder.image(machine.status())
        if image == self._images.get(device):
            return
        self._images[device] = image
        journal = responder.journal()
        if journal is not self._journals.get(device):
            self._journals[device] = journal
            self._port.publish_journal(device, journal)
        if image.event is not None and image.event.code in RESULTING and (result := machine.result()):
            self._port.publish_result(device, result)
        self._port.publish(device, image)

    def _publish_sys(self) -> None:
        word = StatusBit.SIMULATED | StatusBit.SAFETY_CLOSED | StatusBit.REMOTE
        word |= StatusBit.RETAINED if self._retained else StatusBit(0)
        word |= StatusBit.WCS_LOST if self.wcs_lost else StatusBit(0)
        if not self.frozen:
            status = SysStatus(PROTOCOL_VERSION, self._life, self.boot_id, self._session, int(word))
            self._port.publish_sys(status)

    def _beat(self) -> None:
        """Count life, and watch the life of the WCS."""
        if not self.running or not self._rack.beating:
            return
        self._life = (self._life + 1) % 65536
        self._hear()
        self._publish_sys()
        self._hall.world.beat(self._rack.stepper.clock.now_s())
        self._timers["life"] = self._rack.wire.call_later(LIFE_S, self._beat)

    def _hear(self) -> None:
        """Note whether the WCS shows signs of life: a counter that moves, or a new start."""
        sys = self._port.sys()
        if (sys.session, sys.life) != self._seen and not self.frozen:
            self._seen, self._seen_s = (sys.session, sys.life), self._rack.wire.now_s()

    def _look(self) -> None:
        """Show where the cranes are while they move."""
        if self.running:
            self._rack.stepper.inject(self._show_cranes)
            self._timers["look"] = self._rack.wire.call_later(LOOK_S, self._look)

    def _show_cranes(self) -> None:
        for crane in self._cranes:
            self.changed(crane)
        self.publish()


def _journal_size(hall: Hall, device: DeviceSpec) -> int:
    """Return how many missions a device remembers: at least twice what it can hold."""
    segment = hall.plant.segments.get(device.id)
    return JOURNAL_SIZE if segment is None else max(JOURNAL_SIZE, 2 * segment.capacity)
