"""What the house does by itself: aged stock called back once a night, and shortages told once, with an end."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.marketing.site import a_site, do, letters, row
from tests.unit.wms.played_floor import PlayedFloor
from wms.inbound.service import import_delivery
from wms.marketing import ageing, cancelling, demand, night, promise, tasks
from wms.marketing.tables import TaskRow
from wms.marketing.tasks import Wish
from wms.rows import table

HOUR_MS, DAY_MS = night.HOUR_MS, night.DAY_MS
_task = table(TaskRow)


def nightly_plant(days: int = 180, hour: int = 2) -> Plant:
    """Return the small plant, whose time begins at 8 in the morning, with the rule that calls aged stock back."""
    return small_plant(rules={"recheck_days": days, "recheck_hour": hour})


def aged_site(engine: Engine, plant: Plant) -> PlayedFloor:
    """Return a floor with a lot of 150 meters that was verified today."""
    floor = a_site(engine, pallets=1, boxes=10)
    floor.plant = plant
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    floor.settle()
    return floor


def wait_until(floor: PlayedFloor, day: int, hour: float) -> None:
    """Let nothing happen until an hour of a day after the first one."""
    floor.now_ms = round(day * DAY_MS + (hour - floor.plant.epoch.hour) * HOUR_MS)
    floor.listen()


def called(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        query = sa.select(_task.c.key, _task.c.state).where(_task.c.source == ageing.SOURCE).order_by(_task.c.number)
        return [(key, state) for key, state in session.connection().execute(query)]


def test_nights_are_counted_by_the_hour_of_the_plant() -> None:
    plant = small_plant()
    assert plant.epoch.hour == 8
    at = [night.number(plant, h * HOUR_MS, hour=2) for h in (0, 17, 18, 41, 42)]
    assert at == [0, 0, 1, 1, 2]
    assert night.number(plant, 0, hour=20) == 0 and night.number(plant, 12 * HOUR_MS, hour=20) == 1
    assert night.month(plant, 0) == "2026-11" and night.month(plant, 29 * DAY_MS) == "2026-12"


def test_aged_stock_is_called_back_at_the_hour_and_never_twice_while_that_is_open(engine: Engine) -> None:
    floor = aged_site(engine, nightly_plant())
    wait_until(floor, 180, 2.5)
    wait_until(floor, 181, 1.9)
    assert called(engine) == []  # old enough by now, but the night is to come
    wait_until(floor, 181, 2.1)
    ((key, state),) = called(engine)
    assert state == "planned" and letters(floor, "proposal")[-1]["task"] == key
    for day in (182, 183, 184):
        wait_until(floor, day, 23)
        wait_until(floor, day + 1, 3)
    assert len(called(engine)) == 1
    do(floor, cancelling.cancel, key, reason="not now")
    wait_until(floor, 185, 12)
    assert len(called(engine)) == 1  # not before the next night
    wait_until(floor, 186, 2.5)
    assert len(called(engine)) == 2


def test_a_plant_without_the_rule_calls_nothing_back(engine: Engine) -> None:
    floor = aged_site(engine, small_plant())
    wait_until(floor, 400, 3)
    assert called(engine) == []


def test_only_pallets_with_aged_boxes_are_verified_again(engine: Engine) -> None:
    floor = aged_site(engine, small_plant())
    floor.now_ms += 200 * DAY_MS
    with Session(engine) as session:
        content = delivery(asn="ASN-2", lot="LOT-1", pallets=1, boxes=10, first=50)
        assert import_delivery(session, content, at_ms=floor.now_ms).problems == ()
        session.commit()
    floor.arrive("P0500000")
    floor.settle()
    do(floor, tasks.take, Wish("T2", "LOT-1", approval=False))
    floor.settle()
    (key,) = do(floor, ageing.call_back, days=180, by="li")
    assert {one["pallet"] for one in letters(floor, "proposal")[-1]["boxes"]} == {"P0010000"}
    assert row(floor, key).quantity == 150


def test_a_lot_with_the_longest_name_is_called_back_by_a_name_of_its_own(engine: Engine) -> None:
    lots = ["L" * 60 + "A", "L" * 60 + "B"]
    assert len({ageing._key(lot, 200) for lot in lots}) == 2
    assert all(len(ageing._key(lot, 200)) <= tasks.LONGEST_KEY for lot in lots)


def questions(engine: Engine) -> list[tuple[str, str, bool]]:
    with Session(engine) as session:
        query = "SELECT subject, reason, closed_ms = 0 FROM clarification WHERE reason LIKE 'demand%' ORDER BY number"
        return [(one[0], one[1], bool(one[2])) for one in session.connection().execute(sa.text(query))]


def enter(floor: PlayedFloor, meters: int, month: str = "2026-12") -> Any:
    return do(floor, demand.enter, [(month, "DDZY2026", "n", meters)], by="li")


def test_a_shortage_is_told_when_the_plan_says_so_once_and_is_over_when_it_does_not(engine: Engine) -> None:
    floor = aged_site(engine, small_plant())
    enter(floor, 100)
    assert questions(engine) == []
    do(floor, promise.set_safety, "DDZY2026", 60, by="li")
    assert questions(engine) == [("demand:DDZY2026:2026-12", "demand_no_stock", True)]
    enter(floor, 130)
    assert len(questions(engine)) == 1
    with Session(engine) as session:
        said = session.connection().execute(sa.text("SELECT params FROM clarification WHERE closed_ms = 0")).scalar()
    assert '"meters": 40' in str(said) or '"meters":40' in str(said)
    enter(floor, 80)
    assert questions(engine) == [("demand:DDZY2026:2026-12", "demand_no_stock", False)]


def test_a_shortage_comes_and_goes_by_the_time_alone(engine: Engine) -> None:
    floor = aged_site(engine, small_plant())
    enter(floor, 500, "2026-11")
    assert [open_ for _, _, open_ in questions(engine)] == [True]
    wait_until(floor, 40, 1)  # November is over
    assert [open_ for _, _, open_ in questions(engine)] == [False]
    with Session(engine) as session:
        assert demand.outlook(session, floor.plant, since="2026-12") == []


def test_what_the_lines_cannot_verify_in_time_is_told_as_such(engine: Engine) -> None:
    floor = a_site(engine, pallets=2, boxes=20)
    with Session(engine) as session:
        enter(floor, 600)
        slow = demand.outlook(session, floor.plant, hours_a_day=0.01, days=1)
    assert questions(engine) == []
    assert [(one.cause, one.short > 0) for one in slow] == [("no_capacity", True)]
    enter(floor, 700)
    assert [(reason, open_) for _, reason, open_ in questions(engine)] == [("demand_no_stock", True)]
