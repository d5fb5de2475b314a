"""Answers to the questions of the WCS: where a unit shall go, which slot it gets.

A question that cannot be answered yet is kept with its reason, and taken up again when something has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from plc.plant.model import Plant
from plc.plant.stations import Clarification, GoodsIn, Picking
from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.inbound import arrivals
from wms.marketing import back_to_stock
from wms.outbound import trips
from wms.reasons import Reason
from wms.rows import table
from wms.stock import openings, putaway, slots, units
from wms.stock.tables import WaitingRow

_waiting = table(WaitingRow)
Asked = Mapping[str, Any]
ON_A_TRIP = ("travelling", "arrived")


def answer(desk: Desk, plant: Plant, asked: Asked) -> None:
    """Answer a question, or say why not yet."""
    _settle(desk, asked, _answer(desk, plant, asked), before="")


def retry(desk: Desk, plant: Plant) -> None:
    """Take up again what could not be answered before."""
    for row in desk.connection.execute(sa.select(_waiting).order_by(_waiting.c.question)).all():
        asked = json.loads(row.asked)
        _settle(desk, asked, _answer(desk, plant, asked), before=row.reason)


def _settle(desk: Desk, asked: Asked, why: Reason | None, *, before: str) -> None:
    question = asked["question"]
    if why is None:
        if before:
            desk.connection.execute(sa.delete(_waiting).where(_waiting.c.question == question))
        return
    told = why.code + why.params_json()
    if told == before:
        return
    orders.hold(desk.session, question=question, reason=why.code, params=why.params)
    if before:
        desk.connection.execute(sa.update(_waiting).where(_waiting.c.question == question).values(reason=told))
        return
    row = {"question": question, "asked": json.dumps(dict(asked), sort_keys=True), "reason": told}
    desk.connection.execute(sa.insert(_waiting), row)


def _answer(desk: Desk, plant: Plant, asked: Asked) -> Reason | None:
    match asked["ask"]:
        case "where":
            return _where(desk, plant, asked)
        case "slot":
            return _slot(desk, plant, asked)
        case _:
            return _other_slot(desk, plant, asked)


def _where(desk: Desk, plant: Plant, asked: Asked) -> Reason | None:
    """A unit stands at a station and belongs to no order."""
    unit, at = asked["unit"], asked["station"]
    station = plant.stations.get(plant.station_at.get(at, ""))
    if asked["faults"]:
        return _to_clarification(desk, plant, asked)
    if isinstance(station, GoodsIn | Clarification):
        at_person = isinstance(station, Clarification)
        if at_person:
            arrivals.set_off(desk, unit)
        why = arrivals.arrive(desk, unit, at, asked["weight_g"])
        if why is not None or (not at_person and arrivals.holds_strange_boxes(desk, unit)):
            return _to_clarification(desk, plant, asked)
    elif (row := units.get(desk, unit)) is None:
        desk.clarify(unit, Reason("unknown_pallet", {"pallet": unit}))
        return _to_clarification(desk, plant, asked)
    elif row.whereabouts != "moving" or row.place != at:
        units.move(desk, unit, "moving", at)
    if isinstance(station, Picking) and (why := _at_picking(desk, station, unit, at)) is not None:
        return why if why.code != "under_way" else None
    return _store(desk, plant, asked)


def _at_picking(desk: Desk, station: Picking, unit: str, at: str) -> Reason | None:
    """Return why a pallet at a picking station stays there; "under_way" if it has its order already."""
    trip = trips.live(desk, unit)
    if trip is not None and trip.state == "stopped":
        return None
    if trip is not None and trip.purpose == "target":
        return Reason("under_way")
    if trip is not None and trip.state in ON_A_TRIP:
        return Reason("being_picked", {"station": station.id})
    return Reason("waits_for_boxes", {"station": station.id}) if at == station.target else None


def _store(desk: Desk, plant: Plant, asked: Asked) -> Reason | None:
    if (why := back_to_stock.held(desk, asked["unit"])) is not None:
        return why
    found = putaway.choose(desk, plant, asked["unit"], at=asked["station"])
    if isinstance(found, Reason):
        return found
    _submit(desk, asked, found, OrderKind.STORE)
    return None


def _to_clarification(desk: Desk, plant: Plant, asked: Asked) -> Reason | None:
    point = next((s.point for s in plant.stations.values() if isinstance(s, Clarification)), None)
    if point is None:
        return Reason("no_clarification_station")
    _submit(desk, asked, point, OrderKind.CLARIFY)
    return None


def _slot(desk: Desk, plant: Plant, asked: Asked) -> Reason | None:
    """A unit stands at the in-feed of its aisle: its slot once more, or another one that the crane reaches."""
    slot: str = asked["slot"]
    if slots.confirmed(desk, asked["unit"], slot) is None:
        _direct(desk, asked, openings.nearer(desk, plant, asked["unit"], slot, asked.get("partners", ())))
        return None
    return _elsewhere(desk, plant, asked, slot.partition("-")[0])


def _other_slot(desk: Desk, plant: Plant, asked: Asked) -> Reason | None:
    """A unit is on the fork before a slot that was not empty: another slot of the aisle, or else of any aisle."""
    slot: str = asked["slot"]
    if _elsewhere(desk, plant, asked, slot.partition("-")[0]) is None:
        return None
    return _elsewhere(desk, plant, asked, None)


def _elsewhere(desk: Desk, plant: Plant, asked: Asked, aisle: str | None) -> Reason | None:
    found = putaway.choose(desk, plant, asked["unit"], at=asked["station"], aisle=aisle)
    if isinstance(found, Reason):
        return found
    _direct(desk, asked, found)
    return None


def _submit(desk: Desk, asked: Asked, destination: str, kind: OrderKind) -> None:
    orders.submit(
        desk.session, key=f"answer:{asked['question']}", kind=kind, unit=asked["unit"], source=asked["station"],
        destination=destination,
    )  # fmt: skip


def _direct(desk: Desk, asked: Asked, slot: str) -> None:
    orders.direct(desk.session, question=asked["question"], destination=slot, kind=OrderKind.STORE)
