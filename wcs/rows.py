"""What the floor is made of: frozen rows, each the image of one table row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wcs.life import MissionState, OrderState
from wcs.line.rows import DropCarrier, LineChange
from wcs.orders import OrderKind
from wcs.reasons import NEW, Reason


@dataclass(frozen=True, slots=True)
class Order:
    """A transport order. `device` is the device of its next leg, `claim` the resource it is promised."""

    number: int
    key: str
    kind: OrderKind
    unit: str
    source: str
    destination: str
    priority: int = 0
    due_ms: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    state: OrderState = OrderState.SUBMITTED
    device: str = ""
    claim: str = ""
    mission: int = 0
    confirmed: bool = False  # the WMS has confirmed the slot at the in-feed
    reason: Reason = NEW
    since_ms: int = 0  # in this state
    created_ms: int = 0


@dataclass(frozen=True, slots=True)
class Mission:
    """One device's leg of an order."""

    number: int
    order: int
    device: str
    code: int
    unit: str
    source: str
    target: str
    par1: int = 0
    par2: int = 0
    found: bool = False  # what a cell found on it is booked: it is never booked again
    state: MissionState = MissionState.SENT
    fault: int = 0
    sent_ms: int = 0
    ended_ms: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in motion or at a station. `at` is a point, slot, segment or device; `holds` are its resources.

    `stage` is "scanning" while a bar code is awaited, else "". `faults` are what the entry checks found.
    """

    id: str
    at: str
    holds: tuple[str, ...] = ()
    order: int = 0
    code: str = ""
    weight_g: int = 0
    profile: int = 0
    stage: str = ""
    faults: tuple[str, ...] = ()
    question: str = ""
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class DeviceMemo:
    """What must be remembered of a device: the last booked event and its fault."""

    id: str
    booked_seq: int = 0
    fault: int = 0
    fault_ms: int = 0
    last: str = ""  # where a crane set down its last load


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the WMS; `ask` is "where", "slot", "other_slot", or "admit" for a box that a line has opened.

    States: open, answered, dropped; and for a box "told", "aside", "back", until the robot has done what it was told.
    """

    id: str
    ask: str
    unit: str
    station: str
    order: int = 0
    state: str = "open"
    reason: Reason = Reason("waiting_for_wms")
    asked_ms: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the operator must see, until `cleared_ms` is set."""

    id: int
    fault: str
    subject: str
    device: str = ""
    code: int = 0
    mission: int = 0
    order: int = 0
    unit: str = ""
    reaction: str = ""
    priority: int = 2
    raised_ms: int = 0
    cleared_ms: int = 0


@dataclass(frozen=True, slots=True)
class Serial:
    """The last number given to a unit without a readable code, a question or an alarm."""

    value: int


@dataclass(frozen=True, slots=True)
class BootMemo:
    """The start of a PLC (its BootId) that was last settled with it; since then it has lost no memory."""

    plc: str
    boot_id: int


@dataclass(frozen=True, slots=True)
class LinkMemo:
    """Whether a PLC is in reach; lives in memory only, for a restart knows nothing of the wire."""

    plc: str
    online: bool
    soft: bool = False
    since_ms: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ModeMemo:
    """Who leads a device, as it last said; lives in memory only."""

    device: str
    mode: int


@dataclass(frozen=True, slots=True)
class KnownMission:
    """The highest mission number that a PLC remembers; lives in memory only, each link tells it anew."""

    number: int


@dataclass(frozen=True, slots=True)
class DropUnit:
    """The unit has left the floor: stored, taken in by a line, or handed over."""

    id: str


Durable = Order | Mission | Unit | DeviceMemo | Question | Alarm | Serial | BootMemo | LineChange
Change = Durable | LinkMemo | ModeMemo | KnownMission | DropUnit | DropCarrier
