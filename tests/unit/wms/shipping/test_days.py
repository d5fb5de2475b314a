"""What goes wrong on a day: two plans, a pallet that does not come, a smaller fleet, stock that comes late."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.unit.wms.marketing.site import do
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.shipping.days import (
    DAY,
    DEPOT,
    EFFORT,
    NEXT_DAY,
    VEHICLES,
    plan,
    planned,
    view_free,
    why,
)  # fmt: skip
from tests.unit.wms.test_flow import MODEL, distribute, stocked, verify, view
from wcs.journal import Fact
from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import failures
from wms.shipping import handover, places, service, views
from wms.shipping.handover import Receipt
from wms.shipping.proposing import prepare, propose
from wms.shipping.rules import Place


def test_a_vehicle_is_not_out_for_two_plans_of_a_day_at_once(floor: PlayedFloor) -> None:
    per_box = 15
    names = ("far", "near", "far")
    for n, name in enumerate(names):
        distribute(floor, (name, MODEL, per_box), key=f"d{n}")
        planned(floor, key=f"p{n}")
    first, second, third = (plan(floor, n).stops[0] for n in (1, 2, 3))
    assert minutes(second.leaves) >= minutes(first.begins) + DEPOT["unload_min"] + DEPOT["reload_min"] + 40
    assert (third.vehicle, third.reason) == ("", "no_time_for_stop")  # two trips a day, and both are taken
    for n in (2, 1):
        floor.now_ms += 1
        do(floor, service.freeze, n, by="chief")
    assert why(floor, 2) == ["waits_for_loading_turn"]  # what was frozen first is loaded first
    floor.settle()
    assert [view(floor, n).state for n in (2, 3)] == ["finished", "finished"]


def test_a_vehicle_goes_without_what_has_not_come_and_that_waits_for_another_plan(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1, lot="LOT-2", first=2)
    verify(floor, "LOT-2")
    whole = view_free(floor)
    far = distribute(floor, ("far", MODEL, 2 * whole), key="far")
    near = distribute(floor, ("near", MODEL, whole), key="near")
    number = planned(floor)
    places_of = {stop.district: stop.number for stop in plan(floor, number).stops}
    if plan(floor, number).stops[0].district == "far":
        do(floor, service.move, number, Place(places_of["far"], "V5", 1, 2), by="clerk")
    do(floor, service.freeze, number, by="chief")
    with pytest.raises(Refused, match="stop_on_its_way"):
        do(floor, handover.leave, places_of["far"], by="clerk")
    blocked(floor, max(floor.transports))
    floor.settle()
    assert (view(floor, far).state, why(floor, near)) == ("under_way", ["waits_for_loading_turn"])
    assert do(floor, handover.leave, places_of["far"], by="clerk") == whole
    with pytest.raises(Refused, match="nothing_left_behind"):
        do(floor, handover.leave, places_of["far"], by="clerk")
    floor.settle()
    assert (view(floor, near).state, why(floor, far)) == ("finished", ["waits_for_delivery_plan"])
    with Session(floor.engine) as session:
        note = views.note(session, places_of["far"])
        assert note is not None
        assert (sum(box.meters for box in note.boxes), note.stop.meters, note.stop.shipped) == (whole, whole, whole)
    do(floor, handover.receive, places_of["far"], Receipt("Wang Fang"), by="clerk")
    do(floor, service.freeze, planned(floor, key="p2", day=NEXT_DAY), by="chief")
    floor.settle()
    assert (view(floor, far).state, sum(line.shipped for line in view(floor, far).lines)) == ("finished", 2 * whole)


def test_what_a_smaller_fleet_cannot_take_is_divided_when_a_draft_is_planned_again(floor: PlayedFloor) -> None:
    order = distribute(floor, ("far", MODEL, view_free(floor)), key="far")
    number = planned(floor)
    do(floor, places.set_vehicles, [{**VEHICLES[0], "boxes": 12}], by="chief")
    assert do(floor, prepare, DAY, plan=number) == 1
    with Session(floor.engine) as session:
        made = propose(Desk(session, 0), DAY, EFFORT, plan=number)
    do(floor, service.replace_by, number, made, by="clerk")
    assert sorted((stop.vehicle, stop.boxes) for stop in plan(floor, number).stops) == [("V5", 8), ("V5", 12)]
    do(floor, service.freeze, number, by="chief")
    floor.settle()
    assert view(floor, order).state == "finished"


def test_a_frozen_plan_calls_nothing_that_was_promised_after_it(floor: PlayedFloor) -> None:
    meters = view_free(floor)
    order = distribute(floor, ("far", MODEL, 2 * meters), key="far")
    floor.settle()
    lose_a_pallet(floor)
    number = planned(floor)
    do(floor, service.freeze, number, by="chief")
    stocked(floor, pallets=1, lot="LOT-2", first=2)
    verify(floor, "LOT-2")
    floor.settle()
    assert sum(line.shipped for line in view(floor, order).lines) == meters
    assert why(floor, order) == ["waits_for_delivery_plan"]
    assert [(stop.meters, stop.shipped) for stop in plan(floor, number).stops] == [(meters, meters)]


def blocked(floor: PlayedFloor, number: int) -> None:
    """Let a transport end where it stands, so that a person must look."""
    at = floor.transports.pop(number)
    payload = {"order": number, "key": at.key, "kind": at.kind, "unit": at.unit, "source": at.source, "at": at.at}
    reason = {"reason": "blocked", "reason_args": {}}
    floor.tell(Fact("TransportFailed", at.unit, payload | {"destination": at.destination} | reason))


def lose_a_pallet(floor: PlayedFloor) -> None:
    """Find one of the slots empty, as a count would."""
    slot, unit = sorted(floor.contents.items())[0]
    floor.contents.pop(slot)
    with Session(floor.engine) as session:
        desk = Desk(session, floor.now_ms)
        failures.unit_missing(desk, unit, slot)
        desk.close()
        session.commit()
    floor.listen()


def minutes(at: str) -> int:
    hours, rest = at.split(":")
    return int(hours) * 60 + int(rest)
