"""The WMS listens to the floor: every fact of the WCS that says something about stock or orders is booked once.

`consume` reads the journal behind its cursor, books, answers questions and lets waiting things go on, all in the
caller's transaction; the cursor moves in the same one, so nothing is booked twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from plc.plant.model import Plant
from plc.plant.places import is_slot
from wcs import journal
from wcs.journal import Booked
from wms import directions
from wms.desk import Desk
from wms.line import boxes, supply
from wms.marketing import ageing, back_to_stock, cancelling, demand, proposals, sampling, tasks
from wms.outbound import failures, picking, service, trips, verification
from wms.reasons import Reason
from wms.seals import service as seals
from wms.stock import slots, turnover, units
from wms.tidy import service as tidy

NAME = "wms"
DEMAND = frozenset({"DemandEntered", "SafetyStockSet", "LotCompleted", "LotLocked", "StockTakenOver"})
"""After these the plan of districts is held against the stock again."""
TROUBLE = ("machine_fault", "link_lost")
Handler = Callable[[Desk, Plant, Booked], None]


def consume(session: Session, plant: Plant, at_ms: int, limit: int = 500) -> int:
    """Book up to `limit` facts and return how many said something to the WMS.

    A full batch returns its size, so that a caller who goes on until 0 has read everything. Never commits.
    """
    cursor = journal.cursor_get(session, NAME)
    facts = journal.read(session, cursor, limit)
    if not facts:
        return _at_rest(session, plant, at_ms) + tidy.at_rest(session, plant, at_ms)
    desk, handled = Desk(session, at_ms), 0
    for fact in facts:
        if (handler := HANDLERS.get(fact.kind)) is not None:
            handler(desk, plant, fact)
            handled += 1
    if desk.changed:
        sampling.keep_locked(desk)
        service.advance(desk)
        if desk.supplied:
            proposals.advance(desk)
        directions.retry(desk, plant)
    if any(fact.kind in DEMAND for fact in facts):
        demand.watch(desk, plant)
    handled += _by_itself(desk, plant)
    if handled:
        tidy.nightly(desk, plant)
        tidy.advance(desk, plant)
    desk.close()
    journal.cursor_set(session, NAME, facts[-1].id)
    return len(facts) if len(facts) == limit else handled


def _at_rest(session: Session, plant: Plant, at_ms: int) -> int:
    """Look whether a night has begun while nothing happens; return how many facts that gave."""
    desk = Desk(session, at_ms)
    told = _by_itself(desk, plant)
    desk.close()
    return told


def _by_itself(desk: Desk, plant: Plant) -> int:
    """Do what nobody asks for, and return how many facts that gave.

    Once a night aged stock is called back, and the plan of districts held against the stock.
    """
    before = len(desk.facts)
    ageing.nightly(desk, plant)
    demand.nightly(desk, plant)
    return len(desk.facts) - before


def _asked(desk: Desk, plant: Plant, fact: Booked) -> None:
    directions.answer(desk, plant, fact.payload)


def _picked(desk: Desk, plant: Plant, fact: Booked) -> None:
    if is_slot(plant, fact.payload["source"]):
        units.taken_out(desk, fact.subject, fact.payload["device"])
        if fact.payload["kind"] != "relocate":
            turnover.called(desk, fact.subject)


def _finished(desk: Desk, plant: Plant, fact: Booked) -> None:
    unit, key, at = fact.payload["unit"], fact.payload["key"], fact.payload["destination"]
    if is_slot(plant, at):
        units.stored(desk, unit, at)
        tidy.ended(desk, key, "done")
        return
    match fact.payload["kind"]:
        case "pack":
            verification.lot_packed(desk, key)
        case "supply":
            supply.arrived(desk, key, unit)
        case "empty_pallet":
            picking.target_arrived(desk, key, unit, at)
        case "box_move":
            picking.box_moved(desk, key)
        case _ if (trip := trips.get(desk, key)) is not None:
            _trip_ended(desk, trip, at)
        case _:
            return


def _trip_ended(desk: Desk, trip: Any, at: str) -> None:
    match trip.purpose:
        case "verify":
            verification.into_line(desk, trip, at)
            cancelling.came_in(desk, trip, at)
        case "source":
            units.move(desk, trip.pallet, "moving", at)
            picking.source_arrived(desk, trip)
        case _:
            service.handed_over(desk, trip, at)


def _failed(desk: Desk, plant: Plant, fact: Booked) -> None:
    why = Reason(str(fact.payload.get("reason", "failed")), fact.payload.get("reason_args", {}))
    tidy.ended(desk, fact.payload["key"], "dropped")
    failures.transport_ended(desk, fact.payload, why)


def _slot_empty(desk: Desk, plant: Plant, fact: Booked) -> None:
    failures.unit_missing(desk, fact.payload["unit"], fact.subject)


def _slot_occupied(desk: Desk, plant: Plant, fact: Booked) -> None:
    slots.forget(desk, fact.payload["unit"])
    slots.block(desk, fact.subject, "occupied")
    desk.clarify(fact.subject, Reason("slot_found_occupied", {"slot": fact.subject, "unit": fact.payload["unit"]}))


def _boxed(desk: Desk, plant: Plant, fact: Booked) -> None:
    verification.box_packed(desk, fact.subject, fact.payload)
    cancelling.packed(desk, fact.subject)
    sampling.packed(desk, fact.subject)
    back_to_stock.packed(desk, fact.subject)


def _lot_completed(desk: Desk, plant: Plant, fact: Booked) -> None:
    tasks.order_over(desk, int(fact.payload["order"]))


def _order_cancelled(desk: Desk, plant: Plant, fact: Booked) -> None:
    tasks.order_over(desk, int(fact.subject))
    _changed(desk, plant, fact)


def _sample_decided(desk: Desk, plant: Plant, fact: Booked) -> None:
    sampling.decided(desk, fact.subject, str(fact.payload["state"]))


def _sample_dropped(desk: Desk, plant: Plant, fact: Booked) -> None:
    sampling.dropped(desk, fact.subject)


def _task_cancelled(desk: Desk, plant: Plant, fact: Booked) -> None:
    sampling.given_up(desk, fact.subject)
    _changed(desk, plant, fact)


def _box_opened(desk: Desk, plant: Plant, fact: Booked) -> None:
    boxes.opened(desk, fact.subject, fact.payload)


def _box_emptied(desk: Desk, plant: Plant, fact: Booked) -> None:
    boxes.emptied(desk, fact.subject, fact.payload["line"])


def _box_aside(desk: Desk, plant: Plant, fact: Booked) -> None:
    boxes.set_aside(desk, fact.subject)


def _box_returned(desk: Desk, plant: Plant, fact: Booked) -> None:
    boxes.returned(desk, fact.subject)


def _empties_wanted(desk: Desk, plant: Plant, fact: Booked) -> None:
    supply.wanted(desk, fact.subject, fact.payload["line"])


def _sealed(desk: Desk, plant: Plant, fact: Booked) -> None:
    said = fact.payload
    seals.sealed(desk.session, cell=said["cell"], meters=said["meters"], at_ms=desk.at_ms)


def _spoilt(desk: Desk, plant: Plant, fact: Booked) -> None:
    seals.damaged(desk.session, seal=fact.subject, cell=fact.payload["cell"], at_ms=desk.at_ms)


def _fault(desk: Desk, plant: Plant, fact: Booked) -> None:
    if fact.payload["fault"] in TROUBLE:
        raised = fact.kind == "FaultRaised"
        slots.trouble(desk, device=fact.payload["device"], fault=fact.payload["fault"], raised=raised)


def _closed_short(desk: Desk, plant: Plant, fact: Booked) -> None:
    failures.not_delivered(desk, fact.payload["order"])


def _damaged(desk: Desk, plant: Plant, fact: Booked) -> None:
    failures.set_aside(desk, fact.subject)


def _changed(desk: Desk, plant: Plant, fact: Booked) -> None:
    """Something was done at the desk that may let others go on."""
    desk.changed = desk.supplied = True


HANDLERS: dict[str, Handler] = {
    "DirectionRequested": _asked,
    "UnitPicked": _picked,
    "TransportFinished": _finished,
    "TransportFailed": _failed,
    "TransportCancelled": _failed,
    "SlotFoundEmpty": _slot_empty,
    "SlotFoundOccupied": _slot_occupied,
    "BoxPacked": _boxed,
    "BoxOpened": _box_opened,
    "BoxEmptied": _box_emptied,
    "BoxAside": _box_aside,
    "BoxReturned": _box_returned,
    "EmptiesWanted": _empties_wanted,
    "CarrierSealed": _sealed,
    "SealSpoilt": _spoilt,
    "FaultRaised": _fault,
    "FaultCleared": _fault,
    "InboundClosedShort": _closed_short,
    "PalletDamaged": _damaged,
    "OrderCancelled": _order_cancelled,
    "LotCompleted": _lot_completed,
    "SampleDecided": _sample_decided,
    "SafetyStockSet": _changed,
    "TaskTaken": _changed,
    "TaskResumed": _changed,
    "TaskCancelled": _task_cancelled,
    "SampleDropped": _sample_dropped,
    "TaskChanged": _changed,
    "ProposalAnswered": _changed,
    "BackToStockTriggered": _changed,
    "ReturnClosed": _changed,
    "SlotUnblocked": _changed,
    "StockTakenOver": _changed,
    "StandardRecalled": _changed,
    "RecallReleased": _changed,
}
HEARD = frozenset(HANDLERS) | DEMAND
"""The kinds of facts that say something to the WMS; between them its cursor may stand still."""
