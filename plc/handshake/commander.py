"""The controller's end of the handshake, for one device, as a pure state machine.

It is fed with what was read and returns what to write; it knows no wire and reads no clock. Times are wire
time in seconds. A time-out means unknown, never failed: the same mission goes out again under a new
sequence number, and the device's journal keeps it from being done twice.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from plc.codes import next_seq
from plc.link import Acked, CommandImage, EventRaised, StatusImage, StatusSeen
from plc.telegram import Command, Status
from plc.values import replace

RETRY_S = 1.0
TRIES = 3
POSITION_S = 0.2  # positions at most five times a second


@dataclass(frozen=True, slots=True)
class WriteCommand:
    """Write the body with `seq` as head, then in a request of its own `seq` as tail."""

    seq: int
    command: Command
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class WriteEventAck:
    """Write EvtAckSeq."""

    seq: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The device has not answered `mission` after all tries: the link is no use as it stands."""

    mission: int


Action = WriteCommand | WriteEventAck | Unanswered


@dataclass(slots=True)
class _Outstanding:
    command: Command
    seq: int
    sent_s: float
    tries: int = 1


@dataclass(slots=True)
class Commander:
    """What the controller knows of one device's mailbox since the last read-back."""

    device: str
    online: bool = False
    seq: int = 0  # of the last telegram written
    seen: StatusImage = field(default_factory=StatusImage)
    _tail: int = 0
    _out: _Outstanding | None = None
    _queue: deque[Command] = field(default_factory=deque[Command])
    _booked: int = 0  # the EvtAckSeq written last
    _booked_s: float = 0.0
    _told: int = 0  # the event told last
    _status: Status | None = None  # the status told last
    _status_s: float = -POSITION_S

    def sync(self, block: CommandImage, seen: StatusImage) -> None:
        """Begin anew from what was read back; what was outstanding is for the journal to settle."""
        self.online = False
        self.seq = block.head or seen.ack_seq
        self.seen = seen
        self._tail = block.tail
        self._out = None
        self._queue.clear()
        self._booked, self._told = block.event_ack, block.event_ack
        self._status, self._status_s = seen.status, -POSITION_S

    def go_online(self) -> None:
        """Let telegrams flow."""
        self.online = True

    def send(self, command: Command, now_s: float) -> WriteCommand | None:
        """Return the telegram to write; None before `go_online`, or while another one is unanswered.

        The latter waits its turn and comes out of `due`.
        """
        if not self.online:
            return None
        if self._out is not None:
            self._queue.append(command)
            return None
        self._out = _Outstanding(command, self._next_seq(), now_s)
        return WriteCommand(self._out.seq, command)

    def book(self, seq: int, now_s: float) -> WriteEventAck:
        """Return the acknowledgement of the event `seq`, which is durably booked."""
        self._booked, self._booked_s = seq, now_s
        return WriteEventAck(seq)

    def observe(self, seen: StatusImage, now_s: float) -> list[Acked | EventRaised | StatusSeen]:
        """Take in the STA block and return what is new in it: the answer first, then the event."""
        self.seen = seen
        found: list[Acked | EventRaised | StatusSeen] = []
        out = self._out
        if out is not None and seen.ack_seq == out.seq and seen.ack_mission in (0, out.command.mission):
            self._out = None
            found.append(Acked(self.device, out.command.mission, seen.ack_code))
        if self._worth_telling(seen.status, now_s):
            self._status, self._status_s = seen.status, now_s
            found.append(StatusSeen(self.device, seen.status))
        if seen.event_seq not in (0, self._told) and seen.event is not None:
            self._told = seen.event_seq
            found.append(EventRaised(self.device, seen.event_seq, seen.event))
        return found

    def due(self, now_s: float) -> list[Action]:
        """Return what is to be written by now: a queued telegram, a repetition, a lost acknowledgement."""
        actions: list[Action] = []
        if self._out is None and self._queue and (write := self.send(self._queue.popleft(), now_s)):
            actions.append(write)
        elif self._out is not None and now_s - self._out.sent_s >= RETRY_S:
            actions.append(self._again(self._out, now_s))
        if self.seen.event_seq and self.seen.event_seq == self._booked and now_s - self._booked_s >= RETRY_S:
            actions.append(self.book(self._booked, now_s))
        return actions

    @property
    def waiting(self) -> bool:
        """Whether a telegram is unanswered or an event is still shown, so that the device needs to be read."""
        return self._out is not None or bool(self._queue) or self.seen.event_seq != 0

    def _again(self, out: _Outstanding, now_s: float) -> WriteCommand | Unanswered:
        if out.tries >= TRIES:
            return Unanswered(out.command.mission)
        out.seq, out.sent_s, out.tries = self._next_seq(), now_s, out.tries + 1
        return WriteCommand(out.seq, out.command, repeated=True)

    def _next_seq(self) -> int:
        """Return a number that stands nowhere in the mailbox, or a half-written block could look complete."""
        self.seq = next_seq(self.seq)
        while self.seq in (self._tail, self.seen.ack_seq):
            self.seq = next_seq(self.seq)
        self._tail = self.seq
        return self.seq

    def _worth_telling(self, status: Status, now_s: float) -> bool:
        told = self._status
        if told is None or status == told:
            return told is None
        moved = replace(status, x_mm=told.x_mm, y_mm=told.y_mm, z_mm=told.z_mm)
        return moved != told or now_s - self._status_s >= POSITION_S
