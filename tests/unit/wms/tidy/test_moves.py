"""Moves that pay: previewed, made one by one while nothing else waits, stopped when real work comes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.played_floor import PlayedFloor
from wcs.store import OrderRow
from wms.desk import Desk
from wms.inbound import service as inbound
from wms.rows import table
from wms.stock import turnover, units
from wms.stock.tables import SlotRow, TidyMoveRow, TurnoverRow
from wms.tidy import service as tidy

DAY_MS = turnover.DAY_MS
FAR = ("A1-2-03-02", "A1-1-03-02")
_order, _slot = table(OrderRow), table(SlotRow)


@pytest.fixture
def floor(engine: Engine) -> PlayedFloor:
    """Return a site with two pallets in the farthest slots, that are called often."""
    floor = PlayedFloor(engine, small_plant())
    with Session(engine) as session:
        assert inbound.import_delivery(session, delivery(pallets=2, boxes=20), at_ms=1).problems == ()
        session.commit()
    floor.arrive("P0010000")
    floor.arrive("P0010001")
    floor.settle()
    with Session(engine) as session:
        desk = Desk(session, floor.now_ms)
        for code, slot in zip(("P0010000", "P0010001"), FAR, strict=True):
            floor.contents.pop(next(at for at, unit in floor.contents.items() if unit == code))
            floor.contents[slot] = code
            units.stored(desk, code, slot)
        session.connection().execute(sa.update(table(TurnoverRow)).values(calls_day=100.0, at_ms=floor.now_ms))
        desk.close()
        session.commit()
    floor.listen()
    return floor


def moves(floor: PlayedFloor) -> list[tuple[str, str]]:
    with Session(floor.engine) as session:
        return [(row["source"], row["state"]) for row in tidy.moves(session)]


def go(floor: PlayedFloor, count: int) -> None:
    with Session(floor.engine) as session:
        tidy.go(session, floor.plant, moves=count, at_ms=floor.now_ms)
        session.commit()
    floor.take()


def places(floor: PlayedFloor) -> dict[str, str]:
    with Session(floor.engine) as session:
        query = sa.select(_slot.c.pallet, _slot.c.id).where(_slot.c.pallet.is_not(None))
        return {pallet: slot for pallet, slot in session.connection().execute(query)}


def test_a_preview_books_nothing_and_says_what_is_gained(floor: PlayedFloor) -> None:
    with Session(floor.engine) as session:
        plan = tidy.preview(session, floor.plant, moves=10, at_ms=floor.now_ms)
        assert [(m.pallet, m.why) for m in plan.moves] == [("P0010000", "turnover"), ("P0010001", "turnover")]
        assert plan.stopped == "unpaying"
        assert plan.gain_s == pytest.approx(sum(m.gain_s for m in plan.moves))
        assert 0 < plan.gain_share < 1
        assert tidy.preview(session, floor.plant, moves=1, at_ms=floor.now_ms).stopped == "limit"
        assert tidy.moves(session) == []


def test_moves_are_made_one_after_another_with_the_lowest_rank(floor: PlayedFloor) -> None:
    go(floor, 10)
    assert [state for _, state in moves(floor)] == ["moving", "planned"]
    with Session(floor.engine) as session:
        query = sa.select(_order.c.kind, _order.c.priority).where(_order.c.key.like("tidy:%"))
        assert session.connection().execute(query).all() == [("relocate", tidy.PRIORITY)]
    floor.settle()
    assert [state for _, state in moves(floor)] == ["done", "done"]
    assert set(places(floor).values()).isdisjoint(FAR)
    assert places(floor) == {unit: slot for slot, unit in floor.contents.items()}


def test_real_work_comes_first_and_what_is_planned_waits_for_it(floor: PlayedFloor) -> None:
    with Session(floor.engine) as session:
        assert inbound.import_delivery(
            session, delivery(asn="ASN-2", lot="LOT-2", first=2, pallets=1, boxes=20), at_ms=floor.now_ms
        ).problems == ()  # fmt: skip
        session.commit()
    floor.arrive("P0020000")
    go(floor, 10)
    assert {state for _, state in moves(floor)} == {"planned"}
    floor.settle()
    assert {state for _, state in moves(floor)} == {"done"}


def test_a_move_whose_pallet_has_gone_elsewhere_is_dropped(floor: PlayedFloor) -> None:
    go(floor, 10)
    with Session(floor.engine) as session:
        planned = sa.select(table(TidyMoveRow).c.pallet).where(table(TidyMoveRow).c.state == "planned")
        other = session.connection().execute(planned).scalar_one()
        units.lost(Desk(session, floor.now_ms), other, FAR[1])
        session.commit()
    floor.settle()
    assert sorted(state for _, state in moves(floor)) == ["done", "dropped"]


def test_what_is_planned_can_be_dropped(floor: PlayedFloor) -> None:
    go(floor, 10)
    with Session(floor.engine) as session:
        assert tidy.stop(session, at_ms=floor.now_ms) == 1
        session.commit()
    floor.settle()
    assert sorted(state for _, state in moves(floor)) == ["done", "dropped"]


@pytest.mark.parametrize(("hour", "inside"), [(21, False), (22, True), (3, True), (5, False), (12, False)])
def test_a_night_may_go_over_midnight(hour: int, inside: bool) -> None:
    plant = small_plant(rules={"relocation": "nightly", "relocation_from_hour": 22, "relocation_to_hour": 5})
    at_ms = (hour - 8) % 24 * 3_600_000 + 60_000  # the small plant's epoch is 8 o'clock
    began = tidy.night_began(plant, at_ms)
    assert (began is not None) == inside
    if began is not None:
        assert (began // 3_600_000 + 8) % 24 == 22


def test_a_night_plans_once_by_itself(floor: PlayedFloor) -> None:
    night = {"relocation": "nightly", "relocation_from_hour": 8, "relocation_to_hour": 9}
    floor.plant = small_plant(rules=night)
    floor.listen()
    floor.settle()
    done = moves(floor)
    assert [state for _, state in done] == ["done", "done"]
    floor.tell()
    assert moves(floor) == done
