"""What a decision is: changes to the floor, facts for the journal, and only then effects on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

from plc.telegram import Command
from wcs.happenings import Happening
from wcs.journal import Fact
from wcs.rows import Change


@dataclass(frozen=True, slots=True)
class Send:
    """A telegram to a device."""

    device: str
    command: Command


@dataclass(frozen=True, slots=True)
class Book:
    """The acknowledgement of an event that is durably booked."""

    device: str
    seq: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """A reading asked of a scanner."""

    scanner: str


@dataclass(frozen=True, slots=True)
class GoOnline:
    """A PLC's read-back is settled."""

    plc: str


@dataclass(frozen=True, slots=True)
class Wake:
    """A later look at some devices, at a plant time in milliseconds."""

    at_ms: int
    devices: tuple[str, ...]


Effect = Send | Book | Trigger | GoOnline | Wake


@dataclass(slots=True)
class Decision:
    """What follows from one happening; `follow` are the next happenings of the same transaction."""

    changes: list[Change] = field(default_factory=list[Change])
    facts: list[Fact] = field(default_factory=list[Fact])
    effects: list[Effect] = field(default_factory=list[Effect])
    follow: list[Happening] = field(default_factory=list[Happening])

    def join(self, other: Decision) -> Decision:
        """Take over what `other` adds, and return self."""
        self.changes += other.changes
        self.facts += other.facts
        self.effects += other.effects
        self.follow += other.follow
        return self
