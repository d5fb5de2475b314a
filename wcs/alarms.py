"""Faults become alarms: raised once, cleared once, with the reaction that the plant file chooses."""

from __future__ import annotations

from plc.plant.kinds import FaultKind, Reaction
from plc.plant.model import Plant
from plc.values import replace
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.happenings import FaultFound
from wcs.journal import Fact
from wcs.rows import Alarm, Serial

URGENT = frozenset({FaultKind.MACHINE_FAULT, FaultKind.LINK_LOST})


def reaction(plant: Plant, fault: FaultKind) -> Reaction:
    """Return what this plant does about a fault."""
    return plant.reactions[fault]


def find(floor: Floor, fault: str, subject: str) -> Alarm | None:
    """Return the open alarm of that kind about `subject`."""
    return next((a for a in floor.alarms.values() if a.fault == fault and a.subject == subject), None)


def raise_alarm(floor: Floor, found: FaultFound, now_ms: int) -> Decision:
    """Return the alarm and its fact; nothing if the same alarm is open already."""
    if find(floor, found.fault.value, found.subject) is not None:
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


def _payload(alarm: Alarm) -> dict[str, str | int]:
    return {
        "fault": alarm.fault, "device": alarm.device, "code": alarm.code, "mission": alarm.mission,
        "order": alarm.order, "unit": alarm.unit, "reaction": alarm.reaction,
    }  # fmt: skip
