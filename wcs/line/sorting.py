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
    LANE_UNVERIFIED,
    PASSED,
    REJECTED,
    RETEST,
    UNVERIFIED,
    Carrier,
    DropCarrier,
    LineMeter,
    holder_id,
    lot_key,
)
from wcs.rows import Change, Mission

PASS = "pass"
GOES = {"retest": LANE_RETEST, "fail": LANE_REJECT}
"""Where a meter goes that has not passed; what was never judged keeps apart from what has failed."""
LANES = {LANE_RETEST: (1, RETEST), LANE_REJECT: (2, REJECTED), LANE_UNVERIFIED: (3, UNVERIFIED)}
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


def lane_of(line: CellLine, mission: Mission) -> str:
    """Return the lane that a mission puts on a carrier."""
    stage = next((stage for stage, (wire, _) in LANES.items() if wire == mission.par1), LANE_REJECT)
    return holder_id(line.id, stage, mission.par2)


def left_on(carrier: Carrier, mission: Mission) -> tuple[LineMeter, ...]:
    """Return the meters that stay on a carrier when a mission has taken off what it names."""
    gone = mission.par1 | mission.par2
    return tuple(m for place, m in enumerate(carrier.meters) if not gone >> place & 1)


def taken_out(floor: Floor, line: CellLine, carrier: Carrier) -> Decision:
    """Somebody has put all meters of a carrier into their lanes by hand: what has not failed is not verified."""
    failed = [m for m in carrier.meters if m.verdict == "fail"]
    given_up = [replace(m, verdict="aborted") for m in carrier.meters if m.verdict != "fail"]
    done = Decision([DropCarrier(carrier.id)])
    for stage, meters in ((LANE_REJECT, failed), (LANE_UNVERIFIED, given_up)):
        if meters:
            done.changes.append(_onto(floor, line, stage, carrier.lot, meters))
    return done


def _taken_off(floor: Floor, line: CellLine, mission: Mission, carrier: Carrier) -> Decision:
    kept = left_on(carrier, mission)
    changes: list[Change] = [replace(carrier, meters=kept, stage=PASSED, run="")]
    lane = {m.code: _lane(mission, place) for place, m in enumerate(carrier.meters)}
    off = {stage: [m for m in carrier.meters if lane[m.code] == stage] for stage in LANES}
    changes += [_onto(floor, line, stage, carrier.lot, meters) for stage, meters in off.items() if meters]
    payload = {
        "line": line.id, "lot": carrier.lot, "passed": [m.code for m in kept],
        "again": [m.code for m in off[LANE_RETEST]],
        "rejected": [[m.code, list(m.failed), m.verdict] for m in off[LANE_REJECT]],
        "unverified": [m.code for m in off[LANE_UNVERIFIED]],
    }  # fmt: skip
    return Decision(changes, [Fact("CarrierSorted", carrier.id, payload)])


def _lane(mission: Mission, place: int) -> str:
    """Return the lane that the meter on a place was sent to, "" if it stays: both bits mean not verified."""
    bits = (mission.par1 >> place & 1, mission.par2 >> place & 1)
    return {(1, 0): LANE_REJECT, (0, 1): LANE_RETEST, (1, 1): LANE_UNVERIFIED}.get(bits, "")


def _onto(floor: Floor, line: CellLine, stage: str, lot: int, meters: list[LineMeter]) -> Carrier:
    name = holder_id(line.id, stage, lot)
    lane = floor.carriers.get(name) or Carrier(name, line.id, lot, stage, ways.sorting(line))
    return replace(lane, meters=(*lane.meters, *meters))


def _loaded(floor: Floor, mission: Mission, result: BoxResult) -> Decision:
    line, codes = floor.plant.line_of[mission.device], [meter.code for meter in result.meters]
    lane = floor.carriers[lane_of(line, mission)]
    known = {m.code: m for m in lane.meters}
    meters = tuple(known[code] for code in codes)
    left = tuple(m for m in lane.meters if m.code not in codes)
    carrier = Carrier(result.box, line.id, lane.lot, LANES[lane.stage][1], mission.device, meters, moving=True)
    return Decision([carrier, replace(lane, meters=left) if left else DropCarrier(lane.id)])


def _is_verified(floor: Floor, carrier: Carrier) -> bool:
    run = floor.runs.get(carrier.run)
    return run is not None and run.state == "done"


def _masks(carrier: Carrier) -> tuple[int, int]:
    """Return the places to take off: for the reject lane, for the retest lane; both for what is not verified.

    Anything but a pass is taken off, whatever its verdict reads.
    """
    goes = [GOES.get(m.verdict, LANE_UNVERIFIED) if m.verdict != PASS else "" for m in carrier.meters]
    reject = sum(1 << place for place, lane in enumerate(goes) if lane in (LANE_REJECT, LANE_UNVERIFIED))
    again = sum(1 << place for place, lane in enumerate(goes) if lane in (LANE_RETEST, LANE_UNVERIFIED))
    return reject, again


def _from_lane(carrier: Carrier) -> bool:
    return carrier.stage in (REJECTED, UNVERIFIED) or (carrier.stage == RETEST and not carrier.run)


def _due(floor: Floor, line: CellLine, lane: Carrier) -> bool:
    """Return whether a lane goes on a carrier now: it fills one, or nothing more will come into it."""
    if len(lane.meters) >= line.places:
        return True
    lot = floor.lots.get(lot_key(line.id, lane.lot))
    if lot is None or lot.flush != "done":
        return False
    coming = {FRESH, RETEST} | ({LANE_RETEST} if lane.stage != LANE_RETEST else set[str]())
    return not any(c.lot == lane.lot and c.stage in coming and c.meters for c in ways.carriers_of(floor, line))
