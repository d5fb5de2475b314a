"""Where deliveries set out from and go to: the depot, districts, vehicles, measured distances."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.routes.common import Ctx, Db, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.shipping import places, views

router = APIRouter(tags=["shipping"], route_class=OnceRoute)
READER, ENGINEER = needs(Role.VIEWER, machine=True), needs(Role.ENGINEER)
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
PLAIN = r"^[^\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069]*$"
"""Neither control characters nor such as turn the text around them."""
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Minute = Annotated[int, Field(strict=True, ge=0, le=1440)]
Grams = Annotated[int, Field(strict=True, ge=0, le=50_000)]
District = Annotated[str, Field(min_length=1, max_length=32, pattern=PLAIN)]
Address = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]


class Depot(BaseModel):
    """Where vehicles set out from, when, how fast they are on the whole, and what meters and boxes weigh."""

    model_config = STRICT
    address: Address
    latitude: Latitude
    longitude: Longitude
    km_h: Annotated[float, Field(ge=1, le=130)] = 40.0
    opens_min: Minute = 420
    closes_min: Minute = 1200
    unload_min: Annotated[int, Field(strict=True, ge=0, le=600)] = 20
    reload_min: Annotated[int, Field(strict=True, ge=0, le=600)] = 45
    trips: Annotated[int, Field(strict=True, ge=1, le=6)] = 2
    meter_1ph_g: Grams = 900
    meter_3ph_g: Grams = 2500
    box_g: Grams = 3000


class DistrictPlace(BaseModel):
    """Where a district takes its meters in, and between which minutes of the day."""

    model_config = STRICT
    district: District
    address: Address
    contact: Annotated[str, Field(max_length=100, pattern=PLAIN)] = ""
    latitude: Latitude
    longitude: Longitude
    opens_min: Minute = 0
    closes_min: Minute = 1440


class VehicleEntry(BaseModel):
    """A vehicle and how much it carries."""

    model_config = STRICT
    plate: Annotated[str, Field(min_length=1, max_length=16, pattern=PLAIN)]
    boxes: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    weight_kg: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    driver: Annotated[str, Field(max_length=64, pattern=PLAIN)] = ""
    active: bool = True


class Distance(BaseModel):
    """Measured metres from one place to another; "" is the depot. One direction counts for both."""

    model_config = STRICT
    origin: Annotated[str, Field(max_length=32, pattern=PLAIN)]
    goal: Annotated[str, Field(max_length=32, pattern=PLAIN)]
    metres: Annotated[int, Field(strict=True, ge=0, le=5_000_000)]


class Places(BaseModel):
    """Depot, districts, vehicles and distances to enter or replace; all of it is taken, or nothing."""

    model_config = STRICT
    depot: Depot | None = None
    districts: Annotated[list[DistrictPlace], Field(max_length=places.MOST_ROWS)] = []
    vehicles: Annotated[list[VehicleEntry], Field(max_length=places.MOST_ROWS)] = []
    distances: Annotated[list[Distance], Field(max_length=places.MOST_ROWS)] = []


@router.get("/shipping/places", dependencies=[READER])
def show_places(db: Db) -> dict[str, Any]:
    """Return the depot, districts, vehicles and measured distances."""
    return views.places(db)


@router.put("/shipping/places")
def enter_places(body: Places, context: Ctx, db: WriteDb, who: Principal = ENGINEER) -> dict[str, Any]:
    """Enter or replace depot, districts, vehicles and distances, all of it or nothing."""
    desk = Desk(db, context.now_ms())
    enter_all(desk, body, by=who.name)
    desk.close()
    db.commit()
    return views.places(db)


@router.put("/shipping/depot")
def set_depot(body: Depot, context: Ctx, db: WriteDb, who: Principal = ENGINEER) -> dict[str, Any]:
    """Say where vehicles set out from; from then on nothing leaves for a district without a frozen plan."""
    desk = Desk(db, context.now_ms())
    places.set_depot(desk, body.model_dump(), by=who.name)
    desk.close()
    db.commit()
    return views.places(db)


@router.delete("/shipping/depot")
def drop_depot(context: Ctx, db: WriteDb, who: Principal = ENGINEER) -> dict[str, Any]:
    """Plan no deliveries any more; what is promised leaves at once."""
    desk = Desk(db, context.now_ms())
    places.drop_depot(desk, by=who.name)
    desk.close()
    db.commit()
    context.ring()
    return views.places(db)


def enter_all(desk: Desk, body: Places, *, by: str) -> None:
    """Enter what a body holds. Raises Refused with every bad row of all its lists."""
    rows = {name: [row.model_dump() for row in getattr(body, name)] for name in ("districts", "vehicles", "distances")}
    places.set_places(desk, rows, by=by)
    if body.depot is not None:
        places.set_depot(desk, body.depot.model_dump(), by=by)
