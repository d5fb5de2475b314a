"""The order of a batch to its bench: which meter hangs where, and by which run sheet it is verified."""

from __future__ import annotations

from plc.plant.cells import CellLine
from wcs.bench.records import MeterType, Place, Run
from wcs.floor import Floor
from wcs.line.rows import BenchMemo, BenchRun, LineMeter, lot_key

UNKNOWN = {
    "model": "", "accuracy_class": "2", "phase": "1p2w", "connection": "direct", "rated_voltage_v": "220",
    "current_spec": "5(60)", "constant_imp_kwh": "1200",
}  # fmt: skip


def body_of(floor: Floor, line: CellLine, run: BenchRun) -> Run:
    """Return the run as the bench gets it; meters at positions that are out of use are left out."""
    lot = floor.lots.get(lot_key(line.id, run.lot))
    work = dict(lot.work) if lot is not None else {}
    disabled = (floor.benches.get(run.bench) or BenchMemo(run.bench)).disabled
    before = tuple(kind for kind in work.get("stations", ("withstand", "imaging")) if line.of(kind))
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


def _place(meter: LineMeter, at: int, lot: str, before: tuple[str, ...]) -> Place:
    items = {"withstand": "withstand", "imaging": "appearance"}
    found = {kind: "fail" if items[kind] in meter.failed else "pass" for kind in before}
    return Place(
        position=at, bar_code=meter.code, comm_address="", lot=lot, attempt=meter.attempts + 1, stations=found
    )  # fmt: skip
