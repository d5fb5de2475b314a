"""What is moved, as it really is: pallets with piles of boxes, boxes with meters.

The code of a load is its true name; whether a scanner can read it off the label is another matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

PALLET_G = 25_000
BOX_G = 1_500
METER_G = 700


@dataclass(slots=True)
class Box:
    """A turnover box and the codes of the meters in it."""

    code: str
    meters: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Load:
    """A pallet, where it is, and what is wrong with it."""

    code: str
    piles: list[list[Box]] = field(default_factory=list[list[Box]])
    place: str = ""  # a point, a slot, a segment or a device
    readable: bool = True
    extra_g: int = 0  # what does not belong on it
    profile: int = 0  # sides it hangs over, as ProfileBit
    mover: str = ""  # the device that is taking it away from its point

    def boxes(self) -> Iterator[Box]:
        """Yield the boxes, pile by pile from the bottom."""
        for pile in self.piles:
            yield from pile

    def meters(self) -> Iterator[str]:
        """Yield the code of every meter."""
        for box in self.boxes():
            yield from box.meters

    def weight_g(self) -> int:
        """Return what it weighs, in g."""
        boxes = sum(BOX_G + METER_G * len(box.meters) for box in self.boxes())
        return PALLET_G + boxes + self.extra_g

    def named(self, load_id: str) -> bool:
        """Return whether a telegram that says `load_id` can mean this load.

        Nobody can tell by an empty or a temporary name ("?7"), nor by a label that cannot be read.
        """
        return load_id in ("", self.code) or load_id.startswith("?") or not self.readable
