"""A Link over any polled wire: one owner task that connects, reads back, serves and starts over.

A new channel is made for each connection, and only one attempt lives at a time. Nothing is ever cancelled:
the task ends by a flag, and a call that hangs is ended by dropping its transport. All times are wire time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from plc.clock import Clock
from plc.codes import PROTOCOL_VERSION, RESULTING, CtrlBit, StatusBit
from plc.handshake.commander import Action, Commander, Unanswered, WriteCommand, WriteEventAck
from plc.images import UnknownCode
from plc.link import Acked, DeviceImage, EventRaised, LinkCounts, LinkDown, LinkUp, Notice, StatusImage, SysImage
from plc.recorder import Kind, Recorder
from plc.telegram import Command, JournalEntry
from plc.wires.channel import Channel, ChannelError, LinkLost

BEAT_S = 0.5
LIFE_LOST_S = 3.0
SOON_S = 0.01  # a PLC's scan
AUDIT_S = 5.0  # every device is read this often, even where changes are pushed
BACK_OFF_S = (0.2, 2.0)
TORN_READS = 20
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Connection:
    """What belongs to one connection and dies with it."""

    channel: Channel
    boot_id: int = 0
    life: int = 0
    life_s: float = 0.0  # when the PLC's counter last moved
    beat_s: float = 0.0  # when ours is due
    poll_s: float = 0.0
    audit_s: float = 0.0


@dataclass(slots=True)
class SupervisedLink:
    """One PLC behind channels from `connect`; `poll_s` is how often an open handshake is read."""

    plc: str
    devices: Sequence[str]
    session_id: int
    clock: Clock
    connect: Callable[[], Channel]
    poll_s: float = 0.05
    counts: LinkCounts = field(default_factory=LinkCounts)
    recorder: Recorder = field(init=False)
    _commanders: dict[str, Commander] = field(init=False)
    _notify: Callable[[Notice], None] | None = None
    _writes: deque[tuple[str, Action]] = field(default_factory=deque[tuple[str, Action]])
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _random: Random = field(init=False)
    _task: asyncio.Task[None] | None = None
    _channel: Channel | None = None
    _life: int = 0
    _up: bool = False
    _online: bool = False
    _sys_due: bool = False
    _stopping: bool = False
    _told_down: str = ""

    def __post_init__(self) -> None:
        """Prepare a mailbox for each device."""
        self._commanders = {device: Commander(device) for device in self.devices}
        self.recorder = Recorder(self.plc, self.clock)
        self._random = Random(self.plc)

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Begin to connect, and keep connecting."""
        self._notify = notify
        self._task = self.clock.loop.create_task(self._run(), name=f"link {self.plc}")

    def go_online(self) -> None:
        """Set CtrlWord online; new telegrams may flow."""
        if self._up:
            self._online = self._sys_due = True
            for commander in self._commanders.values():
                commander.go_online()
            self._bell.set()

    def send(self, device: str, command: Command) -> None:
        """Send one telegram; dropped while the link is down or not online."""
        if self._up and (write := self._commanders[device].send(command, self.clock.now_s())):
            self._writes.append((device, write))
            self._bell.set()

    def book(self, device: str, seq: int) -> None:
        """Acknowledge the event `seq`, which is durably booked."""
        if self._up:
            self._writes.append((device, self._commanders[device].book(seq, self.clock.now_s())))
            self._bell.set()

    async def stop(self) -> None:
        """Say goodbye to the PLC, close the connection and end the task."""
        self._stopping = True
        self._bell.set()
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=1.0)
        if self._channel is not None and not self._task.done():
            self._channel.abort()
        await self._task

    async def _run(self) -> None:
        """Connect, serve, and start over, until `stop`."""
        pause_s = BACK_OFF_S[0]
        while not self._stopping:
            lost = await self._live(self.connect())
            pause_s = BACK_OFF_S[0] if self._up else min(pause_s * 2, BACK_OFF_S[1])
            self._down(lost)
            await self._rest(pause_s * self._random.uniform(0.75, 1.25), until_bell=False)

    async def _live(self, channel: Channel) -> LinkLost:
        """Use one connection from its first byte to its last; return why it ended."""
        self._channel = channel
        try:
            await channel.open(self._bell.set)
            connection = await self._read_back(channel)
            while not self._stopping:
                await self._turn(connection)
            await channel.write_sys(SysImage(PROTOCOL_VERSION, self._life, self.session_id, 0))
            return LinkLost("stopped")
        except LinkLost as lost:
            return lost
        except UnknownCode as error:
            return LinkLost("unknown_code", str(error))
        except (ChannelError, OSError) as error:
            return LinkLost("connection_lost", f"{type(error).__name__}: {error}")
        finally:
            self._channel = None
            await channel.close()

    async def _read_back(self, channel: Channel) -> _Connection:
        """Learn what every device holds, then say LinkUp. Writes nothing to a PLC of another version."""
        sys = await channel.read_sys()
        if sys.version != PROTOCOL_VERSION:
            reason = "version" if sys.version else "not_ready"
            raise LinkLost(reason, f"the PLC speaks {sys.version}, we speak {PROTOCOL_VERSION}")
        self._online = self._sys_due = False
        await channel.write_sys(SysImage(PROTOCOL_VERSION, self._life, self.session_id, 0))
        blocks = await channel.read_commands()
        images = await self._all_statuses(channel)
        journals = {device: await channel.read_journal(device) for device in self.devices}
        now_s = self.clock.now_s()
        for device, commander in self._commanders.items():
            commander.sync(blocks[device], images[device])
        self._writes.clear()
        self._up, self._told_down = True, ""
        self.counts.reconnects += 1
        self._say_up(sys.boot_id, StatusBit(sys.word), images, journals)
        for device, image in images.items():
            await self._observe(channel, device, image)
        return _Connection(channel, sys.boot_id, sys.life, now_s, now_s + BEAT_S, now_s, now_s + AUDIT_S)

    def _say_up(
        self,
        boot_id: int,
        word: StatusBit,
        images: dict[str, StatusImage],
        journals: dict[str, tuple[JournalEntry, ...]],
    ) -> None:
        found = {device: DeviceImage(images[device].status, journals[device]) for device in self.devices}
        self.recorder.note(Kind.UP, seq=boot_id)
        retained, soft = StatusBit.RETAINED in word, StatusBit.SIMULATED in word
        self._tell(LinkUp(self.plc, boot_id, retained, soft, found))

    async def _all_statuses(self, channel: Channel) -> dict[str, StatusImage]:
        """Return every STA block; one that is being written is read again."""
        found: dict[str, StatusImage] = {}
        for _ in range(TORN_READS):
            found |= await channel.read_statuses([d for d in self.devices if d not in found])
            if len(found) == len(self.devices):
                return found
            await self.clock.sleep(self.poll_s)
        raise LinkLost("torn", "EvtSeqHead and EvtSeqTail never agree")

    async def _turn(self, connection: _Connection) -> None:
        """Do what is due, then rest until something is."""
        self._bell.clear()
        if self.clock.now_s() >= connection.beat_s:
            await self._beat(connection)
        if self._sys_due:
            await self._write_sys(connection.channel)
        if self._writes:  # the answer is near: look once before the next poll is due
            connection.poll_s = min(connection.poll_s, self.clock.now_s() + min(SOON_S, self.poll_s))
        await self._write_all(connection.channel)
        await self._poll(connection)
        now_s = self.clock.now_s()
        for device, commander in self._commanders.items():
            if commander.waiting:
                self._writes.extend((device, action) for action in commander.due(now_s))
        if not self._writes and not self._sys_due:
            await self._rest(max(0.0, self._next_s(connection) - now_s))

    def _next_s(self, connection: _Connection) -> float:
        if connection.channel.pushes and not any(c.waiting for c in self._commanders.values()):
            return connection.beat_s
        return min(connection.beat_s, connection.poll_s)

    async def _beat(self, connection: _Connection) -> None:
        """Show our life and look at the PLC's."""
        sys = await connection.channel.read_sys()
        now_s = self.clock.now_s()
        if sys.version != PROTOCOL_VERSION:
            raise LinkLost("version" if sys.version else "not_ready", f"the PLC now speaks {sys.version}")
        if sys.boot_id != connection.boot_id:
            raise LinkLost("restarted", f"BootId {connection.boot_id} became {sys.boot_id}")
        if sys.life != connection.life:
            connection.life, connection.life_s = sys.life, now_s
        elif now_s - connection.life_s >= LIFE_LOST_S:
            raise LinkLost("life_stopped", f"Life has stood at {sys.life} for {now_s - connection.life_s:.1f} s")
        connection.beat_s = now_s + BEAT_S
        self._life = (self._life + 1) & 0xFFFF
        self._sys_due = True

    async def _write_sys(self, channel: Channel) -> None:
        self._sys_due = False
        control = int(CtrlBit.ONLINE | CtrlBit.RELEASE) if self._online else 0
        await channel.write_sys(SysImage(PROTOCOL_VERSION, self._life, self.session_id, control))

    async def _write_all(self, channel: Channel) -> None:
        """Write what the mailboxes asked for, in order."""
        while self._writes:
            device, action = self._writes.popleft()
            match action:
                case WriteCommand(seq, command, repeated):
                    self.counts.sent += 1
                    self.counts.repeated += repeated
                    self.recorder.note(Kind.RESEND if repeated else Kind.SEND, device, seq, command)
                    await channel.write_command(device, seq, command)
                case WriteEventAck(seq):
                    self.recorder.note(Kind.BOOK, device, seq)
                    await channel.write_event_ack(device, seq)
                case Unanswered(mission):
                    raise LinkLost("unanswered", f"{device} does not answer mission {mission}")

    async def _poll(self, connection: _Connection) -> None:
        """Read the devices that may have something to say."""
        channel, now_s = connection.channel, self.clock.now_s()
        if now_s < connection.poll_s and not channel.pushes:
            return
        wanted = set(self.devices) if not channel.pushes or now_s >= connection.audit_s else channel.touched()
        if now_s >= connection.audit_s:
            connection.audit_s = now_s + AUDIT_S
        if now_s >= connection.poll_s:
            connection.poll_s = now_s + self.poll_s
            wanted |= {device for device, commander in self._commanders.items() if commander.waiting}
        if wanted:
            for device, image in (await channel.read_statuses([d for d in self.devices if d in wanted])).items():
                await self._observe(channel, device, image)

    async def _observe(self, channel: Channel, device: str, image: StatusImage) -> None:
        for notice in self._commanders[device].observe(image, self.clock.now_s()):
            told: Notice = notice
            if isinstance(notice, Acked):
                self.counts.refused += notice.code < 0
                self.recorder.note(Kind.ACK, device, image.ack_seq, notice)
            elif isinstance(notice, EventRaised):
                self.counts.events += 1
                self.recorder.note(Kind.EVENT, device, notice.seq, notice.event)
                if notice.event.code in RESULTING:
                    told = replace(notice, result=await channel.read_result(device))
            self._tell(told)

    def _down(self, lost: LinkLost) -> None:
        """Say LinkDown once for each reason."""
        fresh = self._up or lost.reason != self._told_down
        self._up, self._told_down = False, lost.reason
        if fresh and not self._stopping:
            log.info("PLC %s: %s %s", self.plc, lost.reason, lost.detail)
            self.recorder.note(Kind.DOWN, fields=f"{lost.reason}: {lost.detail}")
            self._tell(LinkDown(self.plc, lost.reason, lost.detail))

    def _tell(self, notice: Notice) -> None:
        if self._notify is not None and not self._stopping:
            self._notify(notice)

    async def _rest(self, delay_s: float, *, until_bell: bool = True) -> None:
        """Wait `delay_s`, or until the bell rings; `stop` always ends it."""
        if not until_bell:
            self._bell.clear()
        if self._stopping:
            return
        timer = self.clock.call_later(delay_s, self._bell.set)
        await self._bell.wait()
        timer.cancel()
