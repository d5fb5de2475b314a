"""Which machine stands in for which kind of device."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from plc.plant.kinds import CELLS, DeviceKind
from plc.plant.model import DeviceSpec
from plc.plant.stations import Clarification as ClarificationSpec
from plc.plant.stations import GoodsIn as GoodsInSpec
from plc.plant.stations import Picking as PickingSpec
from plc.plant.stations import TurnkeyLine
from simulation.devices.cells.make import cell
from simulation.devices.clarification import Clarification
from simulation.devices.conveyor import Conveyor
from simulation.devices.crane import Crane
from simulation.devices.dock import Dock
from simulation.devices.goods_in import Arrival, GoodsIn
from simulation.devices.line import Line
from simulation.devices.picking import Picking
from simulation.hall import Hall, Machine, Voice


def _station(hall: Hall, id: str, plan: Mapping[str, Sequence[Arrival]]) -> tuple[Machine, tuple[str, ...]]:
    match hall.plant.stations[id]:
        case GoodsInSpec() as spec:
            return GoodsIn(hall, spec, plan.get(id, ())), (spec.point,)
        case ClarificationSpec() as spec:
            return Clarification(hall, spec), (spec.point,)
        case PickingSpec() as spec:
            return Picking(hall, spec), ()


def _turnkey(hall: Hall, device: str) -> Machine:
    line = hall.plant.lines[device]
    assert isinstance(line, TurnkeyLine)
    return Line(hall, line)


_MAKERS: dict[DeviceKind, Callable[[Hall, str], Machine]] = {
    DeviceKind.CONVEYOR: lambda hall, device: Conveyor(hall, hall.plant.segments[device]),
    DeviceKind.CRANE: lambda hall, device: Crane(hall, hall.plant.cranes[device]),
    DeviceKind.LINE: _turnkey,
    DeviceKind.DOCK: lambda hall, device: Dock(hall, hall.plant.docks[device]),
}


def build(hall: Hall, device: DeviceSpec, voice: Voice, plan: Mapping[str, Sequence[Arrival]]) -> Machine:
    """Return the machine of a device, settled in the hall; it stands still until it is resumed."""
    maker = cell if device.kind in CELLS else _MAKERS.get(device.kind)
    machine, points = (maker(hall, device.id), ()) if maker else _station(hall, device.id, plan)
    hall.settle_in(machine, voice, points)
    return machine
