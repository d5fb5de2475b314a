"""Cells that a carrier passes through, and what they find: withstand voltage, image check, seals, labels."""

from __future__ import annotations

from plc.link import EventRaised
from plc.plant.cells import CellLine
from plc.telegram import BoxResult
from plc.values import replace
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.journal import Fact
from wcs.line import missions, ways
from wcs.line.rows import Carrier, LineMeter

FAIL = 2


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Fetch the next carrier, if there is one and it finds room."""
    cell = line.cells[device]
    if ways.at_cell(floor, line, device) >= ways.room(line, cell):
        return Decision()
    coming = ways.coming_to(floor, line, cell)
    return missions.fetch(floor, device, coming[0], (0, 0), now_ms) if coming else Decision()


def found(floor: Floor, line: CellLine, notice: EventRaised) -> Decision:
    """A cell says what it has found on a carrier, meter by meter."""
    result = notice.result
    carrier = floor.carriers.get(result.box) if result is not None else None
    if result is None or carrier is None:
        return Decision()
    kind = line.cells[notice.device].kind
    return (
        _sealed(carrier, notice.device, result) if kind == "sealing" else _checked(carrier, notice.device, kind, result)
    )


def _checked(carrier: Carrier, cell: str, kind: str, result: BoxResult) -> Decision:
    bad = {meter.code for meter in result.meters if meter.verdict == FAIL}
    missing = {meter.code for meter in carrier.meters} - {meter.code for meter in result.meters}
    meters = tuple(_bad(m, kind) if m.code in bad | missing else m for m in carrier.meters)
    payload = {"line": carrier.line, "cell": cell, "kind": kind, "lot": carrier.lot, "failed": sorted(bad | missing)}
    return Decision([replace(carrier, meters=meters)], [Fact("CarrierChecked", carrier.id, payload)])


def _bad(meter: LineMeter, kind: str) -> LineMeter:
    item = "appearance" if kind == "imaging" else kind
    return replace(meter, verdict="fail", failed=(*meter.failed, item))


def _sealed(carrier: Carrier, cell: str, result: BoxResult) -> Decision:
    seals = {meter.code: meter.seal for meter in result.meters}
    meters = tuple(replace(m, seal=seals.get(m.code, "")) for m in carrier.meters)
    payload = {
        "line": carrier.line, "cell": cell, "lot": carrier.lot,
        "meters": [[m.code, m.seal, m.tried[-1] if m.tried else ""] for m in meters],
    }  # fmt: skip
    return Decision([replace(carrier, meters=meters)], [Fact("CarrierSealed", carrier.id, payload)])


def spoilt(line: CellLine, notice: EventRaised) -> Decision:
    """A seal broke or could not be read."""
    payload = {"line": line.id, "cell": notice.device, "seal": notice.event.load_id}
    return Decision(facts=[Fact("SealSpoilt", notice.event.load_id, payload)])
