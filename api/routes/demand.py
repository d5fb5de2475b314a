"""What can be promised, what is wanted by the month, what is short, and what stock has aged."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.routes.common import Ctx, Db, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.marketing import ageing, demand, night, promise
from wms.marketing.ageing import AgedLot
from wms.marketing.promise import Available

router = APIRouter(tags=["demand"], route_class=OnceRoute)
READER, CLERK = needs(Role.VIEWER, machine=True), needs(Role.OPERATOR, machine=True)
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Meters = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]


class Planned(BaseModel):
    """Meters of a model that a district plans to take in a month."""

    model_config = ConfigDict(extra="forbid")
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    model: Name
    district: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$")]
    meters: Meters


class Plan(BaseModel):
    """What districts plan to take; rows replace what they had planned."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"rows": [{"month": "2026-12", "model": "DDZY2026", "district": "East", "meters": 3000}]}]
        },
    )
    rows: Annotated[list[Planned], Field(min_length=1, max_length=5_000)]


class Safety(BaseModel):
    """Meters that are never promised."""

    model_config = ConfigDict(extra="forbid")
    meters: Meters


@router.get("/stock/available", dependencies=[READER])
def list_available(db: Db) -> list[Available]:
    """Return by model what can be promised: qualified, less what is locked, less the safety stock."""
    return promise.available(db)


@router.put("/stock/safety/{model}")
def set_safety(model: str, body: Safety, context: Ctx, db: WriteDb, who: Principal = CLERK) -> list[Available]:
    """Set the safety stock of a model."""
    desk = Desk(db, context.now_ms())
    promise.set_safety(desk, model, body.meters, by=who.name)
    desk.close()
    db.commit()
    return promise.available(db)


@router.get("/stock/aged", dependencies=[READER])
def list_aged(context: Ctx, db: Db, days: Annotated[int, Query(ge=1, le=3_650)] = ageing.DAYS) -> list[AgedLot]:
    """Return lots with qualified stock that was verified longer ago, the oldest first."""
    return ageing.aged(db, at_ms=context.now_ms(), days=days)


@router.put("/demand")
def enter_demand(body: Plan, context: Ctx, db: WriteDb, who: Principal = CLERK) -> dict[str, int]:
    """Enter what districts plan to take, all of it or nothing."""
    desk = Desk(db, context.now_ms())
    rows = [(one.month, one.model, one.district, one.meters) for one in body.rows]
    count = demand.enter(desk, rows, by=who.name)
    desk.close()
    db.commit()
    return {"rows": count}


@router.get("/demand", dependencies=[READER])
def show_outlook(
    context: Ctx,
    db: Db,
    hours_a_day: Annotated[float, Query(gt=0, le=24)] = demand.HOURS_A_DAY,
    days: Annotated[int, Query(ge=1, le=31)] = demand.DAYS_A_MONTH,
) -> list[dict[str, Any]]:
    """Return what is planned from this month on against stock and the capacity of the lines; `short` > 0 is a warning.

    The house looks by itself too, whenever the plan changes and every night, and asks a person about each shortage.
    """
    since = night.month(context.plant, context.now_ms())
    seen = demand.outlook(db, context.plant, since=since, hours_a_day=hours_a_day, days=days)
    return [asdict(one) for one in seen]
