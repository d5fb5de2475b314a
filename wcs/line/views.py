"""What anybody may read of a line: which carriers stand at which cell, what is on each bench, what waits in lanes."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from plc.plant.cells import CellLine
from wcs.line.rows import HOLDERS
from wcs.line.stations import LABEL
from wcs.store import BenchMemoRow, BenchRunRow, CarrierRow, LineLotRow, table
from wcs.views import DeviceView, devices

_carrier, _run, _lot, _memo = table(CarrierRow), table(BenchRunRow), table(LineLotRow), table(BenchMemoRow)


class MeterView(BaseModel):
    """A meter on a line; `verdict` is "" before its first run, else pass, fail, aborted or retest."""

    bar_code: str
    verdict: str
    seal: str
    attempts: int
    failed: list[str]


class CarrierView(BaseModel):
    """Meters of one lot at a cell. `stage`: fresh, retest, passed, rejected; or lane_*, packing for no carrier."""

    id: str
    lot: int
    stage: str
    moving: bool
    since_ms: int
    meters: list[MeterView]


class CellView(BaseModel):
    """A cell and what stands there; `fault` is 0 for a sound one."""

    id: str
    kind: str
    fault: int
    carriers: list[CarrierView]


class BenchView(BaseModel):
    """A bench: what it last said of itself, positions out of use, and the batch that stands on it."""

    id: str
    positions: int
    state: str
    notice: str
    disabled: list[int]
    run: str
    run_state: str
    lot: int
    since_ms: int
    hanging: dict[int, MeterView]
    """By position."""


class LineView(BaseModel):
    """A line as it stands. `lots` are those it works on; flush "done": nothing more of them comes."""

    id: str
    phase: str
    places: int
    cells: list[CellView]
    benches: list[BenchView]
    lots: dict[int, str]


def line(session: Session, spec: CellLine) -> LineView:
    """Return a line as it stands."""
    carriers = _carriers(session, spec.id)
    sound = devices(session)
    return LineView(
        id=spec.id, phase=spec.phase, places=spec.places,
        cells=[_cell(cell.id, cell.kind, sound, carriers) for cell in spec.cells.values()],
        benches=[_bench(session, spec, bench.id, bench.positions, carriers) for bench in spec.benches],
        lots={row.lot: row.flush for row in _rows(session, _lot, _lot.c.line == spec.id) if row.flush != "limit"},
    )  # fmt: skip


def bench_runs(session: Session, bench: str, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return the newest batches of a bench: id, lot, state, since_ms."""
    query = sa.select(_run.c.id, _run.c.lot, _run.c.state, _run.c.since_ms).where(_run.c.bench == bench)
    query = query.order_by(_run.c.id.desc()).limit(limit)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def _carriers(session: Session, line_id: str) -> list[tuple[str, CarrierView]]:
    return [
        (row.at, CarrierView(id=row.id, lot=row.lot, stage=row.stage, moving=row.moving, since_ms=row.since_ms,
                             meters=[_meter(values) for values in json.loads(row.meters)]))
        for row in _rows(session, _carrier, _carrier.c.line == line_id)
    ]  # fmt: skip


def _cell(name: str, kind: str, sound: dict[str, DeviceView], carriers: list[tuple[str, CarrierView]]) -> CellView:
    fault = sound[name].fault if name in sound else 0
    return CellView(id=name, kind=kind, fault=fault, carriers=[carrier for at, carrier in carriers if at == name])


def _bench(
    session: Session, spec: CellLine, name: str, positions: int, carriers: list[tuple[str, CarrierView]]
) -> BenchView:
    memo = next(iter(_rows(session, _memo, _memo.c.id == name)), None)
    run = next(iter(_rows(session, _run, _run.c.bench == name, _run.c.state != "cleared")), None)
    standing = {carrier.id: carrier for at, carrier in carriers if at == name and carrier.stage not in HOLDERS}
    bays: list[str] = json.loads(run.carriers) if run is not None else []
    hanging = {
        bay * spec.places + place: meter
        for bay, carrier in enumerate(bays)
        if carrier in standing
        for place, meter in enumerate(standing[carrier].meters, 1)
    }
    return BenchView(
        id=name, positions=positions, state=memo.state if memo else "", notice=memo.notice if memo else "",
        disabled=json.loads(memo.disabled) if memo else [], run=run.id if run else "",
        run_state=run.state if run else "", lot=run.lot if run else 0, since_ms=run.since_ms if run else 0,
        hanging=hanging,
    )  # fmt: skip


def _meter(values: list[Any]) -> MeterView:
    code, verdict, seal, attempts, _, _, failed, *_ = values
    return MeterView(
        bar_code=code, verdict=verdict, seal=seal, attempts=attempts, failed=[i for i in failed if i != LABEL]
    )


def _rows(session: Session, of: sa.Table, *where: Any) -> list[sa.Row[Any]]:
    key = next(iter(of.primary_key.columns))
    return list(session.connection().execute(sa.select(of).where(*where).order_by(key)))
