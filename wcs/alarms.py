"""Faults become alarms: raised once, cleared once, with the reaction that the plant file chooses.

An alarm is known by what it is about: a device's own fault by the device, what is used up by its code too, what
became of a mission by its number too. So none covers another, and each has an end of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from plc.codes import EvtCode
from plc.link import EventRaised
from plc.plant.kinds import FaultKind, Reaction
from plc.plant.model import Plant
from plc.values import replace
from wcs.decision import Decision
from wcs.faults import OF_MISSION, REACTIONS, USED_UP, CellFault
from wcs.floor import Floor
from wcs.happenings import Dispatch, FaultFound
from wcs.journal import Fact
from wcs.line.rows import STOPPED, BenchMemo
from wcs.rows import Alarm, Serial

URGENT = frozenset({FaultKind.MACHINE_FAULT, FaultKind.LINK_LOST, *OF_MISSION, CellFault.BENCH_STOPPED})


def reaction(plant: Plant, fault: FaultKind | CellFault) -> Reaction:
    """Return what this plant does about a fault."""
    return plant.reactions[fault] if isinstance(fault, FaultKind) else REACTIONS.get(fault, Reaction.HOLD)


def find(floor: Floor, fault: str, subject: str) -> Alarm | None:
    """Return the open alarm of that kind about `subject`."""
    return next((a for a in floor.alarms.values() if a.fault == fault and a.subject == subject), None)


def raise_alarm(floor: Floor, found: FaultFound, now_ms: int) -> Decision:
    """Return the alarm and its fact; nothing if the same alarm is open already."""
    if any(_same(alarm, found) for alarm in floor.alarms.values()):
        return Decision()
    alarm = Alarm(
        floor.serial + 1, found.fault.value, found.subject, found.device, found.code, found.mission, found.order,
        found.unit, reaction(floor.plant, found.fault).value, 1 if found.fault in URGENT else 2, now_ms,
    )  # fmt: skip
    return Decision([alarm, Serial(alarm.id)], [Fact("FaultRaised", found.subject, _payload(alarm))])


def clear_alarm(alarm: Alarm, now_ms: int) -> Decision:
    """Return the end of an alarm, with the time it took."""
    payload = _payload(alarm) | {"after_ms": now_ms - alarm.raised_ms}
    return Decision([replace(alarm, cleared_ms=max(1, now_ms))], [Fact("FaultCleared", alarm.subject, payload)])


def clear_about(floor: Floor, subject: str, faults: frozenset[str], now_ms: int) -> Decision:
    """Return the end of every open alarm about `subject` of one of the kinds `faults`."""
    done = Decision()
    for alarm in floor.alarms.values():
        if alarm.subject == subject and alarm.fault in faults:
            done.join(clear_alarm(alarm, now_ms))
    return done


def clear_of_mission(floor: Floor, mission: int, now_ms: int) -> Decision:
    """Return the end of what is open about a mission on a cell: it is settled."""
    done = Decision()
    for alarm in floor.alarms.values():
        if alarm.mission == mission and alarm.fault in OF_MISSION:
            done.join(clear_alarm(alarm, now_ms))
    return done


def told(floor: Floor, notice: EventRaised, now_ms: int) -> Decision:
    """A machine has failed or works again; its mission goes on by itself."""
    device, event = notice.device, notice.event
    memo = replace(floor.memo(device), booked_seq=notice.seq)
    used_up = event.data1 in USED_UP
    if event.code is EvtCode.FAULT_RAISED:
        mission = floor.missions.get(event.mission)
        kind = CellFault.USED_UP if used_up else FaultKind.MACHINE_FAULT
        order, unit = (mission.order, mission.unit) if mission else (0, "")
        found = FaultFound(kind, device, device, event.data1, event.mission, order, unit)
        changed = memo if used_up else replace(memo, fault=event.data1 or 1, fault_ms=now_ms)
        return Decision([changed], follow=[found, Dispatch(device)])
    changed = memo if used_up else replace(memo, fault=0, fault_ms=0)
    done = Decision([changed], follow=[Dispatch(device)])
    for alarm in _own(floor, device):
        if (alarm.fault == CellFault.USED_UP) == used_up and (not used_up or alarm.code == event.data1):
            done.join(clear_alarm(alarm, now_ms))
    return done


def shown(floor: Floor, device: str, fault: int, now_ms: int, *, retained: bool) -> Decision:
    """A device was read back: the fault that it shows is the one it has, whatever was said before.

    What is used up need not show; a device that remembers having said so will say when it is over.
    """
    done = Decision()
    own = 0 if fault in USED_UP else fault
    for alarm in _own(floor, device):
        stands = own if alarm.fault == FaultKind.MACHINE_FAULT else fault
        if alarm.code != stands and not (retained and alarm.fault == CellFault.USED_UP):
            done.join(clear_alarm(alarm, now_ms))
    if fault:
        kind = FaultKind.MACHINE_FAULT if own else CellFault.USED_UP
        done.follow.append(FaultFound(kind, device, device, fault))
    return done


def of_benches(floor: Floor, done: Decision, now_ms: int) -> Decision:
    """Add to a decision the alarm of a bench that it stops, or the end of it."""
    for memo in [change for change in done.changes if isinstance(change, BenchMemo)]:
        if memo.state == STOPPED:
            done.follow.append(FaultFound(CellFault.BENCH_STOPPED, memo.id, memo.id))
        else:
            done.join(clear_about(floor, memo.id, frozenset({CellFault.BENCH_STOPPED.value}), now_ms))
    return done


def _own(floor: Floor, device: str) -> Iterator[Alarm]:
    """Yield the open alarms about a device that it has raised itself."""
    kinds = (FaultKind.MACHINE_FAULT, CellFault.USED_UP)
    return (a for a in floor.alarms.values() if a.subject == device and a.fault in kinds)


def _same(alarm: Alarm, found: FaultFound) -> bool:
    if (alarm.fault, alarm.subject) != (found.fault.value, found.subject):
        return False
    if found.fault in OF_MISSION:
        return alarm.mission == found.mission
    return found.fault is not CellFault.USED_UP or alarm.code == found.code


def _payload(alarm: Alarm) -> dict[str, str | int]:
    return {
        "fault": alarm.fault, "device": alarm.device, "code": alarm.code, "mission": alarm.mission,
        "order": alarm.order, "unit": alarm.unit, "reaction": alarm.reaction,
    }  # fmt: skip
