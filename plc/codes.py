"""The numbers on the wire (docs/devices/contract.md): every code that either side may write."""

from __future__ import annotations

from enum import IntEnum, IntFlag

PROTOCOL_VERSION = 1
NONE = 65535  # a UInt that is not used
SEQ_LAST = 65535  # sequence numbers run 1..65535, 0 means none


def next_seq(seq: int) -> int:
    """Return the sequence number after `seq`; 65535 is followed by 1.

    >>> next_seq(0), next_seq(65535)
    (1, 1)
    """
    return seq % SEQ_LAST + 1


class CmdCode(IntEnum):
    """What a device is told to do."""

    NONE = 0
    TRANSPORT = 1  # take the load at Src and set it down at Dst
    PICK = 2  # take a load aboard (a magazine: hand out an empty pallet)
    PLACE = 3  # set down the load that is aboard (a dock: hand over)
    MOVE_EMPTY = 4
    HOME = 5
    CANCEL = 10
    CLEAR = 11
    SCAN = 20
    VERIFY = 30  # a line takes in the pallet named by LoadId
    VERIFY_ABORT = 31
    SEAL = 40
    BOX = 41  # a line packs what it still holds of the lot in Par1 and lets it go
    PING = 200


class AckCode(IntEnum):
    """How a device answers a telegram."""

    NONE = 0
    ACCEPTED = 1
    KNOWN = 2  # this mission number is in the journal already: nothing is done twice
    BUSY = -1
    WRONG_MODE = -2
    BAD_CODE = -3
    BAD_PLACE = -4
    FAULT_ACTIVE = -5
    LOAD_MISMATCH = -6
    VERSION = -7
    SESSION_STALE = -8
    JOURNAL_LOST = -9


class EvtCode(IntEnum):
    """What a device reports, once each, until it is acknowledged."""

    NONE = 0
    ENDED = 1
    ABORTED = 2  # EvtResult holds a FaultCode
    PICKED = 3  # the load has left its source and is aboard
    PLACED = 4
    REACHED = 5
    ARRIVED = 10  # a load stands at EvtPoint; EvtData1 weight in g, EvtResult profile bits
    READ = 11
    NO_READ = 12
    RESULT_READY = 20  # a cell has worked on a carrier; what came out stands in the RES block
    SEALED = 30
    BOXED = 31  # a box is packed; its contents stand in the RES block
    OPENED = 32  # a box is open and scanned; its contents stand in the RES block
    FILLED = 33  # a carrier is ready to go; EvtData1 is the lot, its meters stand in the RES block
    SPOILT = 34  # a seal, named by EvtLoadId, is broken or cannot be read
    FAULT_RAISED = 40
    FAULT_GONE = 41
    MANUAL_MOVE = 50
    MODE = 60


RESULTING = frozenset({EvtCode.RESULT_READY, EvtCode.BOXED, EvtCode.OPENED, EvtCode.FILLED})
"""Events that the RES block belongs to. A device shows the next of them only when the last one is booked."""


class PackML(IntEnum):
    """StateCurrent by ISA-TR88.00.02 (not the numbers of OPC 30060, which differ)."""

    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17


class UnitMode(IntEnum):
    """Who leads the device."""

    PRODUCTION = 1  # the WCS leads
    MAINTENANCE = 2
    MANUAL = 3
    SEMI_AUTO = 16
    VERIFICATION = 17


class ActState(IntEnum):
    """How far a mission is, by the job states of OPC 10031-4."""

    NONE = 0
    NOT_ALLOWED = 1
    ALLOWED = 2
    RUNNING = 3
    INTERRUPTED = 4
    ENDED = 5
    ABORTED = 6


class StatusBit(IntFlag):
    """StatusWord of a device block and of the SYS block."""

    READY = 1 << 0
    LOAD_PRESENT = 1 << 1
    HOME = 1 << 2
    SAFETY_CLOSED = 1 << 3
    REMOTE = 1 << 4
    FAULT = 1 << 5
    WARNING = 1 << 6
    SIMULATED = 1 << 7
    RETAINED = 1 << 8
    EVENT_PENDING = 1 << 9
    WCS_LOST = 1 << 10
    DOOR_OPEN = 1 << 11
    SOURCE_OCCUPIED = 1 << 12
    TARGET_OCCUPIED = 1 << 13


class CtrlBit(IntFlag):
    """CtrlWord of the SYS block, written by the WCS."""

    ONLINE = 1 << 0
    RELEASE = 1 << 1
    LOCK_HMI = 1 << 2
    LAMP_TEST = 1 << 3
    SYNC_TIME = 1 << 4


class FaultCode(IntEnum):
    """First-out faults; text and operator's hint stand in the language catalogues under `fault.<name>`."""

    NONE = 0
    LOAD_OVER_LEFT = 1
    LOAD_OVER_RIGHT = 2
    PROFILE_LEFT = 3
    PROFILE_HEIGHT = 4
    SLOT_OCCUPIED = 5  # found at put: the load is still aboard
    SLOT_EMPTY = 6  # found at get: nothing is aboard
    DRIVE_TRAVEL = 7
    DRIVE_HOIST = 8
    BAD_PLACE = 9
    COMMUNICATION = 10
    TIMEOUT_TRAVEL = 11
    TIMEOUT_HOIST = 12
    TIMEOUT_FORK = 13
    BLOCKED_FAR = 15
    BLOCKED_NEAR = 16
    LASER_X = 17
    LASER_Y = 18
    OVERSPEED = 19
    OVERLOAD = 20
    SLACK_ROPE = 21
    DRIVE_FORK = 23
    JAM = 30
    SEALS_EMPTY = 40
    BOXES_EMPTY = 41
    LABELS_EMPTY = 42


class ProfileBit(IntFlag):
    """EvtResult of a load's arrival at a station with a profile check: which sides are over."""

    FRONT = 1 << 0
    BACK = 1 << 1
    LEFT = 1 << 2
    RIGHT = 1 << 3
    TOP = 1 << 4
