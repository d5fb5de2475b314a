"""The device's end of the handshake: what a PLC does with its CMD block, as pure values.

The order matters (docs/devices/contract.md): a mission enters the retentive journal before it is answered,
and is answered before it is started. A caller makes `Responder.retentive` durable, then publishes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from plc.codes import PROTOCOL_VERSION, AckCode, ActState, CmdCode, CtrlBit, EvtCode, next_seq
from plc.link import CommandImage, StatusImage, SysImage
from plc.telegram import Command, Event, JournalEntry, Reply, Status
from plc.values import replace

JOURNAL_SIZE = 24
IDEMPOTENT = frozenset({CmdCode.CANCEL, CmdCode.CLEAR, CmdCode.PING})
"""Commands about a mission rather than of one: judged each time, never entered in the journal."""
FINISHED = frozenset({ActState.ENDED, ActState.ABORTED})


@dataclass(frozen=True, slots=True)
class Retentive:
    """What a device remembers across a power cut."""

    last_seq: int = 0
    last_ack: AckCode = AckCode.NONE
    journal: tuple[JournalEntry, ...] = ()  # oldest first
    events: tuple[tuple[int, Event], ...] = ()  # the first one is shown
    evt_seq: int = 0
    last_mission: int = 0

    def to_json(self) -> str:
        """Return the value as JSON text."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Retentive:
        """Return the value that `to_json` wrote; raises ValueError or KeyError on any other text."""
        raw = json.loads(text)
        return Retentive(
            last_seq=raw["last_seq"],
            last_ack=AckCode(raw["last_ack"]),
            journal=tuple(JournalEntry(e["mission"], ActState(e["state"]), e["result"]) for e in raw["journal"]),
            events=tuple((seq, Event(**(e | {"code": EvtCode(e["code"])}))) for seq, e in raw["events"]),
            evt_seq=raw["evt_seq"],
            last_mission=raw["last_mission"],
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """A new telegram was answered; `command` is what to start, None if there is nothing to do."""

    reply: Reply
    command: Command | None


def admission(sys: SysImage, session_echo: int) -> AckCode:
    """Return ACCEPTED if this WCS may command at all, else the refusal of every telegram.

    `session_echo` is the session the PLC echoes; a telegram from a WCS that has not gone online is stale.
    """
    if sys.version != PROTOCOL_VERSION:
        return AckCode.VERSION
    if sys.session != session_echo or not sys.control & CtrlBit.ONLINE:
        return AckCode.SESSION_STALE
    return AckCode.ACCEPTED


@dataclass(slots=True)
class Responder:
    """One device's mailbox: answers telegrams once, remembers missions, shows events one by one."""

    retentive: Retentive = field(default_factory=Retentive)
    journal_size: int = JOURNAL_SIZE

    def cold_start(self, image: CommandImage) -> None:
        """Forget everything, and take the CMD block as it stands for answered.

        Without this a block that outlived the journal would be executed a second time, and an old EvtAckSeq
        could swallow the first event.
        """
        self.retentive = Retentive(last_seq=image.tail, evt_seq=image.event_ack)

    def receive(self, image: CommandImage, judge: Callable[[Command], AckCode]) -> Accepted | None:
        """Answer the CMD block if it holds a new and complete telegram, else return None.

        `judge` is asked only about missions that the journal does not know; its ACCEPTED enters them there.
        """
        kept, command = self.retentive, image.command
        if command is None or image.head != image.tail or image.tail in (0, kept.last_seq):
            return None
        code = self._known(command) or judge(command)
        journal = kept.journal
        if code is AckCode.ACCEPTED and command.code not in IDEMPOTENT:
            journal = _entered(journal, JournalEntry(command.mission, ActState.ALLOWED), self.journal_size)
        self.retentive = replace(
            kept, last_seq=image.tail, last_ack=code, last_mission=command.mission, journal=journal
        )
        return Accepted(Reply(image.tail, code), command if code is AckCode.ACCEPTED else None)

    def raise_event(self, event: Event) -> int:
        """Queue an event behind those not yet booked; return its sequence number."""
        kept = self.retentive
        seq = next_seq(kept.evt_seq)
        self.retentive = replace(kept, evt_seq=seq, events=(*kept.events, (seq, event)))
        return seq

    def acknowledge(self, event_ack: int) -> bool:
        """Drop the shown event if the WCS has booked it; return whether something changed."""
        kept = self.retentive
        if not kept.events or kept.events[0][0] != event_ack:
            return False
        self.retentive = replace(kept, events=kept.events[1:])
        return True

    def finish(self, mission: int, state: ActState, result: int = 0) -> None:
        """Note in the journal how far `mission` is; a mission it does not hold is ignored."""
        journal = tuple(
            JournalEntry(mission, state, result) if entry.mission == mission else entry
            for entry in self.retentive.journal
        )
        self.retentive = replace(self.retentive, journal=journal)

    def shown(self) -> tuple[int, Event] | None:
        """Return the event that waits to be booked, with its sequence number."""
        return self.retentive.events[0] if self.retentive.events else None

    def journal(self) -> tuple[JournalEntry, ...]:
        """Return what the device remembers of its missions, oldest first."""
        return self.retentive.journal

    def image(self, status: Status) -> StatusImage:
        """Return the STA block: `status` with the answer and the event that stand."""
        kept = self.retentive
        seq, event = kept.events[0] if kept.events else (0, None)
        return StatusImage(status, kept.last_seq, kept.last_ack, seq, event, kept.last_mission)

    def _known(self, command: Command) -> AckCode | None:
        """Return the answer that needs no judge: bad number, done before, or no room to remember it."""
        if command.code in IDEMPOTENT:
            return None
        if command.mission == 0 or command.code is CmdCode.NONE:
            return AckCode.BAD_CODE
        journal = self.retentive.journal
        if any(entry.mission == command.mission for entry in journal):
            return AckCode.KNOWN
        if len(journal) >= self.journal_size and not any(entry.state in FINISHED for entry in journal):
            return AckCode.BUSY
        return None


def _entered(journal: tuple[JournalEntry, ...], new: JournalEntry, size: int) -> tuple[JournalEntry, ...]:
    """Append `new`; when full, the oldest finished mission makes room, never a running one."""
    if len(journal) < size:
        return (*journal, new)
    out = next(i for i, entry in enumerate(journal) if entry.state in FINISHED)
    return (*journal[:out], *journal[out + 1 :], new)
