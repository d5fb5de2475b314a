"""What a machine of the twin is doing, in the five words of a study: busy, blocked, starved, down, idle.

down     a fault holds it
busy     it works
blocked  it is done, or could begin, and has no room for what comes out
starved  it could work, and what it is to work on is still on its way
idle     nothing is wanted of it
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulation.devices.cells.packer import Packer
from simulation.devices.cells.station import Station
from simulation.devices.cells.unloader import Unloader
from simulation.devices.clarification import Clarification
from simulation.devices.conveyor import Conveyor
from simulation.devices.crane import Crane
from simulation.devices.dock import Dock
from simulation.devices.goods_in import GoodsIn
from simulation.devices.line import Line
from simulation.devices.picking import Picking

Judge = Callable[[Any, str], str]


def state_of(machine: Any, asked: str) -> str:
    """Return the state of a machine; `asked` says what is wanted of it while it does nothing.

    That is "blocked" where work waits for room, "starved" where it is on its way, else "idle".
    """
    record = machine.record
    if record.stoppage is not None and record.stoppage.holding:
        return "down"
    return JUDGES[type(machine)](machine, asked)


def _crane(crane: Crane, asked: str) -> str:
    stage = crane.record.stage
    return asked if stage == "idle" else "blocked" if stage == "waiting" else "busy"


def _conveyor(conveyor: Conveyor, asked: str) -> str:
    rides = conveyor.record.rides
    if not rides:
        return "idle"
    return "blocked" if rides[0].stage == "waiting" and rides[-1].stage != "entering" else "busy"


def _goods_in(station: GoodsIn, asked: str) -> str:
    return "blocked" if station.record.waiting else asked


def _clarification(station: Clarification, asked: str) -> str:
    return "busy" if station.record.load else "blocked" if station.record.waiting else asked


def _picking(station: Picking, asked: str) -> str:
    stage = station.record.stage
    return asked if stage == "idle" else "blocked" if stage == "waiting" else "busy"


def _dock(dock: Dock, asked: str) -> str:
    return "busy" if dock.record.mission else asked


def _line(line: Line, asked: str) -> str:
    record = line.record
    works = record.bench or record.packing is not None or any(i.stage != "standing" for i in record.intakes)
    return "busy" if works else "blocked" if record.waiting else asked


def _unloader(cell: Unloader, asked: str) -> str:
    record = cell.record
    if record.hand is not None:
        return "busy" if record.hand.stage != "filling" or cell.has_room() else "blocked"
    if any(intake.stage != "standing" for intake in record.intakes):
        return "busy"
    return "blocked" if record.waiting else asked


def _station(cell: Station, asked: str) -> str:
    if any(stay.stage in ("working", "telling") for stay in cell.record.stays):
        return "busy"
    done = any(carrier.at == cell.id and carrier.ready for carrier in cell.yard.record.carriers.values())
    return "blocked" if done else asked


def _packer(cell: Packer, asked: str) -> str:
    record = cell.record
    if record.packing is not None or any(stay.stage == "working" for stay in record.stays):
        return "busy"
    return "blocked" if record.waiting else asked


JUDGES: dict[type[Any], Judge] = {
    Crane: _crane,
    Conveyor: _conveyor,
    GoodsIn: _goods_in,
    Clarification: _clarification,
    Picking: _picking,
    Dock: _dock,
    Line: _line,
    Unloader: _unloader,
    Station: _station,
    Packer: _packer,
}
