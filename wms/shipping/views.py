"""What anybody may read of deliveries: the places, the plans with their stop tables, and what a note lists."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.outbound.tables import OrderLineRow, PromiseRow
from wms.rows import table
from wms.shipping.rules import clock
from wms.shipping.tables import DepotRow, DistanceRow, DistrictRow, LoadRow, PlanRow, StopRow, VehicleRow
from wms.stock.tables import BoxRow, LotRow

_plan, _stop, _load, _district = table(PlanRow), table(StopRow), table(LoadRow), table(DistrictRow)
_line, _promise, _box, _lot = table(OrderLineRow), table(PromiseRow), table(BoxRow), table(LotRow)
_vehicle = table(VehicleRow)


class StopView(BaseModel):
    """A stop of a plan: what it brings, by which vehicle, when, and how far the vehicle comes for it."""

    number: int
    district: str
    address: str
    contact: str
    latitude: float | None
    longitude: float | None
    vehicle: str
    trip: int
    position: int
    fixed: bool
    boxes: int
    meters: int
    weight_kg: int
    shipped: int
    """Meters of it that have left."""
    leaves: str
    begins: str
    leg_m: int
    rank: int
    reason: str
    note: str
    docks: list[str]
    received_by: str
    received_ms: int
    damaged: int
    remark: str


class PlanView(BaseModel):
    """The plan of a day, in metres of all vehicles; none is shorter than `bound_m`."""

    number: int
    day: str
    state: str
    metres: int
    bound_m: int
    created_by: str
    created_ms: int
    frozen_by: str
    frozen_ms: int
    stops: list[StopView] = []


class NoteBox(BaseModel):
    """A box of a note."""

    box: str
    model: str
    lot: str
    meters: int
    pallet: str


class Note(BaseModel):
    """What a delivery note and a receipt note say."""

    plan: PlanView
    stop: StopView
    driver: str
    boxes: list[NoteBox]


def places(session: Session) -> dict[str, Any]:
    """Return the depot (or None), districts, vehicles and measured distances."""
    rows = {
        name: [dict(row) for row in session.connection().execute(sa.select(table(model))).mappings()]
        for name, model in (
            ("depot", DepotRow), ("districts", DistrictRow), ("vehicles", VehicleRow), ("distances", DistanceRow)
        )
    }  # fmt: skip
    depot = [{key: value for key, value in row.items() if key != "number"} for row in rows["depot"]]
    return {**rows, "depot": depot[0] if depot else None}


def plans(session: Session, *, after: int = 0, limit: int = 100) -> list[PlanView]:
    """Return plans without their stops, by number."""
    query = sa.select(_plan).where(_plan.c.number > after).order_by(_plan.c.number).limit(limit)
    return [PlanView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def plan(session: Session, number: int) -> PlanView | None:
    """Return a plan with its stops by vehicle, trip and position, those left out last; or None."""
    query = sa.select(_plan).where(_plan.c.number == number)
    row = session.connection().execute(query).mappings().first()
    return None if row is None else PlanView.model_validate({**row, "stops": _stops(session, _stop.c.plan == number)})


def note(session: Session, stop: int) -> Note | None:
    """Return what the notes of a stop say, or None; a stop has notes once its plan is frozen."""
    found = _stops(session, sa.and_(_stop.c.number == stop, _stop.c.note != ""))
    if not found:
        return None
    of_plan = sa.select(_plan).join(_stop, _stop.c.plan == _plan.c.number).where(_stop.c.number == stop)
    about = PlanView.model_validate(dict(session.connection().execute(of_plan).mappings().one()))
    driver = session.connection().execute(
        sa.select(_vehicle.c.driver).where(_vehicle.c.plate == found[0].vehicle)
    ).scalar()  # fmt: skip
    return Note(plan=about, stop=found[0], driver=driver or "", boxes=_boxes(session, stop))


def _stops(session: Session, where: Any) -> list[StopView]:
    query = (
        sa.select(_stop, _district.c.address, _district.c.contact, _district.c.latitude, _district.c.longitude)
        .outerjoin(_district, _district.c.district == _stop.c.district)
        .where(where)
        .order_by(_stop.c.vehicle == "", _stop.c.vehicle, _stop.c.trip, _stop.c.position, _stop.c.number)
    )
    rows = session.connection().execute(query).mappings().all()
    docks, shipped = _of_lines(session, [row["number"] for row in rows])
    return [
        StopView.model_validate({
            **row, "address": row["address"] or "", "contact": row["contact"] or "",
            "docks": sorted(docks.get(row["number"], ())), "shipped": shipped.get(row["number"], 0),
            "leaves": clock(row["leaves_s"]) if row["vehicle"] else "",
            "begins": clock(row["begins_s"]) if row["vehicle"] else "",
        })
        for row in rows
    ]  # fmt: skip


def _of_lines(session: Session, stops: list[int]) -> tuple[dict[int, set[str]], dict[int, int]]:
    query = sa.select(_load.c.stop, _line.c.dock, _line.c.shipped).join(_line, _line.c.number == _load.c.line)
    docks: dict[int, set[str]] = {}
    shipped: dict[int, int] = {}
    for stop, dock, meters in session.connection().execute(query.where(_load.c.stop.in_(stops))):
        docks.setdefault(stop, set()).add(dock)
        shipped[stop] = shipped.get(stop, 0) + meters
    return docks, shipped


def _boxes(session: Session, stop: int) -> list[NoteBox]:
    query = (
        sa.select(_box.c.code.label("box"), _box.c.model, _lot.c.code.label("lot"), _promise.c.meters, _box.c.pallet)
        .join(_promise, _promise.c.box == _box.c.code)
        .join(_load, _load.c.line == _promise.c.line)
        .outerjoin(_lot, _lot.c.number == _box.c.lot)
        .where(_load.c.stop == stop, _promise.c.state != "released")
        .order_by(_box.c.model, _lot.c.code, _box.c.pallet, _box.c.code)
    )
    rows = session.connection().execute(query).mappings()
    return [NoteBox.model_validate({**row, "lot": row["lot"] or "", "pallet": row["pallet"] or ""}) for row in rows]
