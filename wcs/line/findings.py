"""What a cell has found on a carrier: booked once, if it can be true; else the carrier is held."""

from __future__ import annotations

from plc.codes import CmdCode
from plc.link import EventRaised
from plc.plant.cells import CellLine, Sorting
from plc.telegram import BoxResult
from plc.values import replace
from wcs import life
from wcs.decision import Decision
from wcs.faults import CellFault
from wcs.floor import Floor
from wcs.life import MissionState
from wcs.line import sorting, stations
from wcs.line.missions import hold
from wcs.rows import Mission

REPORTING = frozenset({"withstand", "imaging", "sorting", "sealing"})
"""Cells that say what they have found or done before a carrier may go on: silence is no finding."""
UNHEARD = frozenset({MissionState.SENT, MissionState.UNKNOWN})


def booked(floor: Floor, line: CellLine, notice: EventRaised, now_ms: int) -> Decision:
    """Book what a cell says of a carrier; a second finding of the same mission changes nothing."""
    mission, result = floor.missions.get(notice.event.mission), notice.result
    if mission is None or result is None or mission.found or mission.state is MissionState.HELD:
        return Decision()
    if _strange(floor, line, mission, result):
        return hold(floor, mission, CellFault.FINDING_STRANGE, now_ms)
    if isinstance(line.cells[notice.device], Sorting):
        done = sorting.sorted_out(floor, line, notice)
    else:
        done = stations.found(floor, line, notice)
    known = life.MISSION[mission.state, life.Accepted] if mission.state in UNHEARD else mission.state
    done.changes.append(replace(mission, found=True, unit=mission.unit or result.box, state=known))
    return done


def lacking(floor: Floor, mission: Mission) -> bool:
    """Return whether a cell owes a finding that it has not said, or a carrier lacks what it was to get there."""
    line = floor.plant.line_of[mission.device]
    if line.cells[mission.device].kind in REPORTING and not mission.found:
        return True
    carrier = floor.carriers.get(mission.unit)
    return carrier is not None and stations.silent(line, mission.device, carrier)


def _strange(floor: Floor, line: CellLine, mission: Mission, result: BoxResult) -> bool:
    """Return whether a finding cannot be true: another carrier, a meter twice, one that is not there, one gone."""
    codes = [meter.code for meter in result.meters]
    if len(set(codes)) < len(codes):
        return True
    if mission.code == CmdCode.PICK:
        lane = floor.carriers.get(sorting.lane_of(line, mission))
        known = {meter.code for meter in lane.meters} if lane is not None else set[str]()
        return not codes or not known >= set(codes) or not result.box or result.box in floor.carriers
    carrier = floor.carriers.get(mission.unit)
    if carrier is None or result.box != mission.unit:
        return True
    if isinstance(line.cells[mission.device], Sorting):
        return set(codes) != {meter.code for meter in sorting.left_on(carrier, mission)}
    return not {meter.code for meter in carrier.meters} >= set(codes)
