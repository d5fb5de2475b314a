"""What a verification line holds: pallets to unload, meters on their way to a verdict, boxes to fill.

A meter is in exactly one of: a pallet not yet unloaded, the buffer, the benches, a group, a packed box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from plc.telegram import BoxResult, MeterResult
from simulation.devices.drive import Stoppage
from simulation.loads import Load

PASS, FAIL = 1, 2


@dataclass(slots=True)
class Intake:
    """A pallet that was sent to the line: it stands at the in-feed, comes in, or is unloaded."""

    mission: int
    load: str
    load_id: str
    lot: int
    stage: Literal["standing", "entering", "unloading"] = "standing"
    due_s: float = 0.0


@dataclass(slots=True)
class Scanned:
    """A meter out of its box; `again` if it is verified a second time."""

    code: str
    lot: int
    again: bool = False


@dataclass(slots=True)
class Group:
    """Meters of one lot and verdict that wait for a box, and the pallet that is being built for them."""

    lot: int
    verdict: int
    meters: list[MeterResult] = field(default_factory=list[MeterResult])
    pallet: str = ""


@dataclass(slots=True)
class Shape:
    """How a lot is packed: meters in a box, boxes in a pile, piles on a pallet, as it came in."""

    box: int = 1
    pile: int = 1
    piles: int = 1

    def learn(self, load: Load) -> None:
        """Grow to what an incoming pallet shows."""
        self.box = max([self.box, *(len(box.meters) for box in load.boxes())])
        self.pile = max([self.pile, *(len(pile) for pile in load.piles)])
        self.piles = max(self.piles, len(load.piles))


@dataclass(slots=True)
class Packing:
    """The box that is being filled."""

    lot: int
    verdict: int
    due_s: float


@dataclass(slots=True)
class Flush:
    """A mission to pack what is left of a lot."""

    mission: int
    lot: int


@dataclass(slots=True)
class Leaving:
    """A finished pallet on its way to the out-feed."""

    load: str
    lot: int


@dataclass(slots=True)
class LineRecord:
    """The line as it stands."""

    intakes: list[Intake] = field(default_factory=list[Intake])
    buffer: list[Scanned] = field(default_factory=list[Scanned])
    bench: list[Scanned] = field(default_factory=list[Scanned])
    bench_s: float = 0.0
    groups: list[Group] = field(default_factory=list[Group])
    shapes: dict[int, Shape] = field(default_factory=dict[int, Shape])
    boxes: list[str] = field(default_factory=list[str])  # empty
    pallets: list[str] = field(default_factory=list[str])  # empty
    packing: Packing | None = None
    result: BoxResult | None = None
    unbooked: bool = False  # the result waits to be booked
    flushes: list[Flush] = field(default_factory=list[Flush])
    leaving: list[Leaving] = field(default_factory=list[Leaving])
    waiting: bool = False  # for the out-feed
    stoppage: Stoppage | None = None

    def group(self, lot: int, verdict: int) -> Group:
        """Return the group of a lot and verdict, a new one if there is none."""
        for group in self.groups:
            if (group.lot, group.verdict) == (lot, verdict):
                return group
        self.groups.append(Group(lot, verdict))
        return self.groups[-1]

    def ahead(self, lot: int) -> bool:
        """Return whether meters of a lot are still on their way to a verdict."""
        coming = any(intake.lot == lot for intake in self.intakes)
        return coming or any(m.lot == lot for m in self.buffer) or any(m.lot == lot for m in self.bench)

    def flushing(self, lot: int) -> bool:
        """Return whether what is left of a lot is to be packed."""
        return any(flush.lot == lot for flush in self.flushes)

    def packable(self) -> Group | None:
        """Return a group with a full box, or with the rest of a lot that is being packed up."""
        for group in self.groups:
            shape = self.shapes.get(group.lot)
            if shape is not None and len(group.meters) >= shape.box:
                return group
            if group.meters and self.flushing(group.lot) and not self.ahead(group.lot):
                return group
        return None

    def empty_of(self, lot: int) -> bool:
        """Return whether nothing of a lot is left that is not on a finished pallet."""
        held = any(group.lot == lot and group.meters for group in self.groups)
        return not held and not self.ahead(lot) and (self.packing is None or self.packing.lot != lot)

    def meters(self) -> Iterator[str]:
        """Yield every meter that is out of its box."""
        for scanned in (*self.buffer, *self.bench):
            yield scanned.code
        for group in self.groups:
            yield from (meter.code for meter in group.meters)
