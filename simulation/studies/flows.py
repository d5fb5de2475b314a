"""What the journal of a run says of flows and lead times, as tracks and samples."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from plc.plant.places import is_slot
from simulation.studies.replica import BIN_S, Sample, Track
from simulation.studies.timeline import bins_of, flow, means
from wcs.orders import UNITLESS
from wcs.store import FactRow
from wms.rows import table

_fact = table(FactRow)
READ = (
    "PalletReceived", "PalletStored", "PalletShipped", "OrderCreated", "OrderShipped", "LotCompleted", "BoxBooked",
    "TransportStarted", "TransportFinished", "MissionDone", "MissionSent",
)  # fmt: skip
SECONDS = "s"
SOON_MS = 1_000
"""A crane that sets out again within a second of a put goes straight to its next get: one dual cycle."""
Happened = tuple[int, str, Mapping[str, Any]]


def digest(session: Session) -> str:
    """Return the SHA-256 of all facts in their order: time, kind, subject, payload."""
    found = hashlib.sha256()
    rows = session.connection().exec_driver_sql("SELECT at_ms, kind, subject, payload FROM fact ORDER BY id")
    for at_ms, kind, subject, payload in rows:
        found.update(f"{at_ms}\t{kind}\t{subject}\t{payload}\n".encode())
    return found.hexdigest()


def read(session: Session, plant: Plant, horizon_s: float) -> tuple[list[Track], list[Sample]]:
    """Return flows and lead times of a run, and the share of its crane missions that were dual cycles."""
    query = sa.select(_fact.c.kind, _fact.c.at_ms, _fact.c.subject, _fact.c.payload)
    rows = session.connection().execute(query.where(_fact.c.kind.in_(READ)).order_by(_fact.c.id))
    by_kind: dict[str, list[Happened]] = defaultdict(list)
    for kind, at_ms, subject, payload in rows:
        if kind.startswith("Mission") and subject not in plant.cranes:
            continue
        by_kind[kind].append((at_ms, subject, json.loads(payload)))
    flows = [flow(name, unit, happened, horizon_s) for name, unit, happened in _flows(by_kind)]
    samples = [_sample(name, sorted(values)) for name, values in _leads(by_kind)]
    return [*flows, *(means(s, horizon_s) for s in samples), _dual(by_kind, plant, horizon_s)], samples


def _flows(by_kind: Mapping[str, list[Happened]]) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    yield "in.pallets_h", "pallets/h", [(at / 1000, 1.0) for at, _, _ in by_kind["PalletReceived"]]
    yield "out.pallets_h", "pallets/h", [(at / 1000, 1.0) for at, _, _ in by_kind["PalletShipped"]]
    yield "out.meters_h", "meters/h", [(at / 1000, said["meters"]) for at, _, said in by_kind["PalletShipped"]]
    yield "verified.meters_h", "meters/h", [(at / 1000, said["meters"]) for at, _, said in by_kind["BoxBooked"]]
    moved = [(at / 1000, 1.0) for at, _, said in by_kind["TransportFinished"] if said["kind"] not in UNITLESS]
    yield "moves.pallets_h", "pallets/h", moved
    yield "cranes.missions_h", "missions/h", [(at / 1000, 1.0) for at, _, _ in by_kind["MissionDone"]]


def _leads(by_kind: Mapping[str, list[Happened]]) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Yield lead times as (end in plant s, seconds)."""
    received = {unit: at for at, unit, _ in by_kind["PalletReceived"]}
    stored: list[tuple[float, float]] = []
    for at, unit, _ in by_kind["PalletStored"]:
        if (since := received.pop(unit, None)) is not None:
            stored.append((at / 1000, (at - since) / 1000))
    yield "lead.store_s", stored
    started = {said["order"]: (at, said["kind"]) for at, _, said in by_kind["TransportStarted"]}
    ended = [
        (at, *started[said["order"]])
        for at, _, said in by_kind["TransportFinished"]
        if said["order"] in started and said["kind"] not in UNITLESS
    ]
    yield "lead.move_s", [(at / 1000, (at - since) / 1000) for at, since, _ in ended]
    yield "lead.out_s", [(at / 1000, (at - since) / 1000) for at, since, kind in ended if kind == "dispatch"]
    yield "lead.line_s", [(at / 1000, (at - since) / 1000) for at, since, kind in ended if kind == "verify"]
    asked = {subject: at for at, subject, _ in by_kind["OrderCreated"]}
    yield "lead.order_s", [(at / 1000, (at - asked[s]) / 1000) for at, s, _ in by_kind["OrderShipped"] if s in asked]
    lots = [(at, str(said["order"])) for at, _, said in by_kind["LotCompleted"]]
    yield "lead.lot_s", [(at / 1000, (at - asked[order]) / 1000) for at, order in lots if order in asked]


def _sample(name: str, values: list[tuple[float, float]]) -> Sample:
    return Sample(name, SECONDS, tuple(at for at, _ in values), tuple(value for _, value in values))


def _dual(by_kind: Mapping[str, list[Happened]], plant: Plant, horizon_s: float) -> Track:
    """Return the share of crane missions that belong to a dual cycle: a put, and a get straight after it."""
    total, weight = [0.0] * bins_of(horizon_s), [0.0] * bins_of(horizon_s)
    puts: dict[str, int] = {}
    last: dict[str, bool] = {}
    for at, what, crane, said in sorted(
        ((at, kind, crane, said) for kind in ("MissionDone", "MissionSent") for at, crane, said in by_kind[kind]),
        key=lambda row: (row[0], row[1]),
    ):
        into = is_slot(plant, said["target"])
        if what == "MissionSent":
            last[crane] = not into and 0 <= at - puts.pop(crane, -SOON_MS - 1) <= SOON_MS
            continue
        if into:
            puts[crane] = at
        if at / 1000 < horizon_s:
            number = int(at / 1000 // BIN_S)
            weight[number] += 1
            total[number] += 2 if not into and last.get(crane) else 0
    return Track("cycle.dual_share", "share", tuple(total), tuple(weight))
