"""A site with verified stock that plans its deliveries."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from tests.plants import small_plant
from tests.unit.wms.marketing.site import do
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.shipping.days import DEPOT, DISTRICTS, VEHICLES
from tests.unit.wms.test_flow import stocked, verify
from wms.shipping import places


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
