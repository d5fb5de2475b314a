"""What a device does next, in named phases: is it ready, who waits, who may go, send.

One call sends at most one mission; the caller asks again while something was sent.
"""

from __future__ import annotations

from plc.codes import CmdCode
from plc.plant.cells import CellLine
from plc.plant.graph import Edge, next_hop
from plc.plant.kinds import DeviceKind
from plc.states import after
from plc.values import replace
from wcs import life
from wcs.commands import command_for, not_ready
from wcs.decision import Decision, Send
from wcs.floor import Floor
from wcs.happenings import Dispatch
from wcs.journal import Fact
from wcs.life import ORDER
from wcs.line import packing, unloading
from wcs.line import turns as line_turns
from wcs.orders import UNITLESS, OrderKind
from wcs.reasons import MOVING, Reason
from wcs.resources import needed_claim, no_room, target_resource
from wcs.rows import Mission, Order, Unit
from wcs.turn import Turn, by_turn

CELL_ORDERS = 6  # pallets, rolls of seals and lots that a cell works on at once; it says itself if it has no room


def dispatch(floor: Floor, device: str, now_ms: int) -> Decision:
    """Send the next mission of `device`, or note why each order that waits for it must wait."""
    if device in floor.plant.cells:
        done = line_turns.dispatch(floor, device, now_ms)
        if done.changes:
            return done
    waiting = floor.waiting.get(device)
    if not waiting:
        return Decision()
    if (stopped := not_ready(floor, device)) is not None:
        return Decision(list(_noted(floor, list(waiting), stopped)))
    if _full(floor, device):
        return Decision()
    done = Decision()
    for turn in by_turn(floor, device, now_ms):
        order = turn.order
        unit = floor.units.get(order.unit)
        edge = _edge(floor, order, unit)
        reason = _obstacle(floor, order, unit, edge)
        if reason is None and edge is not None:
            return done.join(_begun(floor, order)).join(_depart(floor, turn, edge, now_ms))
        if reason is not None and reason != order.reason:
            done.changes.append(replace(order, reason=reason))
    return done


def _full(floor: Floor, device: str) -> bool:
    if floor.unanswered.get(device):
        return True
    if device in floor.plant.cells:
        own = sum(1 for number in floor.running.get(device, ()) if floor.missions[number].order)
        return own >= CELL_ORDERS
    segment = floor.plant.segments.get(device)
    return len(floor.running.get(device, ())) >= (segment.capacity if segment else 1)


def _edge(floor: Floor, order: Order, unit: Unit | None) -> Edge | None:
    if order.kind in UNITLESS:
        return Edge(order.device, order.device, order.device)
    return next_hop(floor.plant, unit.at, order.destination) if unit is not None else None


def _obstacle(floor: Floor, order: Order, unit: Unit | None, edge: Edge | None) -> Reason | None:
    line = floor.plant.line_of.get(order.device)
    if order.kind is OrderKind.PACK and line is not None:
        return packing.not_yet(floor, line, order)
    if edge is None:
        return Reason.of("no_way", at=unit.at if unit else "?", destination=order.destination)
    if unit is not None and unit.question:
        question = floor.questions.get(unit.question)
        return question.reason if question else Reason("waiting_for_wms")
    if (early := _too_early(floor, order, unit)) is not None:
        return early
    aboard = floor.standing.get(edge.device) if edge.device in floor.plant.cranes else None
    if aboard and unit is not None and unit.at != edge.device:
        return Reason.of("fork_taken", device=edge.device, unit=next(iter(aboard)))
    return no_room(floor, order, unit, edge)


def _too_early(floor: Floor, order: Order, unit: Unit | None) -> Reason | None:
    """Return why a pallet stays in its slot: its line is not done with its lot. Once under way it blocks nobody."""
    line = floor.plant.lines.get(order.destination)
    if order.kind is not OrderKind.VERIFY or not isinstance(line, CellLine) or unit is None or unit.at != order.source:
        return None
    return unloading.must_wait(floor, line, order)


def _begun(floor: Floor, order: Order) -> Decision:
    """Let a line know how a lot is verified whose pallet had to wait for that."""
    line = floor.plant.lines.get(order.destination)
    if order.kind is not OrderKind.VERIFY or not isinstance(line, CellLine):
        return Decision()
    return unloading.begin_lot(floor, line, order)


def _depart(floor: Floor, turn: Turn, edge: Edge, now_ms: int) -> Decision:
    """Claim, allocate, and write the mission: its telegram goes out when all of that is durable."""
    order = turn.order
    unit = floor.units.get(order.unit)
    number = floor.last_mission + 1
    mission = Mission(
        number, order.number, edge.device, _code(floor, order, unit, edge), _load(order), edge.source, edge.target,
        int(order.params.get("par1", 0)), sent_ms=now_ms,
    )  # fmt: skip
    claim = needed_claim(floor, order, unit)
    promised = claim.resource if claim is not None else order.claim
    done = Decision([mission])
    resource = target_resource(floor.plant, edge)
    if unit is not None and resource and order.kind is not OrderKind.BOX_MOVE:
        done.changes.append(replace(unit, holds=(*(h for h in unit.holds if h != resource), resource)))
    if resource == promised:
        promised = ""
    left = replace(
        order, state=after(ORDER, order.state, life.Departed()), mission=number, claim=promised, device="",
        reason=turn.reason() if edge.device in floor.plant.cranes else MOVING, since_ms=now_ms,
    )  # fmt: skip
    done.changes.append(left)
    payload = {
        "mission": number, "order": order.number, "unit": order.unit, "code": mission.code, "source": edge.source,
        "target": edge.target,
    }  # fmt: skip
    chosen = turn.said() if edge.device in floor.plant.cranes else {}
    done.facts.append(Fact("MissionSent", edge.device, payload | chosen))
    done.effects.append(Send(edge.device, command_for(floor, mission, unit.weight_g if unit else 0)))
    done.follow.append(Dispatch(edge.device))
    return done


def _load(order: Order) -> str:
    """Return what the telegram names: the unit, or what a cell shall work on."""
    return order.unit or str(order.params.get("load_id", ""))


def _code(floor: Floor, order: Order, unit: Unit | None, edge: Edge) -> int:
    match floor.plant.devices[edge.device].kind:
        case DeviceKind.CRANE:
            return CmdCode.PLACE if unit is not None and unit.at == edge.device else CmdCode.TRANSPORT
        case DeviceKind.LINE:
            return CmdCode.BOX if order.kind is OrderKind.PACK else CmdCode.VERIFY
        case DeviceKind.UNLOADING:
            return CmdCode.PICK if order.kind is OrderKind.READMIT else CmdCode.VERIFY
        case DeviceKind.PACKING:
            return CmdCode.BOX if order.kind is OrderKind.PACK else CmdCode.TRANSPORT
        case DeviceKind.SEALING:
            return CmdCode.SEAL
        case DeviceKind.DOCK:
            return CmdCode.PLACE
        case DeviceKind.PICKING:
            return CmdCode.PICK if order.kind is OrderKind.EMPTY_PALLET else CmdCode.TRANSPORT
        case _:
            return CmdCode.TRANSPORT


def _noted(floor: Floor, numbers: list[int], reason: Reason) -> list[Order]:
    return [replace(floor.orders[n], reason=reason) for n in numbers if floor.orders[n].reason != reason]
