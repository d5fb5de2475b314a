"""What a line's cells share: the carriers and where they stand, the lanes behind the sorting cell, what was done.

A meter is in exactly one of: a box, a carrier, a lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from plc.plant.cells import CellLine
from simulation.hall import Hall

RETEST, REJECT, UNVERIFIED = 1, 2, 3
KEPT_FOR_SORTING = 3  # empty carriers that the unloading cell leaves to the sorting cell


@dataclass(slots=True)
class Carrier:
    """Meters of one lot in the order of their places; `ready` once the cell at which it stands is done with it."""

    code: str
    lot: int
    meters: list[str] = field(default_factory=list[str])
    at: str = ""
    ready: bool = False
    bay: int = 0  # of the bench at which it stands, from 1


@dataclass(slots=True)
class Lane:
    """Meters of one lot that the sorting cell has put aside."""

    kind: int
    lot: int
    meters: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class YardRecord:
    """The carriers and lanes as they stand."""

    carriers: dict[str, Carrier] = field(default_factory=dict[str, Carrier])
    lanes: list[Lane] = field(default_factory=list[Lane])
    seals: dict[str, str] = field(default_factory=dict[str, str])  # by meter


class Yard:
    """The carriers of one line; who works on them is told when one moves or becomes free."""

    def __init__(self, hall: Hall, line: CellLine) -> None:
        """Take up the record of the line."""
        self.line, self._hall, self.id = line, hall, f"yard {line.id}"
        self.record = hall.recall(self.id, YardRecord, YardRecord())
        self.told: list[Callable[[], None]] = []

    def free(self) -> int:
        """Return how many carriers are empty."""
        return self.line.carriers - len(self.record.carriers)

    def fill(self, lot: int, meters: list[str], at: str) -> Carrier:
        """Put meters on an empty carrier."""
        number = self._hall.world.count(f"carrier {self.line.id}")
        carrier = Carrier(f"{self.line.id}C{number:06}", lot, meters, at)
        self.record.carriers[carrier.code] = carrier
        self.touch()
        return carrier

    def move(self, carrier: Carrier, at: str) -> None:
        """Let a cell take a carrier over from the one before."""
        carrier.at, carrier.ready = at, False
        self.changed()

    def release(self, carrier: Carrier) -> None:
        """Take an empty carrier back to the pool."""
        del self.record.carriers[carrier.code]
        self.changed()

    def standing(self, cell: str) -> int:
        """Return how many carriers stand at a cell."""
        return sum(1 for carrier in self.record.carriers.values() if carrier.at == cell)

    def lane(self, kind: int, lot: int) -> Lane:
        """Return a lane of the sorting cell, a new one if it holds none of the lot."""
        for lane in self.record.lanes:
            if (lane.kind, lane.lot) == (kind, lot):
                return lane
        self.record.lanes.append(Lane(kind, lot))
        return self.record.lanes[-1]

    def changed(self) -> None:
        """Keep the record, and let every cell see whether it can go on."""
        self.touch()
        for tell in self.told:
            tell()

    def touch(self) -> None:
        """Keep the record."""
        self._hall.world.touch("machine", self.id, self.record)

    def meters(self) -> Iterator[str]:
        """Yield every meter that is on a carrier or in a lane."""
        for holder in (*self.record.carriers.values(), *self.record.lanes):
            yield from holder.meters


def yard_of(hall: Hall, line: CellLine) -> Yard:
    """Return the yard of a line; all its cells share one."""
    found = hall.yards.get(line.id)
    if found is None:
        found = hall.yards[line.id] = Yard(hall, line)
    return found
