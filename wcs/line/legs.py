"""What each answer and event of a cell means for the carrier, box or lane that its mission is about."""

from __future__ import annotations

from plc.codes import AckCode, EvtCode
from plc.link import EventRaised
from plc.states import after
from plc.telegram import Event
from plc.values import replace
from wcs import life
from wcs.decision import Decision, Wake
from wcs.faults import CellFault
from wcs.floor import Floor
from wcs.happenings import Dispatch, FaultFound
from wcs.journal import Fact
from wcs.life import MISSION, MissionState
from wcs.line import findings, missions, packing, unloading
from wcs.line.missions import aboard, hold, payload
from wcs.line.rows import DropCarrier
from wcs.rows import Mission

REFUSED_MS, GAVE_UP_MS = 2_000, 30_000
STRANGE = frozenset({AckCode.LOAD_MISMATCH, AckCode.BAD_CODE, AckCode.BAD_PLACE, AckCode.VERSION})
"""Refusals that no waiting ends: somebody must know of them."""


def refused(floor: Floor, mission: Mission, code: AckCode, now_ms: int) -> Decision:
    """The cell took nothing: all stands where it stood, and is looked at again soon.

    A carrier that was inside already, when its mission was sent once more, is held: nobody knows what was done to it.
    """
    if aboard(floor, mission) is not None:
        return hold(floor, mission, CellFault.WORK_HELD, now_ms)
    ended = replace(mission, state=after(MISSION, mission.state, life.Refused()), ended_ms=now_ms)
    done = Decision([ended], [Fact("MissionFailed", mission.device, payload(mission) | {"refused": int(code)})])
    if (carrier := floor.carriers.get(mission.unit)) is not None:
        done.changes.append(replace(carrier, moving=False))
    if code in STRANGE:
        done.follow.append(_tried(floor, mission, CellFault.REFUSED, 0))
    done.effects.append(Wake(now_ms + REFUSED_MS, (mission.device,)))
    return done


def mission_event(floor: Floor, mission: Mission, notice: EventRaised, now_ms: int) -> Decision:
    """A cell has picked up what its mission is about, is done with it, or gives it up.

    A mission that is held stays so, whatever its cell says of it: somebody must look.
    """
    line = floor.plant.line_of[mission.device]
    if mission.state is MissionState.HELD:
        return Decision()
    match notice.event.code:
        case EvtCode.PICKED:
            done = _picked(floor, mission, now_ms)
        case EvtCode.ENDED:
            done = _ended(floor, mission, notice.event, now_ms)
        case _:
            done = _aborted(floor, mission, notice.event, now_ms)
    done.follow += [Dispatch(cell) for cell in line.cells]
    return done


def finished(floor: Floor, mission: Mission, load: str, now_ms: int, *, result: int = 0) -> Decision:
    """End a mission as done: what it is about stands ready for the next cell, or is in the hands of this one."""
    ended = replace(mission, state=after(MISSION, mission.state, life.Ended()), ended_ms=now_ms)
    done = Decision([ended], [Fact("MissionDone", mission.device, payload(mission) | {"result": result})])
    done.join(missions.succeeded(floor, mission, now_ms))
    line = floor.plant.line_of[mission.device]
    kind = line.cells[mission.device].kind
    if kind == "unloading":
        return done.join(unloading.robot_done(floor, line, mission))
    carrier = floor.carriers.get(mission.unit or load)
    if carrier is None:
        return done
    if kind == "packing":
        return done.join(packing.taken(floor, line, carrier))
    if carrier.meters:
        done.changes.append(replace(carrier, at=mission.device, moving=False, since_ms=now_ms))
    else:
        done.changes.append(DropCarrier(carrier.id))
    return done


def resting(floor: Floor, device: str, now_ms: int) -> bool:
    """Return whether a cell has just given something up: it gets a moment before anything is tried again."""
    return any(until_ms > now_ms for until_ms in _rests(floor, device))


def waking(floor: Floor, device: str) -> list[Wake]:
    """Return when a cell that gave something up must be looked at: after a restart."""
    return [Wake(until_ms, (device,)) for until_ms in _rests(floor, device)]


def _rests(floor: Floor, device: str) -> list[int]:
    mine = (a for a in floor.alarms.values() if a.device == device and a.fault == CellFault.GAVE_UP)
    return [alarm.raised_ms + GAVE_UP_MS for alarm in mine]


def _picked(floor: Floor, mission: Mission, now_ms: int) -> Decision:
    done = Decision([replace(mission, state=after(MISSION, mission.state, life.Picked()))])
    carrier = floor.carriers.get(mission.unit)
    if carrier is not None:
        done.changes.append(replace(carrier, at=mission.device))
    return done.join(missions.succeeded(floor, mission, now_ms))


def _ended(floor: Floor, mission: Mission, event: Event, now_ms: int) -> Decision:
    if findings.lacking(floor, mission):
        done = hold(floor, mission, CellFault.NO_FINDING, now_ms)
        carrier = floor.carriers.get(mission.unit)
        if carrier is not None:
            done.changes.append(replace(carrier, at=mission.device))
        return done
    return finished(floor, mission, event.load_id, now_ms, result=event.result)


def _aborted(floor: Floor, mission: Mission, event: Event, now_ms: int) -> Decision:
    """The cell gave up. What it had aboard is held there: it was not worked on, and must not go on as if it was."""
    if aboard(floor, mission) is not None:
        return hold(floor, mission, CellFault.WORK_HELD, now_ms, code=event.result)
    gone = replace(mission, state=after(MISSION, mission.state, life.GaveUp()), fault=event.result, ended_ms=now_ms)
    done = Decision([gone], [Fact("MissionFailed", mission.device, payload(mission) | {"fault": event.result})])
    done.join(missions.succeeded(floor, mission, now_ms))  # a new alarm for each try: the rest begins anew
    if (carrier := floor.carriers.get(mission.unit)) is not None:
        done.changes.append(replace(carrier, moving=False))
    done.follow.append(_tried(floor, mission, CellFault.GAVE_UP, event.result))
    done.effects.append(Wake(now_ms + GAVE_UP_MS, (mission.device,)))
    return done


def _tried(floor: Floor, mission: Mission, fault: CellFault, code: int) -> FaultFound:
    about = missions.purpose(floor, mission)
    return FaultFound(fault, about, mission.device, code, mission.number, unit=mission.unit)
