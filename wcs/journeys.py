"""The life of a transport order: adopted, directed, come to its end, taken back, held and resumed."""

from __future__ import annotations

from plc.plant.cells import CellLine
from plc.plant.graph import next_hop
from plc.plant.kinds import DeviceKind, FaultKind
from plc.plant.places import is_slot
from plc.states import after
from plc.values import replace
from wcs import life
from wcs.alarms import clear_about
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.happenings import Asking, CancelAsked, Deferred, Directed, Dispatch, RankAsked, ResumeAsked, Standing
from wcs.journal import Fact
from wcs.life import MISSION, ORDER, ORDER_FINAL, MissionState, OrderState
from wcs.line import packing, unloading
from wcs.orders import UNITLESS, OrderKind
from wcs.reasons import DONE, TURN, Reason
from wcs.resources import freed, target_resource
from wcs.rows import DropUnit, Order, Serial, Unit

ASKED = Reason("waiting_for_wms")
SINKS = frozenset({DeviceKind.LINE, DeviceKind.PACKING, DeviceKind.DOCK})


def adopt(floor: Floor, order: Order, now_ms: int) -> Decision:
    """Take over an order from the door, or fail it with the reason why it cannot be done."""
    if order.kind in UNITLESS:
        return _set_out(floor, order, None, now_ms).join(_of_lot(floor, order))
    unit = _unit_of(floor, order)
    if isinstance(unit, Reason):
        return broken(floor, order, unit, now_ms)
    if unit.at != order.destination and next_hop(floor.plant, unit.at, order.destination) is None:
        return broken(floor, order, Reason.of("no_way", at=unit.at, destination=order.destination), now_ms)
    done = Decision()
    if unit.id.startswith("?") and unit.id not in floor.units:
        done.changes.append(Serial(floor.serial + 1))
    if unit.question and (question := floor.questions.get(unit.question)):
        done.changes.append(replace(question, state="answered"))
    unit = replace(unit, order=order.number, question="")
    return done.join(_set_out(floor, replace(order, unit=unit.id), unit, now_ms)).join(_of_lot(floor, order))


def worker(floor: Floor, order: Order) -> str:
    """Return the device that works on an order without a unit: the cell itself, or the one that packs for a line."""
    line = floor.plant.lines.get(order.destination)
    return line.packer if line is not None else order.destination


def _of_lot(floor: Floor, order: Order) -> Decision:
    """Let a line know how a lot is verified, or that its last pallet has come."""
    line = floor.plant.lines.get(order.destination)
    if not isinstance(line, CellLine):
        return Decision()
    if order.kind is OrderKind.PACK:
        return unloading.end_lot(floor, line, int(order.params.get("par1", 0)))
    return unloading.begin_lot(floor, line, order) if order.kind is OrderKind.VERIFY else Decision()


def came_to_halt(floor: Floor, number: int, now_ms: int) -> Decision:
    """A leg is done: the order has arrived, goes on, or ends as taken back."""
    order = floor.orders[number]
    unit = floor.units.get(order.unit)
    if unit is None or unit.at == order.destination:
        return _finish(floor, order, unit, now_ms)
    if order.state is OrderState.WITHDRAWN:
        return _cancelled(floor, order, unit, now_ms)
    hop = next_hop(floor.plant, unit.at, order.destination)
    if hop is None:
        return held(order, Reason.of("no_way", at=unit.at, destination=order.destination), now_ms)
    done = Decision()
    waiting = replace(
        order, state=after(ORDER, order.state, life.Halted()), device=hop.device, reason=TURN, since_ms=now_ms
    )
    if must_confirm(floor, waiting, unit):
        waiting = replace(waiting, reason=ASKED)
        done.follow.append(Asking(unit.id, "slot"))
    done.changes.append(waiting)
    done.follow.append(Dispatch(hop.device))
    return done


def directed(floor: Floor, answer: Directed, now_ms: int) -> Decision:
    """The WMS has named a slot for a unit that stands at the in-feed or on the fork."""
    question = floor.questions.get(answer.question)
    if question is None:
        return Decision()
    if question.ask == unloading.ADMIT:
        return unloading.told(floor, question, answer)
    unit, order = floor.units.get(question.unit), floor.orders.get(question.order)
    done = Decision([replace(question, state="answered")])
    if unit is None or order is None:
        return done
    done.changes.append(replace(unit, question=""))
    hop = next_hop(floor.plant, unit.at, answer.destination)
    if hop is None:
        reason = Reason.of("no_way", at=unit.at, destination=answer.destination)
        return done.join(held(order, reason, now_ms))
    told = replace(order, destination=answer.destination, confirmed=True, device=hop.device, reason=TURN)
    done.changes.append(told)
    done.follow.append(Dispatch(hop.device))
    return done


