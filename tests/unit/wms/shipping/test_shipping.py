"""The deliveries of a day: planned from promised stock, changed by people, frozen, loaded last stop first, received."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from optimizer.effort import Effort
from tests.plants import small_plant
from tests.unit.wms.marketing.site import do
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.test_flow import MODEL, distribute, stocked, verify, view
from wcs.journal import Fact
from wcs.store import OrderRow
from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import failures
from wms.outbound import service as outbound
from wms.rows import table
from wms.shipping import dividing, gathering, handover, places, service, views
from wms.shipping.drafting import draft
from wms.shipping.fleet import fleet
from wms.shipping.handover import Receipt
from wms.shipping.proposing import prepare, propose
from wms.shipping.rules import Place
from wms.shipping.service import Wanted

DEPOT = {
    "address": "Depot", "latitude": 30.0, "longitude": 104.0, "km_h": 40.0, "opens_min": 420, "closes_min": 1200,
    "unload_min": 20, "reload_min": 30, "trips": 2, "meter_1ph_g": 1000, "meter_3ph_g": 2500, "box_g": 2000,
}  # fmt: skip
DISTRICTS = [
    {"district": name, "address": f"{name} street", "contact": "", "latitude": 30.0, "longitude": longitude,
     "opens_min": 480, "closes_min": 1080}
    for name, longitude in (("near", 104.1), ("far", 104.3))
]  # fmt: skip
VEHICLES = [{"plate": "V5", "boxes": 100, "weight_kg": 5000, "driver": "Li", "active": True}]
EFFORT = Effort(seconds=0.2)
DAY, NEXT_DAY = "2026-11-21", "2026-11-22"
_wcs = table(OrderRow)


@pytest.fixture
def floor(engine: Engine) -> PlayedFloor:
    """Return a site with verified stock that plans its deliveries."""
    floor = PlayedFloor(engine, small_plant())
    stocked(floor, pallets=2)
    verify(floor)
    do(floor, places.set_depot, DEPOT, by="chief")
    do(floor, places.set_districts, DISTRICTS, by="chief")
    do(floor, places.set_vehicles, VEHICLES, by="chief")
    return floor


def planned(floor: PlayedFloor, key: str = "p1", day: str = DAY) -> int:
    with Session(floor.engine) as session:
        made = draft(fleet(session, day), gathering.loads(session), [], EFFORT)
    return do(floor, service.enter, Wanted(key, day), made, by="clerk")


def plan(floor: PlayedFloor, number: int) -> views.PlanView:
    with Session(floor.engine) as session:
        found = views.plan(session, number)
        assert found is not None
        return found


def two_orders(floor: PlayedFloor) -> tuple[int, int]:
    """Order whole pallets, so that each district gets one."""
    per_pallet = view_free(floor)
    near = distribute(floor, ("near", MODEL, per_pallet), key="near")
    return near, distribute(floor, ("far", MODEL, per_pallet), key="far")


def view_free(floor: PlayedFloor) -> int:
    """Return how many meters a pallet in stock holds."""
    with Session(floor.engine) as session:
        query = sa.text("SELECT sum(meters) FROM box WHERE state = 'qualified' GROUP BY pallet ORDER BY 1 DESC")
        return int(session.connection().execute(query).scalars().first() or 0)


def why(floor: PlayedFloor, order: int) -> list[str]:
    return [one.code for one in view(floor, order).why]


def calls(floor: PlayedFloor) -> list[Any]:
    """Return what was asked of the WCS for docks, in order."""
    with Session(floor.engine) as session:
        query = sa.select(_wcs).where(_wcs.c.kind == "dispatch").order_by(_wcs.c.number)
        return list(session.connection().execute(query))


def test_nothing_leaves_without_a_frozen_plan_and_last_stops_are_loaded_first(floor: PlayedFloor) -> None:
    near, far = two_orders(floor)
    floor.settle()
    assert calls(floor) == []
    assert why(floor, near) == why(floor, far) == ["waits_for_delivery_plan"]
    number = planned(floor)
    seen = plan(floor, number)
    assert [(stop.position, stop.rank) for stop in seen.stops] == [(1, 2), (2, 1)]
    assert 0 < seen.bound_m <= seen.metres
    do(floor, service.move, number, Place(seen.stops[0].number, "V5", 1, 2), by="clerk")
    order = [stop.district for stop in plan(floor, number).stops]
    assert order == [seen.stops[1].district, seen.stops[0].district]
    do(floor, service.freeze, number, by="chief")
    first = calls(floor)
    assert len(first) == 1 and first[0].priority == 60
    waiting, loaded = {"near": (near, far), "far": (far, near)}[order[0]]
    assert why(floor, waiting) == ["waits_for_loading_turn"]
    floor.settle()
    assert [view(floor, one).state for one in (loaded, waiting)] == ["finished", "finished"]
    assert [one.priority for one in calls(floor)] == [60, 59]


def test_a_note_lists_its_boxes_and_is_received_once(floor: PlayedFloor) -> None:
    two_orders(floor)
    number = planned(floor)
    stop = plan(floor, number).stops[0]
    with Session(floor.engine) as session:
        assert views.note(session, stop.number) is None
    do(floor, service.freeze, number, by="chief")
    with pytest.raises(Refused, match="not_to_be_received"):
        do(floor, handover.receive, stop.number, Receipt("Wang Fang"), by="clerk")
    floor.settle()
    with Session(floor.engine) as session:
        note = views.note(session, stop.number)
        assert note is not None
        assert (len(note.boxes), sum(box.meters for box in note.boxes)) == (stop.boxes, stop.meters)
        assert (note.driver, note.stop.note) == ("Li", "DN20261121-00001-001")
        assert note.stop.shipped == stop.meters
    do(floor, handover.receive, stop.number, Receipt("Wang Fang", 1, "wet"), by="clerk")
    with pytest.raises(Refused, match="not_to_be_received"):
        do(floor, handover.receive, stop.number, Receipt("Wang Fang"), by="clerk")
    assert (plan(floor, number).stops[0].damaged, plan(floor, number).stops[0].remark) == (1, "wet")


def test_a_line_that_no_vehicle_takes_is_divided_and_nothing_of_it_is_lost(floor: PlayedFloor) -> None:
    do(floor, places.set_vehicles, [{**VEHICLES[0], "boxes": 8}], by="chief")
    meters = view_free(floor)
    order = distribute(floor, ("far", MODEL, meters), key="far")
    with Session(floor.engine) as session:
        who = fleet(session, DAY)
    assert do(floor, dividing.divide, who) == 2
    assert do(floor, dividing.divide, who) == 0
    lines = view(floor, order).lines
    assert [(line.quantity, line.promised) for line in lines] == [(120, 120), (120, 120), (60, 60)]
    number = planned(floor)
    assert sorted((stop.trip, stop.boxes) for stop in plan(floor, number).stops if stop.vehicle) == [(1, 8), (2, 8)]
    do(floor, service.freeze, number, by="chief")
    floor.settle()
    assert sum(line.shipped for line in view(floor, order).lines) == 240
    do(floor, service.freeze, planned(floor, key="p2", day=NEXT_DAY), by="chief")
    floor.settle()
    assert (view(floor, order).state, sum(line.shipped for line in view(floor, order).lines)) == ("finished", meters)


def test_what_is_too_big_or_without_address_is_left_out_with_its_reason(floor: PlayedFloor) -> None:
    do(floor, places.set_vehicles, [{**VEHICLES[0], "boxes": 1}], by="chief")
    two_orders(floor)
    per_box = 15
    distribute(floor, ("nowhere", MODEL, per_box), key="lost")
    number = planned(floor)
    found = {stop.district: stop.reason for stop in plan(floor, number).stops}
    assert found["near"] == found["far"] == "too_big_for_vehicles"
    assert found.get("nowhere", "district_without_address") == "district_without_address"
    with pytest.raises(Refused, match="nothing_to_deliver"):
        do(floor, service.freeze, number, by="chief")
    stop = plan(floor, number).stops[0]
    with pytest.raises(Refused, match="vehicle_cannot_do_it"):
        do(floor, service.move, number, Place(stop.number, "V5", 1, 1), by="clerk")


def test_a_stop_left_out_by_hand_may_be_planned_again_and_a_cancelled_order_leaves_its_plan(floor: PlayedFloor) -> None:
    near, _ = two_orders(floor)
    number = planned(floor)
    left = next(stop for stop in plan(floor, number).stops if stop.district == "far")
    do(floor, service.move, number, Place(left.number, "", 0, 0), by="clerk")
    with Session(floor.engine) as session:
        assert gathering.loads(session) == []
    do(floor, service.freeze, number, by="chief")
    with Session(floor.engine) as session:
        assert [load.district for load in gathering.loads(session)] == ["far"]
    floor.settle()
    assert view(floor, near).state == "finished"
    again = planned(floor, key="p2")
    with Session(floor.engine) as session:
        outbound.cancel_order(session, 3, reason="not wanted", at_ms=floor.now_ms)
        session.commit()
    with pytest.raises(Refused, match="nothing_to_deliver"):
        do(floor, service.freeze, again, by="chief")


def test_a_frozen_plan_is_changed_no_more_and_taken_back_only_before_it_is_called(floor: PlayedFloor) -> None:
    two_orders(floor)
    number = planned(floor)
    assert planned_again(floor) == number
    do(floor, service.cancel, number, by="chief")
    second = planned(floor, key="p2")
    do(floor, service.freeze, second, by="chief")
    stop = plan(floor, second).stops[0]
    with pytest.raises(Refused, match="plan_not_draft"):
        do(floor, service.move, second, Place(stop.number, "", 0, 0), by="clerk")
    with pytest.raises(Refused, match="plan_under_way"):
        do(floor, service.cancel, second, by="chief")


def planned_again(floor: PlayedFloor) -> int:
    with Session(floor.engine) as session:
        assert gathering.loads(session) == []
        found = service.known(Desk(session, 0), "p1")
        assert found is not None
        return found


def test_what_a_person_has_fixed_stays_when_the_rest_is_planned_anew(floor: PlayedFloor) -> None:
    more = [*VEHICLES, {"plate": "V3", "boxes": 60, "weight_kg": 3000, "driver": "", "active": True}]
    do(floor, places.set_vehicles, more, by="chief")
    two_orders(floor)
    number = planned(floor)
    near = next(stop for stop in plan(floor, number).stops if stop.district == "near")
    do(floor, service.move, number, Place(near.number, "V3", 1, 1), by="clerk")
    with Session(floor.engine) as session:
        made = propose(Desk(session, 0), DAY, EFFORT, plan=number)
    do(floor, service.replace_by, number, made, by="clerk")
    assert {s.district: s.vehicle for s in plan(floor, number).stops}["near"] == "V3"


def test_bad_rows_of_all_lists_are_refused_whole_and_named(floor: PlayedFloor) -> None:
    many = [{**DISTRICTS[0], "district": f"D{n}"} for n in range(10_000)]
    many[7]["latitude"], many[9_998]["opens_min"], many[9_999]["district"] = 91.0, 1_400, "D3"
    ways = [{"origin": "", "goal": "near", "metres": 7}, {"origin": "nowhere", "goal": "near", "metres": 7}]
    with pytest.raises(Refused) as refused:
        do(floor, places.set_places, {"districts": many, "distances": ways}, by="chief")
    named = "districts 8 (latitude); districts 9999 (closes_min); districts 10000 (district twice)"
    assert refused.value.params["rows"] == f"{named}; distances 2 (origin unknown)"
    with Session(floor.engine) as session:
        assert len(views.places(session)["districts"]) == len(DISTRICTS)


def test_a_place_beyond_a_days_drive_is_left_out_and_the_others_are_planned(floor: PlayedFloor) -> None:
    do(floor, places.set_districts, [{**DISTRICTS[0], "latitude": -30.0, "longitude": -75.0}], by="chief")
    two_orders(floor)
    found = plan(floor, planned(floor)).stops
    assert {stop.district: (stop.vehicle, stop.reason) for stop in found} == {
        "near": ("", "no_time_for_stop"), "far": ("V5", ""),
    }  # fmt: skip


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


def test_without_depot_everything_leaves_at_once(floor: PlayedFloor) -> None:
    near, _ = two_orders(floor)
    do(floor, places.drop_depot, by="chief")
    floor.settle()
    assert view(floor, near).state == "finished"
