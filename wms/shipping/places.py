"""Depot, districts, vehicles and distances as people enter them; a list is taken whole, or every bad row is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import service as outbound
from wms.rows import table, upsert
from wms.shipping.tables import DepotRow, DistanceRow, DistrictRow, VehicleRow

MOST_ROWS = 50_000
"""More than the distances between any two of 300 places."""
DAY_MIN = 1_440
LIMITS: dict[str, tuple[float, float]] = {
    "latitude": (-90, 90), "longitude": (-180, 180), "opens_min": (0, DAY_MIN), "closes_min": (0, DAY_MIN),
    "boxes": (1, 10_000), "weight_kg": (1, 100_000), "metres": (0, 5_000_000), "km_h": (1, 130),
    "unload_min": (0, 600), "reload_min": (0, 600), "trips": (1, 6), "meter_1ph_g": (0, 50_000),
    "meter_3ph_g": (0, 50_000), "box_g": (0, 50_000),
}  # fmt: skip
LENGTHS = {"district": 32, "plate": 16, "address": 200, "contact": 100, "driver": 64, "origin": 32, "goal": 32}
NEEDED = ("district", "plate", "address")
MODELS: dict[str, type[SQLModel]] = {"districts": DistrictRow, "vehicles": VehicleRow, "distances": DistanceRow}
KEYS = {"districts": ("district",), "vehicles": ("plate",), "distances": ("origin", "goal")}
Entry = Mapping[str, Any]
Rows = Mapping[str, Sequence[Entry]]


def set_depot(desk: Desk, depot: Entry, *, by: str) -> None:
    """Say where vehicles set out from; from then on nothing leaves for a dock without a frozen plan."""
    if faults := faults_of(depot):
        raise Refused("unfit_rows", rows=f"depot ({', '.join(faults)})")
    upsert(desk.session, DepotRow, [{"number": 1, **depot}])
    desk.book("DepotSet", by, address=depot["address"])


def drop_depot(desk: Desk, *, by: str) -> None:
    """Plan no deliveries any more: what is promised leaves at once, as before."""
    desk.connection.execute(sa.delete(table(DepotRow)))
    desk.book("DepotDropped", by)
    desk.supplied = True
    outbound.advance(desk)


def set_places(desk: Desk, rows: Rows, *, by: str) -> int:
    """Enter or replace districts, vehicles and measured distances ("" is the depot), and return how many rows.

    Raises Refused for rows that cannot be, every one of every list named by its number from 1.
    """
    for of in rows.values():
        if len(of) > MOST_ROWS:
            raise Refused("too_many_rows", count=len(of), max=MOST_ROWS)
    known = {"", *desk.connection.execute(sa.select(table(DistrictRow).c.district)).scalars()}
    known |= {row["district"] for row in rows.get("districts", ())}
    bad = [fault for name, of in rows.items() for fault in _bad(name, of, known)]
    if bad:
        raise Refused("unfit_rows", rows="; ".join(bad))
    for name, of in rows.items():
        if of:
            upsert(desk.session, MODELS[name], of)
            desk.book("PlacesEntered", by, table=table(MODELS[name]).name, rows=len(of))
    return sum(len(of) for of in rows.values())


def set_districts(desk: Desk, rows: Sequence[Entry], *, by: str) -> int:
    """Enter or replace districts, and return how many."""
    return set_places(desk, {"districts": rows}, by=by)


def set_vehicles(desk: Desk, rows: Sequence[Entry], *, by: str) -> int:
    """Enter or replace vehicles, and return how many; one that is not active drives no more."""
    return set_places(desk, {"vehicles": rows}, by=by)


def _bad(name: str, rows: Sequence[Entry], known: Set[str]) -> Iterator[str]:
    """Yield rows that cannot be, with their columns: out of limits, twice, or of a place that nobody has entered."""
    keys = KEYS[name]
    seen: set[tuple[str, ...]] = set()
    for number, row in enumerate(rows, 1):
        faults = faults_of(row)
        if (key := tuple(row[column] for column in keys)) in seen:
            faults.append(f"{keys[-1]} twice")
        seen.add(key)
        if name == "distances":
            faults += [f"{column} unknown" for column in keys if row[column] not in known]
        if faults:
            yield f"{name} {number} ({', '.join(faults)})"


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
