"""A mission from its telegram to its end: what each answer and event of the device means for the unit."""

from __future__ import annotations

from plc.codes import AckCode, EvtCode, FaultCode
from plc.link import Acked, EventRaised
from plc.plant.graph import Edge
from plc.plant.kinds import FaultKind, Reaction
from plc.states import after
from plc.telegram import Event
from plc.values import replace
from wcs import life
from wcs.alarms import reaction
from wcs.arrivals import rename
from wcs.decision import Decision, Wake
from wcs.floor import Floor
from wcs.happenings import Asking, CameToHalt, Dispatch, FaultFound
from wcs.journal import Fact
from wcs.journeys import broken, held
from wcs.life import MISSION, ORDER, MissionState, OrderState
from wcs.line import legs as line_legs
from wcs.orders import OrderKind
from wcs.reasons import Reason
from wcs.resources import freed, needed_claim, target_resource
from wcs.rows import Mission, Order, Unit

RETRY_MS = 2_000
MISTAKES = frozenset({AckCode.BAD_CODE, AckCode.BAD_PLACE, AckCode.VERSION})


def acked(floor: Floor, notice: Acked, now_ms: int) -> Decision:
    """The device has answered: accepted (or known already), or refused with a code."""
    mission = floor.missions.get(notice.mission)
    if mission is None:
        return Decision()
    if notice.code in (AckCode.ACCEPTED, AckCode.KNOWN):
        if mission.state not in (MissionState.SENT, MissionState.UNKNOWN):
            return Decision()
        running = replace(mission, state=after(MISSION, mission.state, life.Accepted()))
        return Decision([running], follow=[Dispatch(mission.device)])
    if mission.state is not MissionState.SENT:
        return Decision()
    if mission.order == 0:
        return line_legs.refused(floor, mission, notice.code, now_ms)
    return _refused(floor, mission, notice.code, now_ms)


def mission_event(floor: Floor, notice: EventRaised, now_ms: int) -> Decision:
    """An event that names a mission: picked, ended or given up."""
    event = notice.event
    mission = floor.missions.get(event.mission)
    if mission is None:
        return Decision()
    if mission.order == 0:
        return line_legs.mission_event(floor, mission, notice, now_ms)
    match event.code:
        case EvtCode.PICKED:
            return _picked(floor, mission)
        case EvtCode.ENDED:
            return _ended(floor, mission, event, now_ms)
        case EvtCode.ABORTED:
            return _aborted(floor, mission, event, now_ms)
        case _:
            return Decision()


def edge_of(mission: Mission) -> Edge:
    """Return the leg that a mission travels."""
    return Edge(mission.device, mission.source, mission.target)


def _refused(floor: Floor, mission: Mission, code: AckCode, now_ms: int) -> Decision:
    """The device took nothing: the unit stands where it stood, and the leg is tried again later."""
    order, unit = floor.orders.get(mission.order), floor.units.get(mission.unit)
    done = Decision([replace(mission, state=after(MISSION, mission.state, life.Refused()), ended_ms=now_ms)])
    done.facts.append(Fact("MissionFailed", mission.device, _payload(mission) | {"refused": int(code)}))
    resource, claim = target_resource(floor.plant, edge_of(mission)), ""
    if unit is not None:
        stands = replace(unit, holds=tuple(h for h in unit.holds if h != resource))
        done.changes.append(stands)
        promise = needed_claim(floor, order, stands) if order is not None else None
        claim = resource if promise is not None and promise.resource == resource else ""
        done.follow += [other for other in freed(floor, (resource,)) if other.device != mission.device]
    if order is None:
        return done
    if order.state is OrderState.WITHDRAWN:
        done.follow.insert(0, CameToHalt(order.number))
        return done
    reason = Reason.of("device_refused", device=mission.device, code=int(code))
    if code in MISTAKES:
        return done.join(held(order, reason, now_ms))
    waiting = replace(
        order, state=after(ORDER, order.state, life.Halted()), mission=0, device=mission.device,
        claim=order.claim or claim, reason=reason, since_ms=now_ms,
    )  # fmt: skip
    done.changes.append(waiting)
    done.effects.append(Wake(now_ms + RETRY_MS, (mission.device,)))
    return done


def _picked(floor: Floor, mission: Mission) -> Decision:
    """The unit is wholly aboard: what lies behind it is free."""
    order, unit = floor.orders.get(mission.order), floor.units.get(mission.unit)
    done = Decision([replace(mission, state=after(MISSION, mission.state, life.Picked()))])
    if unit is None or order is None or mission.state is MissionState.LOADED:
        return done
    keep = target_resource(floor.plant, edge_of(mission))
    behind = tuple(h for h in unit.holds if h != keep)
    done.changes.append(replace(unit, at=mission.device, holds=tuple(h for h in unit.holds if h == keep)))
    payload = {
        "order": order.number, "key": order.key, "kind": order.kind.value, "source": mission.source,
        "device": mission.device,
    }  # fmt: skip
    done.facts.append(Fact("UnitPicked", unit.id, payload))
    done.follow += [*freed(floor, behind), Dispatch(mission.device)]
    return done