def deferred(floor: Floor, notice: Deferred) -> Decision:
    """The WMS cannot answer yet: show its reason."""
    question = floor.questions.get(notice.question)
    if question is None or question.reason == notice.reason:
        return Decision()
    done = Decision([replace(question, reason=notice.reason)])
    order = floor.orders.get(question.order)
    if order is not None and order.state is OrderState.WAITING:
        done.changes.append(replace(order, reason=notice.reason))
    return done


def cancel_asked(floor: Floor, asked: CancelAsked, now_ms: int) -> Decision:
    """Take an order back: at once if its unit stands, at its next halt if it moves."""
    order = floor.orders.get(asked.order)
    if order is None or order.state is OrderState.WITHDRAWN:
        return Decision()
    reason = Reason.of("taken_back", why=asked.reason)
    if order.state is OrderState.MOVING:
        return Decision([replace(order, state=after(ORDER, order.state, life.TakenBack()), reason=reason)])
    return _cancelled(floor, replace(order, reason=reason), floor.units.get(order.unit), now_ms)


def resume_asked(floor: Floor, asked: ResumeAsked, now_ms: int) -> Decision:
    """Let a held order go on from where its unit stands."""
    order = floor.orders.get(asked.order)
    if order is None or order.state is not OrderState.HELD:
        return Decision()
    unit = floor.units.get(order.unit)
    device = worker(floor, order) if order.kind in UNITLESS else ""
    if unit is not None:
        device = _next_device(floor, unit.at, order.destination)
    if not device:
        return Decision()
    done = _let_go(floor, order, unit, now_ms)
    done.changes.append(
        replace(order, state=after(ORDER, order.state, life.Resumed()), device=device, reason=TURN, since_ms=now_ms)
    )
    done.follow.append(Dispatch(device))
    return done


def rank_asked(floor: Floor, asked: RankAsked) -> Decision:
    """Change whose turn it is: an order that no device works on has another priority from now on.

    Under way it keeps the old one: the same mission must give the same telegram, also after a restart.
    """
    order = floor.orders.get(asked.order)
    if order is None or order.mission or order.priority == asked.priority:
        return Decision()
    done = Decision([replace(order, priority=asked.priority)])
    if order.device:
        done.follow.append(Dispatch(order.device))
    return done


def _let_go(floor: Floor, order: Order, unit: Unit | None, now_ms: int) -> Decision:
    """Give up the leg of a held order that nobody will report any more; its unit is where it last stood."""
    done = Decision()
    for mission in floor.missions.values():
        if mission.order == order.number and mission.state is MissionState.CLARIFY:
            state = after(MISSION, mission.state, life.GaveUp())
            done.changes.append(replace(mission, state=state, ended_ms=now_ms))
    hop = next_hop(floor.plant, unit.at, order.destination) if unit is not None else None
    if unit is not None and hop is not None:
        ahead = target_resource(floor.plant, hop)
        done.changes.append(replace(unit, holds=tuple(h for h in unit.holds if h != ahead)))
    return done


def broken(floor: Floor, order: Order, reason: Reason, now_ms: int) -> Decision:
    """End an order as failed; its unit is no longer where the order thought it was, or never was."""
    failed = replace(order, state=after(ORDER, order.state, life.Broken()), reason=reason, since_ms=now_ms, claim="")
    done = Decision([failed], [_fact("TransportFailed", failed, order.source)])
    unit = floor.units.get(order.unit)
    if unit is not None and unit.order == order.number:
        done.changes.append(DropUnit(unit.id))
        done.follow += freed(floor, unit.holds)
    done.follow += _claim_freed(floor, order)
    return done


def held(order: Order, reason: Reason, now_ms: int) -> Decision:
    """Stop an order until somebody has put something right."""
    return Decision(
        [replace(order, state=after(ORDER, order.state, life.Stopped()), mission=0, reason=reason, since_ms=now_ms)]
    )


def must_confirm(floor: Floor, order: Order, unit: Unit) -> bool:
    """Return whether the slot must be asked again: the unit stands at the in-feed of its aisle."""
    if order.confirmed or unit.at not in floor.plant.points or not is_slot(floor.plant, order.destination):
        return False
    return _next_device(floor, unit.at, order.destination) in floor.plant.cranes


def _set_out(floor: Floor, order: Order, unit: Unit | None, now_ms: int) -> Decision:
    changes = [unit] if unit is not None else []
    adopted = replace(order, state=after(ORDER, order.state, life.Adopted()), reason=TURN, since_ms=now_ms)
    if not order.created_ms:
        adopted = replace(adopted, created_ms=now_ms)
    done = Decision([*changes], [_fact("TransportStarted", adopted, order.source)])
    if unit is None:
        device = worker(floor, order)
        done.changes.append(replace(adopted, device=device))
        done.follow.append(Dispatch(device))
        return done
    if unit.at == order.destination:
        done.changes.append(adopted)
        return done.join(_finish(floor, adopted, unit, now_ms))
    if must_confirm(floor, adopted, unit):
        adopted = replace(adopted, reason=ASKED)
        done.follow.append(Asking(unit.id, "slot"))
    device = _next_device(floor, unit.at, order.destination)
    done.changes.append(replace(adopted, device=device))
    done.follow.append(Dispatch(device))
    return done


