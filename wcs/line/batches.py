"""Which carriers make a batch on a bench: one lot, other positions for meters that are tested again, benches filled."""

from __future__ import annotations

from collections.abc import Iterable

from plc.plant.cells import Bench, CellLine
from plc.values import replace
from wcs.decision import Decision, Wake
from wcs.floor import Floor
from wcs.happenings import Dispatch
from wcs.journal import Fact
from wcs.line import missions, ways
from wcs.line.bench_orders import body_of
from wcs.line.rows import STOPPED, BenchMemo, BenchRun, Carrier, lot_key
from wcs.rows import Serial


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Let a batch begin on an idle bench, grow on one that is being loaded, or start on a full one."""
    run = on_bench(floor, device)
    if run is not None and run.state != "loading":
        return _clear(floor, run)
    bench = next(b for b in line.benches if b.id == device)
    coming = [carrier for carrier in ways.coming_to(floor, line, bench) if not carrier.run]
    if run is None:
        return _begin(floor, line, bench, coming, now_ms)
    for bay, name in enumerate(run.carriers):
        late = floor.carriers.get(name)
        if late is not None and late.at != device and not late.moving:  # the bench has refused it before
            return missions.fetch(floor, device, late, (bay + 1, 0), now_ms)
    for carrier in coming:
        if carrier.lot == run.lot and (bay := _bay(floor, line, bench, run.carriers, carrier)) is not None:
            return _enter(floor, run, carrier, bay, now_ms)
    return _start(floor, line, run, now_ms) if _complete(floor, line, run, now_ms) else Decision()


def on_bench(floor: Floor, bench: str) -> BenchRun | None:
    """Return the batch that a bench is busy with."""
    return next((run for run in floor.runs.values() if run.bench == bench), None)


def waking(floor: Floor, line: CellLine) -> list[Wake]:
    """Return when benches that wait for more meters must be looked at: after a restart."""
    due_ms = round(line.batch_wait_s * 1000)
    return [Wake(r.since_ms + due_ms, (r.bench,)) for r in floor.runs.values() if r.state == "loading"]


def _begin(floor: Floor, line: CellLine, bench: Bench, coming: Iterable[Carrier], now_ms: int) -> Decision:
    memo = floor.benches.get(bench.id) or BenchMemo(bench.id)
    if memo.state == STOPPED:
        return Decision()
    for carrier in coming:
        if any(_finds_room(floor, line, run, carrier) for run in floor.runs.values() if run.line == line.id):
            continue
        bays = ("",) * ways.room(line, bench)
        bay = _bay(floor, line, bench, bays, carrier)
        if bay is None and not _elsewhere(floor, line, carrier):
            bay = 0  # it has been everywhere: once more here
        if bay is None:
            continue
        number = floor.serial + 1
        run = BenchRun(f"{bench.id}-{number:06}", line.id, bench.id, carrier.lot, bays, since_ms=now_ms)
        done = Decision([Serial(number)], effects=[Wake(now_ms + round(line.batch_wait_s * 1000), (bench.id,))])
        return done.join(_enter(floor, run, carrier, bay, now_ms))
    return Decision()


def _enter(floor: Floor, run: BenchRun, carrier: Carrier, bay: int, now_ms: int) -> Decision:
    done = missions.fetch(floor, run.bench, replace(carrier, run=run.id), (bay + 1, 0), now_ms)
    done.changes.append(replace(run, carriers=(*run.carriers[:bay], carrier.id, *run.carriers[bay + 1 :])))
    return done


def _complete(floor: Floor, line: CellLine, run: BenchRun, now_ms: int) -> bool:
    """Return whether all carriers stand in their bays, and no more will come or can be waited for."""
    inside = [floor.carriers[c] for c in run.carriers if c]
    if any(c.moving or c.at != run.bench for c in inside):
        return False
    if all(run.carriers) or now_ms - run.since_ms >= round(line.batch_wait_s * 1000):
        return True
    lot = floor.lots.get(lot_key(line.id, run.lot))
    return lot is not None and lot.flush == "done" and not ways.before_benches(floor, line, run.lot)


def _start(floor: Floor, line: CellLine, run: BenchRun, now_ms: int) -> Decision:
    ordered = replace(run, state="ordered", since_ms=now_ms)
    body = body_of(floor, line, ordered)
    payload = {
        "line": run.line, "bench": run.bench, "lot": run.lot, "sheet": body.sheet,
        "meters": [[place.position, place.bar_code] for place in body.places],
    }  # fmt: skip
    return Decision([replace(ordered, body=body.model_dump_json())], [Fact("RunOrdered", run.id, payload)])


def _clear(floor: Floor, run: BenchRun) -> Decision:
    """The bench is free again when the last carrier of a batch that is done has left it."""
    if run.state != "done" or any(c in floor.carriers and floor.carriers[c].at == run.bench for c in run.carriers):
        return Decision()
    return Decision([replace(run, state="cleared")], follow=[Dispatch(run.bench)])


def _finds_room(floor: Floor, line: CellLine, run: BenchRun, carrier: Carrier) -> bool:
    if run.state != "loading" or run.lot != carrier.lot:
        return False
    bench = next(b for b in line.benches if b.id == run.bench)
    return _bay(floor, line, bench, run.carriers, carrier) is not None


def _elsewhere(floor: Floor, line: CellLine, carrier: Carrier) -> bool:
    """Return whether any bench of the line has a place that none of the meters has been tested at."""
    return any(_bay(floor, line, b, ("",) * ways.room(line, b), carrier) is not None for b in line.benches)


def _bay(floor: Floor, line: CellLine, bench: Bench, bays: tuple[str, ...], carrier: Carrier) -> int | None:
    """Return the free bay with the fewest positions out of use, at which no meter has been tested before."""
    disabled = set((floor.benches.get(bench.id) or BenchMemo(bench.id)).disabled)
    best: tuple[int, int] | None = None
    for bay, taken in enumerate(bays):
        positions = [bay * line.places + place + 1 for place in range(len(carrier.meters))]
        before = any(f"{bench.id}:{at}" in meter.tried for at, meter in zip(positions, carrier.meters, strict=True))
        if taken or before:
            continue
        out = sum(1 for at in positions if at in disabled)
        if best is None or out < best[0]:
            best = (out, bay)
    return best[1] if best is not None else None