def _ended(floor: Floor, mission: Mission, event: Event, now_ms: int) -> Decision:
    """The unit stands at the end of its leg."""
    order, unit = floor.orders.get(mission.order), floor.units.get(mission.unit)
    ended = replace(mission, state=after(MISSION, mission.state, life.Ended()), ended_ms=now_ms)
    done = Decision([ended], [Fact("MissionDone", mission.device, _payload(mission) | {"result": event.result})])
    if floor.plant.devices[mission.device].kind == "crane":
        done.changes.append(replace(floor.memo(mission.device), last=mission.target))
    if unit is not None:
        done.join(_set_down(floor, mission, unit, event, now_ms))
    if order is not None:
        name = next((c.id for c in done.changes if isinstance(c, Unit)), order.unit)
        done.changes.append(replace(order, unit=name, mission=0))
        done.follow.append(CameToHalt(order.number))
    done.follow.append(Dispatch(mission.device))
    return done


def _set_down(floor: Floor, mission: Mission, unit: Unit, event: Event, now_ms: int) -> Decision:
    keep = target_resource(floor.plant, edge_of(mission))
    behind = tuple(h for h in unit.holds if h != keep)
    stands = replace(unit, at=mission.target, holds=(keep,) if keep in unit.holds else (), since_ms=now_ms)
    done = Decision()
    order = floor.orders.get(mission.order)
    if order is not None and order.kind is OrderKind.EMPTY_PALLET and event.load_id:
        stands = replace(stands, id=event.load_id, code=event.load_id)
        done.join(rename(floor, unit.id, stands))
    done.changes.append(stands)
    payload = {"at": stands.at, "order": mission.order, "device": mission.device, "mission": mission.number}
    done.facts.append(Fact("UnitMoved", stands.id, payload))
    done.follow += freed(floor, behind)
    return done


def _aborted(floor: Floor, mission: Mission, event: Event, now_ms: int) -> Decision:
    """The device gave up: at an occupied slot the unit is aboard, at an empty one nothing is."""
    order, unit = floor.orders.get(mission.order), floor.units.get(mission.unit)
    gone = replace(mission, state=after(MISSION, mission.state, life.GaveUp()), fault=event.result, ended_ms=now_ms)
    done = Decision([gone], [Fact("MissionFailed", mission.device, _payload(mission) | {"fault": event.result})])
    done.follow.append(Dispatch(mission.device))
    if order is None or unit is None:
        return done
    found = FaultFound(
        _kind(event.result), order.unit, mission.device, event.result, mission.number, order.number, order.unit
    )
    done.follow.insert(0, found)
    match event.result:
        case FaultCode.SLOT_OCCUPIED:
            return done.join(_slot_occupied(floor, mission, order, unit, now_ms))
        case FaultCode.SLOT_EMPTY:
            return done.join(_slot_empty(floor, mission, order, now_ms))
        case _:
            return done.join(held(order, Reason.of("device_gave_up", device=mission.device, code=event.result), now_ms))


def _slot_occupied(floor: Floor, mission: Mission, order: Order, unit: Unit, now_ms: int) -> Decision:
    aboard = replace(unit, at=mission.device, holds=(), question="")
    fact = Fact("SlotFoundOccupied", mission.target, {"order": order.number, "unit": unit.id})
    if reaction(floor.plant, FaultKind.SLOT_OCCUPIED) is Reaction.HOLD:
        done = held(order, Reason.of("slot_occupied", slot=mission.target), now_ms)
        return Decision([aboard], [fact]).join(done)
    waiting = replace(
        order, state=after(ORDER, order.state, life.Halted()), mission=0, confirmed=False, device=mission.device,
        reason=Reason("waiting_for_wms"), since_ms=now_ms,
    )  # fmt: skip
    return Decision([aboard, waiting], [fact], follow=[Asking(unit.id, "other_slot")])


def _slot_empty(floor: Floor, mission: Mission, order: Order, now_ms: int) -> Decision:
    fact = Fact("SlotFoundEmpty", mission.source, {"order": order.number, "unit": order.unit, "key": order.key})
    reason = Reason.of("slot_empty", slot=mission.source)
    if reaction(floor.plant, FaultKind.SLOT_EMPTY) is Reaction.HOLD:
        return Decision(facts=[fact]).join(held(order, reason, now_ms))
    return Decision(facts=[fact]).join(broken(floor, order, reason, now_ms))


def _kind(code: int) -> FaultKind:
    known: dict[int, FaultKind] = {
        FaultCode.SLOT_OCCUPIED: FaultKind.SLOT_OCCUPIED,
        FaultCode.SLOT_EMPTY: FaultKind.SLOT_EMPTY,
    }
    return known.get(code, FaultKind.MACHINE_FAULT)


def _payload(mission: Mission) -> dict[str, str | int]:
    return {
        "mission": mission.number, "order": mission.order, "unit": mission.unit, "source": mission.source,
        "target": mission.target,
    }  # fmt: skip
