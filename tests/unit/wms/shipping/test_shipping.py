"""The deliveries of a day: planned from promised stock, changed by people, frozen, loaded last stop first, received."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.unit.wms.marketing.site import do
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.shipping.days import (
    DAY,
    DISTRICTS,
    EFFORT,
    NEXT_DAY,
    VEHICLES,
    calls,
    plan,
    planned,
    two_orders,
    view_free,
    why,
)  # fmt: skip
from tests.unit.wms.test_flow import MODEL, distribute, view
from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import service as outbound
from wms.shipping import dividing, gathering, handover, places, service, views
from wms.shipping.fleet import fleet
from wms.shipping.handover import Receipt
from wms.shipping.proposing import propose
from wms.shipping.rules import Place


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


def test_without_depot_everything_leaves_at_once(floor: PlayedFloor) -> None:
    near, _ = two_orders(floor)
    do(floor, places.drop_depot, by="chief")
    floor.settle()
    assert view(floor, near).state == "finished"
