"""A site's first start, and each one after: slots, aisles and stations of the plant, code tables, models, schemes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.plant.places import parse_slot, slot_id, slots
from plc.plant.stations import Picking
from plc.plant.travel import crane_travel_s, crane_xy_m
from wms.archives import service as archives
from wms.inbound.service import discard_staging
from wms.marketing import sources
from wms.rows import Row, chunks, table, upsert
from wms.schemes import seeding
from wms.stock import codes, turnover
from wms.stock.tables import AisleRow, SlotRow, StationRow

_slot, _aisle_table = table(SlotRow), table(AisleRow)


def seed(session: Session, plant: Plant) -> None:
    """Bring the plant, code tables, models, schemes and drivers into the database; what is stored stays as it is."""
    codes.load_codes(session)
    seeding.seed(session)
    archives.seed(session)
    sources.seed(session)
    _seed_aisles(session, plant)
    upsert(session, StationRow, list(_stations(plant)))
    have = set(session.connection().execute(sa.select(_slot.c.id)).scalars())
    for part in chunks((slot for slot in slots(plant) if slot not in have), 5_000):
        rows = [row for slot in part if (row := _slot_row(plant, slot)) is not None]
        if rows:
            session.connection().execute(sa.insert(_slot), rows)
    discard_staging(session)
    turnover.recount(session)


def _seed_aisles(session: Session, plant: Plant) -> None:
    """Enter new aisles; of known ones keep whether their cranes can work, which only the floor tells."""
    have = set(session.connection().execute(sa.select(_aisle_table.c.id)).scalars())
    rows = [_aisle(plant, name) for name in plant.aisles]
    new = [row | {"machine_fault": False, "link_lost": False} for row in rows if row["id"] not in have]
    if new:
        session.connection().execute(sa.insert(_aisle_table), new)
    old = [{"_id": row.pop("id"), **row} for row in rows if row["id"] in have]
    if old:
        session.connection().execute(sa.update(_aisle_table).where(_aisle_table.c.id == sa.bindparam("_id")), old)


def _aisle(plant: Plant, name: str) -> dict[str, Any]:
    aisle = plant.aisles[name]
    crane = aisle.crane
    return {"id": name, "crane": crane, "plc": plant.cranes[crane].plc, "infeed": aisle.infeed}


def _stations(plant: Plant) -> Iterator[Row]:
    for station in plant.stations.values():
        if isinstance(station, Picking):
            yield _station(station.id, station.kind, station.source, station.target)
        else:
            yield _station(station.id, station.kind, station.point)
    for line in plant.lines.values():
        kind, phase = ("cells", line.phase) if isinstance(line, CellLine) else ("line", "")
        yield _station(line.id, kind, line.infeed, line.outfeed) | {"phase": phase}
    for dock in plant.docks.values():
        yield _station(dock.id, "dock", dock.point) | {"districts": json.dumps(dock.districts)}


def _station(name: str, kind: str, point: str, target: str = "") -> dict[str, Any]:
    return {"id": name, "kind": kind, "point": point, "target": target, "phase": "", "districts": "[]"}


def _slot_row(plant: Plant, name: str) -> Row | None:
    slot = parse_slot(name)
    if slot is None:
        return None
    aisle = plant.aisles[slot.aisle]
    mate = slot_id(slot.aisle, slot.side, slot.column, slot.level, 3 - slot.depth) if aisle.depth > 1 else None
    travel_s = crane_travel_s(plant.cranes[aisle.crane], (0.0, 0.0), crane_xy_m(plant, name))
    return {
        "id": name, "aisle": slot.aisle, "travel_ms": round(travel_s * 1000), "pallet": None, "reserved_for": None,
        "clear_height_mm": round(aisle.clear_height_m(slot.level) * 1000),
        "max_weight_g": round(aisle.max_weight_kg * 1000), "blocked": "", "blocked_unit": "", "blocked_ms": 0,
        "depth": slot.depth, "mate": mate,
    }  # fmt: skip
