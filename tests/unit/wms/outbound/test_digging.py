"""In a rack two deep no pallet ever passes through another: what is in the way is moved first, and every order ends."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.plant.places import is_slot, parse_slot, slot_id
from tests.plants import small_plant, small_plant_data
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.played_floor import PlayedFloor
from wcs.store import OrderRow, create_tables, make_engine
from wms import setup
from wms.inbound import service as inbound
from wms.outbound import service as outbound
from wms.outbound import views
from wms.rows import table

MODEL = "DDZY2026"


class DeepFloor(PlayedFloor):
    """A floor on which a crane must not reach past a pallet; it counts what was dug out."""

    digs = 0

    def go_on(self, number: int, *, wrong: bool = False) -> bool:
        transport = self.transports[number]
        for place in (transport.at, transport.destination if transport.stage == "directed" else ""):
            slot = parse_slot(place) if is_slot(self.plant, place) else None
            if slot is not None and slot.depth == 2:
                front = slot_id(slot.aisle, slot.side, slot.column, slot.level)
                assert front not in self.contents, f"{transport} passes through {self.contents[front]}"
        self.digs += transport.key.startswith("dig:") and transport.at == transport.source
        if transport.kind == "relocate" and transport.at == "moving":
            self.contents[transport.destination] = transport.unit
            self.tell(self._ended(transport, "TransportFinished"))
            return True
        return super().go_on(number, wrong=wrong)


@pytest.fixture
def floor() -> DeepFloor:
    """Return an empty site with twelve lanes two deep."""
    engine: Engine = make_engine("sqlite://")
    create_tables(engine)
    plant = small_plant(aisles={"A1": small_plant_data()["aisles"]["A1"] | {"depth": 2}})
    with Session(engine) as session:
        setup.seed(session, plant)
        session.commit()
    return DeepFloor(engine, plant)


def stock(floor: DeepFloor, lot: int, count: int) -> None:
    """Store the pallets of a lot."""
    content = delivery(asn=f"ASN-{lot}", lot=f"LOT-{lot}", first=lot, pallets=count, boxes=20)
    with Session(floor.engine) as session:
        assert inbound.import_delivery(session, content, at_ms=floor.now_ms).problems == ()
        session.commit()
    for n in range(count):
        floor.arrive(f"P{lot:03}{n:04}")
        floor.settle()


def states(floor: DeepFloor) -> list[str]:
    with Session(floor.engine) as session:
        return [order.state for order in views.orders(session)]


def test_what_stands_in_front_is_dug_out_and_the_order_goes_on(floor: DeepFloor) -> None:
    for lot in (1, 2):
        stock(floor, lot, 8)
    assert len(floor.contents) == 16
    with Session(floor.engine) as session:
        outbound.create_verification(session, key="v1", lot="LOT-1", line="VL1", at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    assert states(floor) == ["finished"]
    assert floor.digs > 0
    with Session(floor.engine) as session:
        outbound.create_distribution(session, key="d1", lines=[("n", MODEL, 15 * 150)], at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    assert states(floor) == ["finished", "finished"]


def test_a_trip_says_that_it_waits_to_be_dug_out_and_a_full_rack_that_there_is_no_room(floor: DeepFloor) -> None:
    stock(floor, 1, 12)
    stock(floor, 2, 12)
    assert len(floor.contents) == 24
    with Session(floor.engine) as session:
        outbound.create_verification(session, key="v1", lot="LOT-1", line="VL1", at_ms=floor.now_ms)
        session.commit()
        reasons = set(
            session.connection().execute(sa.text("SELECT reason FROM trip WHERE state = 'waiting'")).scalars()
        )
        assert reasons == {"no_room_to_dig"}
        orders = sa.select(sa.func.count()).where(table(OrderRow).c.key.like("dig:%"))
        assert session.connection().execute(orders).scalar() == 0
