"""What passes between the WCS and a device, as values: commands down, status and events up."""

from __future__ import annotations

from dataclasses import dataclass

from plc.codes import NONE, AckCode, ActState, CmdCode, EvtCode, PackML, StatusBit, UnitMode


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as numbers; 65535 is not used. A slot has all five; a point has only `x`, its number."""

    aisle: int = NONE
    side: int = NONE
    x: int = NONE
    y: int = NONE
    z: int = NONE


@dataclass(frozen=True, slots=True)
class Command:
    """One telegram to a device; `mission` is unique for ever, and a device executes it once."""

    code: CmdCode
    mission: int
    source: Spot = Spot()
    target: Spot = Spot()
    load_type: int = 0
    priority: int = 0
    weight_g: int = 0
    par1: int = 0
    par2: int = 0
    load_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at a device; it stands there until the WCS has booked it."""

    code: EvtCode
    mission: int = 0
    point: int = 0
    result: int = 0
    data1: int = 0
    data2: int = 0
    load_id: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A device as it stands: PackML state, mode, bits, the first running mission, position and fault."""

    state: PackML = PackML.IDLE
    mode: UnitMode = UnitMode.PRODUCTION
    word: StatusBit = StatusBit.READY | StatusBit.SAFETY_CLOSED | StatusBit.REMOTE
    mission: int = 0
    act_state: ActState = ActState.NONE
    step: int = 0
    x_mm: int = 0
    y_mm: int = 0
    z_mm: int = 0
    fault: int = 0
    alarm_seq: int = 0
    alarms: tuple[int, int, int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What a device remembers of a mission, retentively."""

    mission: int
    state: ActState
    result: int = 0


@dataclass(frozen=True, slots=True)
class MeterResult:
    """One meter of a packed box: `verdict` is a code of the table `verdict`, `seal` may be empty."""

    code: str
    verdict: int
    seal: str = ""


@dataclass(frozen=True, slots=True)
class BoxResult:
    """The RES block of a line: one packed box, the pallet and pile it was put on, and its meters (at most 20)."""

    box: str
    pallet: str
    pile: int
    verdict: int
    meters: tuple[MeterResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A device's answer to one telegram."""

    seq: int
    code: AckCode
