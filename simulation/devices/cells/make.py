"""Which machine stands in for which kind of cell."""

from __future__ import annotations

from plc.plant.cells import Bench, Imaging, Labelling, Packing, Sealing, Sorting, Unloading, Withstand
from simulation.devices.cells import works
from simulation.devices.cells.packer import Packer
from simulation.devices.cells.station import Station, Work
from simulation.devices.cells.unloader import Unloader
from simulation.hall import Hall, Machine


def cell(hall: Hall, device: str) -> Machine:
    """Return the machine of a cell."""
    line, spec = hall.plant.line_of[device], hall.plant.cells[device]
    match spec:
        case Unloading():
            return Unloader(hall, spec, line)
        case Packing():
            return Packer(hall, spec, line)
        case _:
            station = Station(hall, device, line)
            station.work = _work(hall, spec, station)
            return station


def _work(hall: Hall, spec: Withstand | Imaging | Bench | Sorting | Sealing | Labelling, station: Station) -> Work:
    match spec:
        case Withstand() | Imaging():
            return works.Finding(hall, spec)
        case Bench():
            return works.bench(spec, station.yard.line.places)
        case Sorting():
            return works.Sorter(spec, station)
        case Sealing():
            return works.Sealer(hall, spec, station)
        case Labelling():
            return works.labelling(spec)
