"""What may happen: notices of the wire, calls at the door, the clock, and the steps that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plc.link import Acked, EventRaised, LinkDown, LinkUp, Scanned, StatusSeen
from plc.plant.kinds import FaultKind
from wcs.faults import CellFault
from wcs.reasons import Reason
from wcs.rows import Order


@dataclass(frozen=True, slots=True)
class Started:
    """The controller has rebuilt its floor and is about to begin."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The door has a new order."""

    order: Order


@dataclass(frozen=True, slots=True)
class Directed:
    """The WMS has answered a question."""

    question: str
    destination: str
    kind: str
    priority: int
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deferred:
    """The WMS has said why it cannot answer yet."""

    question: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """Somebody takes an order back."""

    order: int
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    """Somebody lets a held order go on."""

    order: int


@dataclass(frozen=True, slots=True)
class RankAsked:
    """Somebody gives an order another priority."""

    order: int
    priority: int


@dataclass(frozen=True, slots=True)
class RunReported:
    """A bench says how far a run is; with its last part, what it says of each meter."""

    run: str
    part: int
    state: str
    verdicts: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class PositionAsked:
    """Somebody takes a bench's position out of use or back into it; position 0 releases a stopped bench."""

    bench: str
    position: int
    enabled: bool
    by: str


@dataclass(frozen=True, slots=True)
class PackingAsked:
    """So many boxes of a lot and verdict (0, 1, 2) may be packed in all, `packed` of them are; -1: no limit.

    They are counted for `account`; `why` says for what the others wait. Without `begun` only full boxes count.
    """

    line: str
    lot: int
    verdict: int
    boxes: int
    packed: int
    per_box: int
    account: str = ""
    why: str = "packing_held"
    begun: bool = True


@dataclass(frozen=True, slots=True)
class SettleAsked:
    """Somebody has looked at a cell that forgot a mission, or stopped with it, and says what becomes of it.

    `way` is "again" (the cell does it once more), "done" (it is done) or "out" (its meters have been taken out).
    """

    mission: int
    way: str
    by: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment that a decision asked to be woken at."""

    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CameToHalt:
    """A mission has ended: the order's unit stands at the end of its leg."""

    order: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit stands at a station and belongs to no order."""

    unit: str


@dataclass(frozen=True, slots=True)
class FaultFound:
    """Something is wrong with a unit or a device: `subject` is what the alarm is about."""

    fault: FaultKind | CellFault
    subject: str
    device: str = ""
    code: int = 0
    mission: int = 0
    order: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A unit needs the WMS to say where it shall go; `what` is "where", "slot" or "other_slot"."""

    unit: str
    what: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A device may have something to do."""

    device: str


Happening = (
    Started | LinkUp | LinkDown | Acked | EventRaised | StatusSeen | Scanned
    | Submitted | Directed | Deferred | CancelAsked | ResumeAsked | RankAsked | Tick | RunReported | PositionAsked
    | SettleAsked | PackingAsked | CameToHalt | Standing | FaultFound | Asking | Dispatch
)  # fmt: skip
