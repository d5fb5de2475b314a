"""A site with places, and what tests of its deliveries do with it again and again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.effort import Effort
from tests.unit.wms.marketing.site import do
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.test_flow import MODEL, distribute, view
from wcs.store import OrderRow
from wms.rows import table
from wms.shipping import gathering, service, views
from wms.shipping.drafting import draft
from wms.shipping.fleet import fleet
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
