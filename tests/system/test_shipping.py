"""The deliveries of a day in the real twin: what is unloaded last leaves first, and nothing before the plan."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.effort import Effort
from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import Watch, delivery, judge_of
from tests.system.test_line_orders import facts_of
from tests.unit.wms.deliveries import rows
from tests.unit.wms.shipping.days import DEPOT, DISTRICTS, VEHICLES
from tests.unit.wms.test_flow import MODEL
from wcs.store import make_engine
from wms.desk import Desk
from wms.outbound import service as outbound
from wms.outbound import views as owed
from wms.shipping import gathering, places, service, views
from wms.shipping.drafting import draft
from wms.shipping.fleet import fleet
from wms.shipping.service import Wanted
from wms.stock.tables import BoxRow

DAY = "2026-11-21"
WANTED = {"near": 30, "middle": 45, "far": 30}
LONGITUDES = {"near": 104.1, "middle": 104.2, "far": 104.3}


def in_stock(session: Session) -> int:
    """Return how many qualified meters could be promised."""
    query = sa.text(
        "SELECT sum(box.meters) FROM box JOIN slot ON slot.pallet = box.pallet WHERE box.state = 'qualified'"
    )
    return int(session.connection().execute(query).scalar() or 0)


def ask(session: Session, at_ms: int) -> int:
    """Enter the places, order for every district, and plan the day."""
    desk = Desk(session, at_ms)
    places.set_depot(desk, DEPOT, by="chief")
    of_district = [{**DISTRICTS[0], "district": name, "longitude": LONGITUDES[name]} for name in WANTED]
    places.set_districts(desk, of_district, by="chief")
    places.set_vehicles(desk, VEHICLES, by="chief")
    desk.close()
    lines = [(name, MODEL, meters) for name, meters in WANTED.items()]
    outbound.create_distribution(session, key="d1", lines=lines, at_ms=at_ms)
    made = draft(fleet(session, DAY), gathering.loads(session), [], Effort(seconds=0.2))
    desk = Desk(session, at_ms)
    number = service.enter(desk, Wanted("p1", DAY), made, by="clerk")
    desk.close()
    return number


def test_docks_get_the_last_stop_first_and_nothing_before_the_plan_is_frozen(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=2, boxes=6))
    planned: list[int] = []
    frozen: list[int] = []

    def staff(session: Session, at_ms: int) -> None:
        if not planned and in_stock(session) >= sum(WANTED.values()):
            planned.append(ask(session, at_ms))
        elif planned and not frozen:
            assert facts_of(session, "PalletShipped") == []
            assert {why.code for why in owed.orders(session)[-1].why} == {"waits_for_delivery_plan"}
            desk = Desk(session, at_ms)
            service.freeze(desk, planned[0], by="chief")
            desk.close()
            frozen.append(at_ms)

    site = Site(
        cells_plant(), engine, truth, books, judge_of(1), check=Watch(engine), staff=staff, more=lambda: not frozen
    )
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        shipped = [fact.payload["district"] for fact in facts_of(session, "PalletShipped")]
        plan = views.plan(session, planned[0])
        assert plan is not None
        stops = {stop.district: stop for stop in plan.stops}
        noted = {name: views.note(session, stop.number) for name, stop in stops.items()}
        gone = session.execute(sa.select(sa.func.sum(BoxRow.meters)).where(BoxRow.state == "shipped")).scalar()
    assert [*dict.fromkeys(shipped)] == [stop.district for stop in reversed(plan.stops)]
    assert shipped == sorted(shipped, key=lambda name: stops[name].rank)
    counted = {name: sum(box.meters for box in note.boxes) for name, note in noted.items() if note}
    assert gone == sum(counted.values()) and counted == {name: stop.shipped for name, stop in stops.items()}
    assert all(WANTED[name] - 15 < meters <= WANTED[name] for name, meters in counted.items())  # whole boxes
