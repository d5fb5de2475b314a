"""The lives of an order and of a mission: states, events, and the tables that hold them together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from plc.states import final_states


class OrderState(StrEnum):
    """How far a transport order is."""

    SUBMITTED = "submitted"  # the door has it, the controller not yet
    WAITING = "waiting"  # the unit stands; the reason says for what
    MOVING = "moving"  # a mission is out
    WITHDRAWN = "withdrawn"  # taken back while moving; comes to its next halt first
    HELD = "held"  # somebody must put something right
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MissionState(StrEnum):
    """How far a mission is."""

    SENT = "sent"  # the telegram is out, unanswered
    RUNNING = "running"  # accepted; the unit still stands at its source
    LOADED = "loaded"  # the unit is aboard
    UNKNOWN = "unknown"  # the link fell in between; the device must be read back first
    CLARIFY = "clarify"  # the device has lost its memory; somebody must look
    HELD = "held"  # a cell stopped with it, or says of it what cannot be; somebody must look
    DONE = "done"
    ABORTED = "aborted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Adopted:
    """The controller has taken the order over."""


@dataclass(frozen=True, slots=True)
class Departed:
    """A mission has been sent for it."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Its unit stands at the end of a leg."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Its unit is where it should be."""


@dataclass(frozen=True, slots=True)
class Broken:
    """It cannot be done any more."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody must put something right."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Somebody has put it right."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Somebody has taken it back."""


ORDER: dict[tuple[OrderState, type], OrderState] = {
    (OrderState.SUBMITTED, Adopted): OrderState.WAITING,
    (OrderState.SUBMITTED, Broken): OrderState.FAILED,
    (OrderState.SUBMITTED, TakenBack): OrderState.CANCELLED,
    (OrderState.WAITING, Departed): OrderState.MOVING,
    (OrderState.WAITING, Arrived): OrderState.FINISHED,
    (OrderState.WAITING, Broken): OrderState.FAILED,
    (OrderState.WAITING, Stopped): OrderState.HELD,
    (OrderState.WAITING, TakenBack): OrderState.CANCELLED,
    (OrderState.MOVING, Halted): OrderState.WAITING,
    (OrderState.MOVING, Arrived): OrderState.FINISHED,
    (OrderState.MOVING, Broken): OrderState.FAILED,
    (OrderState.MOVING, Stopped): OrderState.HELD,
    (OrderState.MOVING, TakenBack): OrderState.WITHDRAWN,
    (OrderState.WITHDRAWN, Halted): OrderState.CANCELLED,
    (OrderState.WITHDRAWN, Arrived): OrderState.FINISHED,
    (OrderState.WITHDRAWN, Broken): OrderState.FAILED,
    (OrderState.WITHDRAWN, Stopped): OrderState.HELD,
    (OrderState.HELD, Resumed): OrderState.WAITING,
    (OrderState.HELD, Broken): OrderState.FAILED,
    (OrderState.HELD, TakenBack): OrderState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The device has answered, or its journal has: it knows the mission."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The device has answered no."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The unit is aboard."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The unit is at the target."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The device has given up."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell has stopped, and still has what it is about."""


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The link fell before the answer."""


@dataclass(frozen=True, slots=True)
class SentAgain:
    """It went out again under the same number."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The device has lost its memory."""


LIVE = (
    MissionState.SENT, MissionState.UNKNOWN, MissionState.RUNNING, MissionState.CLARIFY, MissionState.LOADED,
)  # fmt: skip
HEARD: dict[type, MissionState] = {
    Picked: MissionState.LOADED, Ended: MissionState.DONE, GaveUp: MissionState.ABORTED, Kept: MissionState.HELD,
}  # fmt: skip
"""What a device tells of a mission counts in every state but the last ones: its answer may be lost, its word not."""
MISSION: dict[tuple[MissionState, type], MissionState] = {
    (MissionState.SENT, Accepted): MissionState.RUNNING,
    (MissionState.SENT, Refused): MissionState.REFUSED,
    (MissionState.SENT, LinkLost): MissionState.UNKNOWN,
    (MissionState.UNKNOWN, Accepted): MissionState.RUNNING,
    (MissionState.UNKNOWN, SentAgain): MissionState.SENT,
    (MissionState.UNKNOWN, Forgotten): MissionState.CLARIFY,
    (MissionState.RUNNING, Accepted): MissionState.RUNNING,
    (MissionState.RUNNING, Forgotten): MissionState.CLARIFY,
    (MissionState.LOADED, Accepted): MissionState.LOADED,
    (MissionState.LOADED, Forgotten): MissionState.CLARIFY,
    (MissionState.CLARIFY, SentAgain): MissionState.SENT,
    **{(state, event): to for state in LIVE for event, to in HEARD.items()},
    (MissionState.HELD, Ended): MissionState.DONE,
    (MissionState.HELD, GaveUp): MissionState.ABORTED,
}

ORDER_FINAL = frozenset(final_states(ORDER))
MISSION_FINAL = frozenset(final_states(MISSION))
