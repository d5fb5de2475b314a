"""A bar-code scanner: reads the label of the load that stands at its point, or does not."""

from __future__ import annotations

from plc.plant.stations import Scanner as ScannerSpec
from simulation.hall import Hall


class LabelReader:
    """One scanner; `read` is what a trigger makes it do."""

    def __init__(self, hall: Hall, spec: ScannerSpec) -> None:
        """Look at the scanner's point."""
        self.id, self._hall, self._point = spec.id, hall, spec.point

    def read(self) -> str | None:
        """Return the code on the label, or None for a no-read: no load, a bad label, or bad luck."""
        world, physics = self._hall.world, self._hall.physics
        load = world.at(self._point)
        if load is None or not load.readable:
            return None
        if physics.no_read and physics.chance(self.id, world.count(f"scan {self.id}")) < physics.no_read:
            return None
        return load.code
