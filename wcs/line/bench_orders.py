"""The order of a batch to its bench: which meter hangs where, and by which run sheet it is verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plc.plant.cells import CellLine
from wcs.bench.records import MeterType, Place, Run
from wcs.floor import Floor
from wcs.line.rows import BenchMemo, BenchRun, LineMeter, lot_key
from wcs.line.stations import ITEMS

UNTESTED = "untested"
UNKNOWN = {
    "model": "", "accuracy_class": "2", "phase": "1p2w", "connection": "direct", "rated_voltage_v": "220",
    "current_spec": "5(60)", "constant_imp_kwh": "1200",
}  # fmt: skip


def body_of(floor: Floor, line: CellLine, run: BenchRun) -> Run:
    """Return the run as the bench gets it; meters at positions that are out of use are left out."""
    lot = floor.lots.get(lot_key(line.id, run.lot))
    work = dict(lot.work) if lot is not None else {}
    disabled = (floor.benches.get(run.bench) or BenchMemo(run.bench)).disabled
    before = stations_before(line, work)
    places = [
        _place(meter, at, str(work.get("lot", run.lot)), before)
        for at, meter in positions(floor, line, run)
        if at not in disabled
    ]
    return Run(
        id=run.id, line=line.id, bench=run.bench, sheet=int(work.get("sheet", 0)), lot=str(work.get("lot", run.lot)),
        kind=MeterType.model_validate(work.get("kind", UNKNOWN)), places=tuple(places),
    )  # fmt: skip


def positions(floor: Floor, line: CellLine, run: BenchRun) -> list[tuple[int, LineMeter]]:
    """Return the position of each meter of a batch, from 1: places count on from bay to bay."""
    return [
        (bay * line.places + place + 1, meter)
        for bay, carrier in enumerate(run.carriers)
        if carrier in floor.carriers
        for place, meter in enumerate(floor.carriers[carrier].meters)
    ]


def stations_before(line: CellLine, work: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the kinds of stations before the bench whose findings count: those of the line that the sheet takes over.

    As long as nothing is known of how the lot is verified, all of them.
    """
    return tuple(kind for kind in work.get("stations", tuple(ITEMS)) if line.of(kind))


def _place(meter: LineMeter, at: int, lot: str, before: tuple[str, ...]) -> Place:
    found = {kind: finding(meter, kind) for kind in before}
    return Place(
        position=at, bar_code=meter.code, comm_address="", lot=lot, attempt=meter.attempts + 1, stations=found
    )  # fmt: skip


def finding(meter: LineMeter, kind: str) -> str:
    """Return what a station has found of a meter: pass, fail, or untested if it has said nothing.

    >>> finding(LineMeter("m1"), "withstand"), finding(LineMeter("m1", found=("withstand",)), "withstand")
    ('untested', 'pass')
    """
    if ITEMS[kind] in meter.failed:
        return "fail"
    return "pass" if kind in meter.found else UNTESTED
