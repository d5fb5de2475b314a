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

PASS, FAIL = 1, 2
LABEL = "label"
ITEMS = {"withstand": "withstand", "imaging": "appearance"}
"""The item that each station before the bench tests."""


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
    match line.cells[notice.device].kind:
        case "sealing":
            return _sealed(carrier, notice.device, result)
        case "labelling":
            return _labelled(carrier, notice.device, result)
        case kind:
            return _checked(carrier, notice.device, kind, result)


def silent(line: CellLine, cell: str, carrier: Carrier) -> bool:
    """Return whether a cell is done with a carrier and what it should have done to its meters is not known to be done.

    A station that has said nothing at all of the meters, a meter without a seal or a label: none may go on as if all
    was well. A station that is silent of some of them only lets all go on, for those are never tested on a bench.
    """
    match line.cells[cell].kind:
        case "withstand" | "imaging" as kind:
            return not any(kind in meter.found for meter in carrier.meters)
        case "sealing":
            return any(not meter.seal for meter in carrier.meters)
        case "labelling":
            return any(LABEL in meter.failed for meter in carrier.meters)
        case _:
            return False


def _checked(carrier: Carrier, cell: str, kind: str, result: BoxResult) -> Decision:
    said = {meter.code: meter.verdict for meter in result.meters}
    meters = tuple(_found(m, kind, said.get(m.code, 0)) for m in carrier.meters)
    payload = {
        "line": carrier.line, "cell": cell, "kind": kind, "lot": carrier.lot,
        "passed": sorted(m.code for m in carrier.meters if said.get(m.code) == PASS),
        "failed": sorted(m.code for m in carrier.meters if said.get(m.code) == FAIL),
        "silent": sorted(m.code for m in carrier.meters if said.get(m.code) not in (PASS, FAIL)),
    }  # fmt: skip
    return Decision([replace(carrier, meters=meters)], [Fact("CarrierChecked", carrier.id, payload)])


def _found(meter: LineMeter, kind: str, verdict: int) -> LineMeter:
    """Return a meter with what a station says of it; what was found bad once stays bad."""
    if verdict not in (PASS, FAIL):
        return meter
    found = meter.found if kind in meter.found else (*meter.found, kind)
    item = ITEMS[kind]
    if verdict == PASS or item in meter.failed:
        return replace(meter, found=found)
    return replace(meter, found=found, verdict="fail", failed=(*meter.failed, item))


def _sealed(carrier: Carrier, cell: str, result: BoxResult) -> Decision:
    seals = {meter.code: meter.seal for meter in result.meters}
    meters = tuple(replace(m, seal=seals.get(m.code, "") or m.seal) for m in carrier.meters)
    payload = {
        "line": carrier.line, "cell": cell, "lot": carrier.lot,
        "meters": [[m.code, m.seal, m.tried[-1] if m.tried else ""] for m in meters],
    }  # fmt: skip
    return Decision([replace(carrier, meters=meters)], [Fact("CarrierSealed", carrier.id, payload)])


def _labelled(carrier: Carrier, cell: str, result: BoxResult) -> Decision:
    """A label is no finding of the verification: a meter that got none has passed, but must not go on."""
    done = {meter.code for meter in result.meters if meter.verdict == PASS}
    meters = tuple(replace(m, failed=() if m.code in done else (LABEL,)) for m in carrier.meters)
    payload = {
        "line": carrier.line, "cell": cell, "lot": carrier.lot,
        "failed": sorted(m.code for m in carrier.meters if m.code not in done),
    }  # fmt: skip
    return Decision([replace(carrier, meters=meters)], [Fact("CarrierLabelled", carrier.id, payload)])


def spoilt(line: CellLine, notice: EventRaised) -> Decision:
    """A seal broke or could not be read."""
    payload = {"line": line.id, "cell": notice.device, "seal": notice.event.load_id}
    return Decision(facts=[Fact("SealSpoilt", notice.event.load_id, payload)])
