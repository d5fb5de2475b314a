"""The sorting cell: meters that failed leave their carrier for a lane, and a lane is put on carriers again.

One lane for each lot holds what is tested again elsewhere, one what is rejected. At most one carrier that came
from a lane stands in the cell, so that those from the benches can always pass.
"""

from __future__ import annotations

from plc.codes import CmdCode
from plc.link import EventRaised
from plc.plant.cells import CellLine
from plc.telegram import BoxResult
from plc.values import replace
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.journal import Fact
from wcs.line import missions, ways
from wcs.line.rows import (
    FRESH,
    HOLDERS,
    LANE_REJECT,
    LANE_RETEST,
    PASSED,
    REJECTED,
    RETEST,
    Carrier,
    DropCarrier,
    LineMeter,
    holder_id,
    lot_key,
)
from wcs.rows import Change, Mission

OUT = frozenset({"fail", "aborted"})
AGAIN = "retest"
LANES = {LANE_RETEST: (1, RETEST), LANE_REJECT: (2, REJECTED)}
"""What a lane is called on the wire, and what its meters become on a carrier."""


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Fetch a carrier from the benches, or put a lane on a carrier."""
    cell = line.cells[device]
    if ways.at_cell(floor, line, device) < ways.room(line, cell):
        coming = next((c for c in ways.coming_to(floor, line, cell) if _is_verified(floor, c)), None)
        if coming is not None:
            return missions.fetch(floor, device, coming, _masks(coming), now_ms)
    loading = any(floor.missions[n].code == CmdCode.PICK for n in floor.running.get(device, ()))
    here = (c for c in ways.carriers_of(floor, line) if c.at == device and c.stage not in HOLDERS)
    if loading or any(_from_lane(c) for c in here):
        return Decision()
    for lane in ways.carriers_of(floor, line):
        if lane.stage in LANES and _due(floor, line, lane):
            load = missions.inside(device, CmdCode.PICK, par1=LANES[lane.stage][0], par2=lane.lot)
            return missions.send(floor, load, now_ms)
    return Decision()


def sorted_out(floor: Floor, line: CellLine, notice: EventRaised) -> Decision:
    """A carrier is sorted, or a lane stands on a new one."""
    mission, result = floor.missions.get(notice.event.mission), notice.result
    if mission is None or result is None:
        return Decision()
    if mission.code == CmdCode.PICK:
        return _loaded(floor, mission, result)
    carrier = floor.carriers.get(mission.unit)
    return _taken_off(floor, line, mission, carrier) if carrier is not None else Decision()


def _taken_off(floor: Floor, line: CellLine, mission: Mission, carrier: Carrier) -> Decision:
    reject = [m for place, m in enumerate(carrier.meters) if mission.par1 >> place & 1]
    again = [m for place, m in enumerate(carrier.meters) if mission.par2 >> place & 1]
    gone = {m.code for m in (*reject, *again)}
    kept = tuple(m for m in carrier.meters if m.code not in gone)
    changes: list[Change] = [replace(carrier, meters=kept, stage=PASSED, run="")]
    for stage, meters in ((LANE_REJECT, reject), (LANE_RETEST, again)):
        if meters:
            changes.append(_onto(floor, line, stage, carrier.lot, meters))
    payload = {
        "line": line.id, "lot": carrier.lot, "passed": [m.code for m in kept], "again": [m.code for m in again],
        "rejected": [[m.code, list(m.failed), m.verdict] for m in reject],
    }  # fmt: skip
    return Decision(changes, [Fact("CarrierSorted", carrier.id, payload)])


def _onto(floor: Floor, line: CellLine, stage: str, lot: int, meters: list[LineMeter]) -> Carrier:
    name = holder_id(line.id, stage, lot)
    lane = floor.carriers.get(name) or Carrier(name, line.id, lot, stage, ways.sorting(line))
    return replace(lane, meters=(*lane.meters, *meters))


def _loaded(floor: Floor, mission: Mission, result: BoxResult) -> Decision:
    line, codes = floor.plant.line_of[mission.device], [meter.code for meter in result.meters]
    stage = LANE_RETEST if mission.par1 == LANES[LANE_RETEST][0] else LANE_REJECT
    lane = floor.carriers.get(holder_id(line.id, stage, mission.par2))
    if lane is None:
        return Decision()
    known = {m.code: m for m in lane.meters}
    meters = tuple(known[code] for code in codes if code in known)
    left = tuple(m for m in lane.meters if m.code not in codes)
    carrier = Carrier(result.box, line.id, lane.lot, LANES[stage][1], mission.device, meters, moving=True)
    return Decision([carrier, replace(lane, meters=left) if left else DropCarrier(lane.id)])


def _is_verified(floor: Floor, carrier: Carrier) -> bool:
    run = floor.runs.get(carrier.run)
    return run is not None and run.state == "done"


def _masks(carrier: Carrier) -> tuple[int, int]:
    reject = sum(1 << place for place, m in enumerate(carrier.meters) if m.verdict in OUT)
    again = sum(1 << place for place, m in enumerate(carrier.meters) if m.verdict == AGAIN)
    return reject, again


def _from_lane(carrier: Carrier) -> bool:
    return carrier.stage == REJECTED or (carrier.stage == RETEST and not carrier.run)


def _due(floor: Floor, line: CellLine, lane: Carrier) -> bool:
    """Return whether a lane goes on a carrier now: it fills one, or nothing more will come into it."""
    if len(lane.meters) >= line.places:
        return True
    lot = floor.lots.get(lot_key(line.id, lane.lot))
    if lot is None or lot.flush != "done":
        return False
    coming = {FRESH, RETEST} | ({LANE_RETEST} if lane.stage == LANE_REJECT else set[str]())
    return not any(c.lot == lane.lot and c.stage in coming and c.meters for c in ways.carriers_of(floor, line))
