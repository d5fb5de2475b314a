"""What a line does next: which cell is told what, and what an event of a cell means."""

from __future__ import annotations

from plc.codes import EvtCode
from plc.link import EventRaised
from plc.plant.cells import Bench, Packing, Sorting, Unloading
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.happenings import Dispatch
from wcs.line import batches, findings, legs, packing, sorting, stations, unloading
from wcs.line.missions import can_send


def dispatch(floor: Floor, device: str, now_ms: int) -> Decision:
    """Send the next telegram of a cell that belongs to no transport order, if there is one."""
    line = floor.plant.line_of[device]
    if not can_send(floor, device) or legs.resting(floor, device, now_ms):
        return Decision()
    match line.cells[device]:
        case Unloading():
            return unloading.dispatch(floor, line, device, now_ms)
        case Bench():
            return batches.dispatch(floor, line, device, now_ms)
        case Sorting():
            return sorting.dispatch(floor, line, device, now_ms)
        case Packing():
            return packing.dispatch(floor, line, device, now_ms)
        case _:
            return stations.dispatch(floor, line, device, now_ms)


def told(floor: Floor, notice: EventRaised, now_ms: int) -> Decision:
    """A cell has something to say of a box, a carrier or a seal."""
    line = floor.plant.line_of[notice.device]
    match notice.event.code:
        case EvtCode.OPENED:
            done = unloading.opened(floor, line, notice, now_ms)
        case EvtCode.FILLED:
            done = unloading.filled(line, notice, now_ms)
        case EvtCode.BOXED:
            done = packing.boxed(floor, line, notice)
        case EvtCode.SPOILT:
            done = stations.spoilt(line, notice)
        case _:
            done = findings.booked(floor, line, notice, now_ms)
    done.follow += [Dispatch(cell) for cell in line.cells]
    return done
