"""What each answer and event of a cell means for the carrier, box or lane that its mission is about."""

from __future__ import annotations

from plc.codes import AckCode, EvtCode
from plc.link import EventRaised
from plc.plant.kinds import FaultKind
from plc.states import after
from plc.telegram import Event
from plc.values import replace
from wcs import life
from wcs.alarms import clear_alarm, find
from wcs.commands import command_for
from wcs.decision import Decision, Send, Wake
from wcs.floor import Floor
from wcs.happenings import AgainAsked, Dispatch, FaultFound
from wcs.journal import Fact
from wcs.life import MISSION, MissionState
from wcs.line import packing, unloading
from wcs.line.missions import payload
from wcs.line.rows import DropCarrier
from wcs.rows import Mission

REFUSED_MS, GAVE_UP_MS = 2_000, 30_000


def refused(floor: Floor, mission: Mission, code: AckCode, now_ms: int) -> Decision:
    """The cell took nothing: all stands where it stood, and is looked at again soon.

    A carrier that was inside already, when its mission was sent once more, is held: nobody knows what was done to it.
    """
    ended = replace(mission, state=after(MISSION, mission.state, life.Refused()), ended_ms=now_ms)
    done = Decision([ended], [Fact("MissionFailed", mission.device, payload(mission) | {"refused": int(code)})])
    carrier = floor.carriers.get(mission.unit)
    if carrier is not None and carrier.at == mission.device:
        done.follow.append(_trouble(mission, int(code)))
        return done
    if carrier is not None:
        done.changes.append(replace(carrier, moving=False))
    done.effects.append(Wake(now_ms + REFUSED_MS, (mission.device,)))
    return done


def mission_event(floor: Floor, mission: Mission, notice: EventRaised, now_ms: int) -> Decision:
    """A cell has picked up what its mission is about, is done with it, or gives it up."""
    line = floor.plant.line_of[mission.device]
    match notice.event.code:
        case EvtCode.PICKED:
            done = _picked(floor, mission)
        case EvtCode.ENDED:
            done = _ended(floor, mission, notice.event, now_ms)
        case _:
            done = _aborted(floor, mission, notice.event, now_ms)
    done.follow += [Dispatch(cell) for cell in line.cells]
    return done


def sent_again(floor: Floor, asked: AgainAsked, now_ms: int) -> Decision:
    """Send a mission once more, under its own number, whose cell has forgotten it; somebody has looked at the cell."""
    mission = floor.missions.get(asked.mission)
    if mission is None or mission.order or mission.state is not MissionState.CLARIFY:
        return Decision()
    again = replace(mission, state=after(MISSION, mission.state, life.SentAgain()))
    fact = Fact("MissionSentAgain", mission.device, payload(mission) | {"by": asked.by})
    done = Decision([again], [fact], [Send(mission.device, command_for(floor, again))])
    alarm = find(floor, FaultKind.MACHINE_FAULT.value, mission.device)
    return done.join(clear_alarm(alarm, now_ms)) if alarm is not None else done


def _picked(floor: Floor, mission: Mission) -> Decision:
    done = Decision([replace(mission, state=after(MISSION, mission.state, life.Picked()))])
    carrier = floor.carriers.get(mission.unit)
    if carrier is not None:
        done.changes.append(replace(carrier, at=mission.device))
    return done


def _ended(floor: Floor, mission: Mission, event: Event, now_ms: int) -> Decision:
    ended = replace(mission, state=after(MISSION, mission.state, life.Ended()), ended_ms=now_ms)
    done = Decision([ended], [Fact("MissionDone", mission.device, payload(mission) | {"result": event.result})])
    line = floor.plant.line_of[mission.device]
    kind = line.cells[mission.device].kind
    if kind == "unloading":
        return done.join(unloading.robot_done(floor, line, mission))
    carrier = floor.carriers.get(mission.unit or event.load_id)
    if carrier is None:
        return done
    if kind == "packing":
        return done.join(packing.taken(floor, line, carrier))
    if carrier.meters:
        done.changes.append(replace(carrier, at=mission.device, moving=False, since_ms=now_ms))
    else:
        done.changes.append(DropCarrier(carrier.id))
    return done


def _trouble(mission: Mission, code: int) -> FaultFound:
    return FaultFound(FaultKind.MACHINE_FAULT, mission.device, mission.device, code, mission.number)


def _aborted(floor: Floor, mission: Mission, event: Event, now_ms: int) -> Decision:
    """The cell gave up. What it had aboard is held there: it was not worked on, and must not go on as if it was."""
    gone = replace(mission, state=after(MISSION, mission.state, life.GaveUp()), fault=event.result, ended_ms=now_ms)
    done = Decision([gone], [Fact("MissionFailed", mission.device, payload(mission) | {"fault": event.result})])
    carrier = floor.carriers.get(mission.unit)
    if carrier is not None and carrier.at != mission.device:
        done.changes.append(replace(carrier, moving=False))
    done.follow.append(_trouble(mission, event.result))
    done.effects.append(Wake(now_ms + GAVE_UP_MS, (mission.device,)))
    return done
