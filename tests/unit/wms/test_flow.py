"""The life of a lot at the WMS: announced, received, stored, verified, promised, picked, handed over."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.played_floor import PlayedFloor
from wcs.journal import Fact
from wms import setup
from wms.errors import Refused
from wms.inbound import service as inbound
from wms.inbound import views as inbound_views
from wms.outbound import service as outbound
from wms.outbound import views as order_views
from wms.stock import views as stock_views

MODEL = "DDZY2026"


@pytest.fixture
def floor(engine: Engine) -> PlayedFloor:
    """Return an empty site."""
    return PlayedFloor(engine, small_plant())


def announce(floor: PlayedFloor, content: bytes) -> None:
    with Session(floor.engine) as session:
        assert inbound.import_delivery(session, content, at_ms=floor.now_ms).problems == ()
        session.commit()


def stocked(floor: PlayedFloor, *, pallets: int = 2, boxes: int = 20, lot: str = "LOT-1", first: int = 1) -> None:
    """Announce a lot and put all of it away."""
    announce(floor, delivery(pallets=pallets, boxes=boxes, lot=lot, asn=f"ASN-{first}", first=first))
    for pallet in range(pallets):
        floor.arrive(f"P{first:03}{pallet:04}")
        floor.settle()


def verify(floor: PlayedFloor, lot: str = "LOT-1") -> int:
    with Session(floor.engine) as session:
        order = outbound.create_verification(session, key=f"v-{lot}", lot=lot, line="VL1", at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    return order


def distribute(floor: PlayedFloor, *lines: tuple[str, str, int], key: str = "d1") -> int:
    with Session(floor.engine) as session:
        order = outbound.create_distribution(session, key=key, lines=lines, at_ms=floor.now_ms)
        session.commit()
    floor.take()
    return order


def totals(floor: PlayedFloor) -> stock_views.Totals:
    with Session(floor.engine) as session:
        return stock_views.totals(session)


def view(floor: PlayedFloor, order: int) -> order_views.OrderView:
    with Session(floor.engine) as session:
        found = order_views.order(session, order)
        assert found is not None
        return found


def facts(floor: PlayedFloor, kind: str) -> list[str]:
    with Session(floor.engine) as session:
        query = sa.text("SELECT subject FROM fact WHERE kind = :k ORDER BY id")
        return list(session.connection().execute(query, {"k": kind}).scalars())


def test_a_delivery_is_received_and_stored(floor: PlayedFloor) -> None:
    stocked(floor)
    account = totals(floor)
    assert account.by_role["received"] == account.meters_stored == account.meters_in == 600
    assert (account.slots_used, account.slots_reserved, account.units_per_slot_max) == (2, 0, 1)
    with Session(floor.engine) as session:
        assert [(d.state, d.received) for d in inbound_views.deliveries(session)] == [("completed", 2)]
    assert facts(floor, "PalletStored") == ["P0010000", "P0010001"]


def test_a_lot_is_verified_and_comes_back(floor: PlayedFloor) -> None:
    stocked(floor)
    order = verify(floor)
    found = view(floor, order)
    assert (found.state, found.pallets, found.pallets_done, found.why) == ("finished", 2, 2, [])
    account = totals(floor)
    assert (account.meters_in_stock, account.meters_stored, account.missing) == (600, 600, 0)
    assert facts(floor, "LotCompleted") == ["LOT-1"]


def test_whole_pallets_go_straight_and_the_rest_is_picked(floor: PlayedFloor) -> None:
    stocked(floor)
    verify(floor)
    order = distribute(floor, ("north", MODEL, 300 + 47))
    assert [t.kind for t in floor.transports.values()] == ["dispatch", "empty_pallet", "retrieve"]
    assert {w.code for w in view(floor, order).why} <= {"new", "waiting_for_empty_pallet"}
    floor.settle()
    found = view(floor, order)
    assert found.state == "finished"
    assert found.lines[0].shipped == 300 + 45
    account = totals(floor)
    assert (account.meters_shipped, account.meters_in_stock, account.meters_stored) == (345, 255, 255)


def test_lines_of_several_districts_share_pallets_but_never_a_box(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    verify(floor)
    order = distribute(floor, ("north", MODEL, 60), ("south", MODEL, 45), ("east", MODEL, 195))
    floor.settle()
    found = view(floor, order)
    assert [line.shipped for line in found.lines] == [60, 45, 195]
    assert found.state == "finished"
    assert totals(floor).meters_shipped == 300


def test_an_order_waits_for_stock_and_says_how_much_there_is(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    order = distribute(floor, ("north", MODEL, 300))
    why = view(floor, order).why
    assert (why[0].code, why[0].params["available"], why[0].params["quantity"]) == ("short", 0, 300)
    verify(floor)
    assert view(floor, order).state == "finished"


def test_a_slot_found_empty_brings_a_substitute(floor: PlayedFloor) -> None:
    stocked(floor)
    verify(floor)
    order = distribute(floor, ("north", MODEL, 300))
    gone = next(iter(floor.transports.values()))
    floor.go_on(gone.number, wrong=True)
    account = totals(floor)
    assert (account.missing, account.slots_blocked) == (300, 1)
    assert [t.unit != gone.unit for t in floor.transports.values()] == [True]
    floor.settle()
    assert view(floor, order).state == "finished"
    floor.arrive(gone.unit, "CL")
    floor.settle()
    account = totals(floor)
    assert (account.missing, account.slots_blocked, account.meters_in_stock) == (0, 0, 300)


def test_a_slot_found_occupied_is_blocked_and_another_given(floor: PlayedFloor) -> None:
    announce(floor, delivery())
    floor.arrive("P0010000")
    transport = next(iter(floor.transports.values()))
    before = transport.destination
    floor.go_on(transport.number)
    floor.go_on(transport.number, wrong=True)
    floor.settle()
    assert floor.contents[transport.destination] == "P0010000"
    assert transport.destination != before
    with Session(floor.engine) as session:
        blocked = [s.id for s in stock_views.slot_map(session) if s.blocked == "occupied"]
    assert blocked == [before]


def test_a_stranger_goes_to_clarification_and_is_received_once_announced(floor: PlayedFloor) -> None:
    floor.arrive("P0010000")
    floor.settle()
    assert floor.standing == {"P0010000": "CL"}
    announce(floor, delivery())
    floor.release_from_clarification()
    floor.settle()
    assert list(floor.contents.values()) == ["P0010000"]
    with Session(floor.engine) as session:
        assert stock_views.clarifications(session) == []


def test_a_delivery_is_closed_short(floor: PlayedFloor) -> None:
    announce(floor, delivery(pallets=2))
    order = None
    floor.arrive("P0010000")
    floor.settle()
    with Session(floor.engine) as session:
        order = outbound.create_verification(session, key="v", lot="LOT-1", line="VL1", at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    assert [w.code for w in view(floor, order).why] == ["pallet_announced"]
    with Session(floor.engine) as session:
        inbound.close_short(session, 1, reason="lost on the road", at_ms=floor.now_ms)
        session.commit()
    floor.listen()
    floor.settle()
    assert view(floor, order).state == "finished"
    assert totals(floor).by_role["not_delivered"] == 300


def test_damaged_pallets_are_not_called_off(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    with Session(floor.engine) as session:
        inbound.report_damaged(session, "P0010000", reason="wet", at_ms=floor.now_ms)
        with pytest.raises(Refused, match="nothing_to_verify"):
            outbound.create_verification(session, key="v", lot="LOT-1", line="VL1", at_ms=floor.now_ms)
        session.commit()
    assert totals(floor).quarantine == 300


def test_when_no_slot_is_free_the_question_waits_and_is_answered_later(floor: PlayedFloor) -> None:
    stocked(floor, pallets=12, boxes=1)
    announce(floor, delivery(asn="ASN-2", lot="LOT-2", first=2, boxes=1))
    floor.arrive("P0020000")
    assert floor.transports == {}
    with Session(floor.engine) as session:
        waits = session.connection().execute(sa.text("SELECT reason FROM waiting_question")).scalars().all()
    assert [w.partition("{")[0] for w in waits] == ["no_slot_free"]
    verify(floor)
    assert sorted(floor.contents.values()).count("P0020000") == 1


def test_failed_meters_stay_out_of_distributions(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    with Session(floor.engine) as session:
        first = session.connection().execute(sa.text("SELECT bar_code, box FROM asset ORDER BY 1")).first()
    assert first is not None
    with Session(floor.engine) as session:
        query = sa.text("SELECT bar_code FROM asset WHERE box = :b")
        floor.failing = frozenset(session.connection().execute(query, {"b": first.box}).scalars())
    verify(floor)
    account = totals(floor)
    assert (account.meters_rejected, account.meters_in_stock) == (15, 285)
    order = distribute(floor, ("north", MODEL, 300))
    assert view(floor, order).why[0].params["available"] == 285


def test_a_cancelled_order_gives_its_stock_back(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    verify(floor)
    order = distribute(floor, ("north", MODEL, 330))
    with Session(floor.engine) as session:
        outbound.cancel_order(session, order, reason="not needed", at_ms=floor.now_ms)
        session.commit()
    assert view(floor, order).state == "cancelled"
    second = distribute(floor, ("north", MODEL, 300), key="d2")
    floor.settle()
    assert view(floor, second).state == "finished"


def test_the_same_key_is_the_same_order(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    verify(floor)
    assert distribute(floor, ("north", MODEL, 15)) == distribute(floor, ("north", MODEL, 15))
    assert verify(floor) == 1


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "no_lines"),
        ([("north", "NOSUCH", 15)], "unknown_model"),
        ([("north", MODEL, 14)], "quantity_out_of_range"),
        ([(" ", MODEL, 15)], "not_a_district"),
    ],
)
def test_wishes_are_refused_with_a_code(floor: PlayedFloor, lines: list[tuple[str, str, int]], code: str) -> None:
    with Session(floor.engine) as session, pytest.raises(Refused) as refused:
        outbound.create_distribution(session, key="x", lines=lines, at_ms=1)
    assert refused.value.code == code


def test_the_demo_deliveries_are_taken(floor: PlayedFloor) -> None:
    with Session(floor.engine) as session:
        for path in sorted(Path("plants/demo").glob("*.csv")):
            assert inbound.import_delivery(session, path.read_bytes(), at_ms=1).problems == ()
        session.commit()
    assert totals(floor).by_role["expected"] == 8000


def test_a_second_start_forgets_nothing(floor: PlayedFloor) -> None:
    stocked(floor, pallets=1)
    floor.tell(Fact("FaultRaised", "SC1", {"fault": "machine_fault", "device": "SC1"}))
    with Session(floor.engine) as session:
        setup.seed(session, floor.plant)
        session.commit()
    assert totals(floor).slots_used == 1
    announce(floor, delivery(asn="ASN-2", lot="LOT-2", first=2, boxes=1))
    floor.arrive("P0020000")
    assert floor.transports == {}
    floor.tell(Fact("FaultCleared", "SC1", {"fault": "machine_fault", "device": "SC1"}))
    assert [t.kind for t in floor.transports.values()] == ["store"]