def _unit_of(floor: Floor, order: Order) -> Unit | Reason:
    """Return the unit that an order moves, as it stands, or why the order cannot have it."""
    unit = floor.units.get(order.unit) if order.unit else None
    if unit is not None:
        return Reason.of("unit_busy", unit=unit.id, order=unit.order) if unit.order else unit
    if order.kind is OrderKind.EMPTY_PALLET:
        return Unit(f"?{floor.serial + 1}", order.source)
    if order.unit and (is_slot(floor.plant, order.source) or order.kind is OrderKind.BOX_MOVE):
        return Unit(order.unit, order.source)
    return Reason.of("unit_not_there", unit=order.unit or "?", place=order.source)


def _finish(floor: Floor, order: Order, unit: Unit | None, now_ms: int) -> Decision:
    """The unit is where it should be: in its slot or inside a line or dock it leaves the floor."""
    event = life.Arrived()
    finished = replace(order, state=after(ORDER, order.state, event), mission=0, reason=DONE, since_ms=now_ms, claim="")
    done = Decision([finished], [_fact("TransportFinished", finished, order.destination)])
    done.follow += _claim_freed(floor, order)
    done.join(clear_about(floor, order.unit, frozenset({FaultKind.SLOT_OCCUPIED.value}), now_ms))
    line = floor.plant.lines.get(order.destination)
    if order.kind is OrderKind.PACK and isinstance(line, CellLine):
        lot = int(order.params.get("par1", 0))
        done.join(packing.packed_up(floor, line, lot))
        done.follow += unloading.over(floor, line, lot)
    if unit is None:
        return done
    if gone(floor, order, unit.at):
        done.changes.append(DropUnit(unit.id))
        done.follow += freed(floor, unit.holds)
        return done
    done.changes.append(replace(unit, order=0))
    done.follow.append(Standing(unit.id))
    return done


def gone(floor: Floor, order: Order, at: str) -> bool:
    """Return whether a unit that arrives at `at` leaves the floor: a slot, a line, a dock, or a box's pallet."""
    device = floor.plant.devices.get(at)
    inside = at in floor.plant.lines or (device is not None and device.kind in SINKS)
    return inside or order.kind is OrderKind.BOX_MOVE or is_slot(floor.plant, at)


def _cancelled(floor: Floor, order: Order, unit: Unit | None, now_ms: int) -> Decision:
    event = life.Halted() if order.state is OrderState.WITHDRAWN else life.TakenBack()
    ended = replace(order, state=after(ORDER, order.state, event), mission=0, since_ms=now_ms, claim="")
    done = Decision([ended], [_fact("TransportCancelled", ended, unit.at if unit else order.source)])
    done.follow += _claim_freed(floor, order)
    line = floor.plant.lines.get(order.destination)
    if order.kind is OrderKind.VERIFY and isinstance(line, CellLine):
        done.follow += unloading.over(floor, line, int(order.params.get("par1", 0)))
    if order.state is OrderState.HELD:
        done.join(_let_go(floor, order, unit, now_ms))
        unit = next((c for c in done.changes if isinstance(c, Unit)), unit)
    if unit is None or unit.order != order.number:
        return done
    if unit.question and (question := floor.questions.get(unit.question)):
        done.changes.append(replace(question, state="dropped"))
    if gone(floor, order, unit.at):
        done.changes.append(DropUnit(unit.id))
        return done
    done.changes.append(replace(unit, order=0, question=""))
    done.follow.append(Standing(unit.id))
    return done


def _claim_freed(floor: Floor, order: Order) -> list[Dispatch]:
    return freed(floor, (order.claim,)) if order.claim else []


def _fact(kind: str, order: Order, at: str) -> Fact:
    payload: dict[str, str | int | dict[str, str | int]] = {
        "order": order.number, "key": order.key, "kind": order.kind.value, "unit": order.unit, "source": order.source,
        "destination": order.destination, "at": at,
    }  # fmt: skip
    if order.state in ORDER_FINAL and order.reason is not DONE:
        payload |= {"reason": order.reason.code, "reason_args": dict(order.reason.args)}
    return Fact(kind, order.unit or order.destination, payload)


def _next_device(floor: Floor, at: str, destination: str) -> str:
    hop = next_hop(floor.plant, at, destination)
    return hop.device if hop is not None else ""
