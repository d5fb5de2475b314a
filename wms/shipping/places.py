"""Depot, districts, vehicles and distances as people enter them; a list is taken whole, or every bad row is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import service as outbound
from wms.rows import table, upsert
from wms.shipping.tables import DepotRow, DistanceRow, DistrictRow, VehicleRow

MOST_ROWS = 5_000
DAY_MIN = 1_440
LIMITS: dict[str, tuple[float, float]] = {
    "latitude": (-90, 90), "longitude": (-180, 180), "opens_min": (0, DAY_MIN), "closes_min": (0, DAY_MIN),
    "boxes": (1, 10_000), "weight_kg": (1, 100_000), "metres": (0, 5_000_000), "km_h": (1, 130),
    "unload_min": (0, 600), "reload_min": (0, 600), "trips": (1, 6), "meter_1ph_g": (0, 50_000),
    "meter_3ph_g": (0, 50_000), "box_g": (0, 50_000),
}  # fmt: skip
LENGTHS = {"district": 32, "plate": 16, "address": 200, "contact": 100, "driver": 64, "origin": 32, "goal": 32}
NEEDED = ("district", "plate", "address")
Entry = Mapping[str, Any]


def set_depot(desk: Desk, depot: Entry, *, by: str) -> None:
    """Say where vehicles set out from; from then on nothing leaves for a dock without a frozen plan."""
    _check([depot])
    upsert(desk.session, DepotRow, [{"number": 1, **depot}])
    desk.book("DepotSet", by, address=depot["address"])


def drop_depot(desk: Desk, *, by: str) -> None:
    """Plan no deliveries any more: what is promised leaves at once, as before."""
    desk.connection.execute(sa.delete(table(DepotRow)))
    desk.book("DepotDropped", by)
    desk.supplied = True
    outbound.advance(desk)


def set_districts(desk: Desk, rows: Sequence[Entry], *, by: str) -> int:
    """Enter or replace districts, and return how many."""
    return _enter(desk, DistrictRow, rows, by=by)


def set_vehicles(desk: Desk, rows: Sequence[Entry], *, by: str) -> int:
    """Enter or replace vehicles, and return how many; one that is not active drives no more."""
    return _enter(desk, VehicleRow, rows, by=by)


def set_distances(desk: Desk, rows: Sequence[Entry], *, by: str) -> int:
    """Enter or replace measured distances, and return how many; "" is the depot."""
    return _enter(desk, DistanceRow, rows, by=by)


def _enter(desk: Desk, model: type[SQLModel], rows: Sequence[Entry], *, by: str) -> int:
    if not 0 < len(rows) <= MOST_ROWS:
        raise Refused("too_many_rows", count=len(rows), max=MOST_ROWS)
    _check(rows)
    keys = [column.name for column in table(model).primary_key]
    last = {tuple(row[key] for key in keys): row for row in rows}
    upsert(desk.session, model, list(last.values()))
    desk.book("PlacesEntered", by, table=table(model).name, rows=len(last))
    return len(last)


def _check(rows: Iterable[Entry]) -> None:
    bad = [f"{number} ({', '.join(faults)})" for number, row in enumerate(rows, 1) if (faults := faults_of(row))]
    if bad:
        raise Refused("unfit_rows", rows="; ".join(bad))


def faults_of(row: Entry) -> list[str]:
    """Return the columns of a row whose values cannot be.

    >>> faults_of({"plate": "A1", "boxes": 0, "weight_kg": 5000}), faults_of({"opens_min": 90, "closes_min": 60})
    (['boxes'], ['closes_min'])
    """
    found = [name for name, (least, most) in LIMITS.items() if name in row and not least <= row[name] <= most]
    found += [name for name, most in LENGTHS.items() if name in row and len(row[name]) > most]
    found += [name for name in NEEDED if name in row and not row[name].strip()]
    if row.get("opens_min", 0) > row.get("closes_min", DAY_MIN):
        found.append("closes_min")
    if "origin" in row and row["origin"] == row["goal"]:
        found.append("goal")
    return found
