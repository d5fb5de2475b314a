"""Which boxes a line of a distribution order gets. Pure.

First verified, first out: the day of verification decides which stock is eligible. Among the stock of one day
whole pallets go first, out of the aisle that has least to do, then boxes from as few pallets as can be. Only
whole boxes, never more meters than were asked for. What one pallet holds is of one lot, so lots stay apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import groupby
from zlib import crc32

from wms.reasons import Reason

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class StockBox:
    """A box that nobody is promised yet."""

    code: str
    meters: int


@dataclass(frozen=True, slots=True)
class StockPallet:
    """A stored pallet with boxes that nobody is promised yet; `whole` if there are no others on it."""

    code: str
    aisle: str
    travel_ms: int
    day: int
    whole: bool
    boxes: tuple[StockBox, ...]

    @property
    def meters(self) -> int:
        """Meters that can be had from it."""
        return sum(box.meters for box in self.boxes)

    def without(self, taken: Set[str]) -> StockPallet:
        """Return what is left of it once the boxes `taken` are promised."""
        left = tuple(box for box in self.boxes if box.code not in taken)
        return self if len(left) == len(self.boxes) else replace(self, whole=False, boxes=left)


@dataclass(slots=True)
class Choice:
    """The boxes chosen so far, and how many meters are still wanted."""

    wanted: int
    boxes: list[StockBox] = field(default_factory=list[StockBox])
    aisles: Counter[str] = field(default_factory=Counter[str])

    def take(self, pallet: StockPallet, boxes: Iterable[StockBox]) -> None:
        """Take boxes of a pallet."""
        taken = list(boxes)
        if taken:
            self.boxes += taken
            self.wanted -= sum(box.meters for box in taken)
            self.aisles[pallet.aisle] += 1


def choose_boxes(
    stock: Sequence[StockPallet], quantity: int, per_box: int, busy: Mapping[str, int]
) -> list[StockBox] | Reason:
    """Return boxes that together hold as much of `quantity` as whole boxes can, or how much there is instead.

    `per_box` is what a full box holds; `busy` is how many pallets leave each aisle already.
    """
    choice = Choice(quantity, aisles=Counter(dict(busy)))
    for _, day in groupby(sorted(stock, key=lambda p: (p.day, p.code)), key=lambda p: p.day):
        if not _take_day(choice, list(day)):
            break
    if choice.wanted >= per_box:
        return short(sum(pallet.meters for pallet in stock), quantity)
    return choice.boxes


def short(available: int, quantity: int) -> Reason:
    """Return the reason of a line that cannot be filled.

    >>> short(15, 90)
    Reason(code='short', params={'available': 15, 'quantity': 90})
    """
    return Reason("short", {"available": available, "quantity": quantity})


def dock_for(district: str, docks: Mapping[str, Sequence[str]]) -> str | None:
    """Return the dock of a district: one that names it, else one that names none; always the same one.

    >>> dock_for("north", {"DK1": ["north"], "DK2": []}), dock_for("west", {"DK1": ["north"], "DK2": []})
    ('DK1', 'DK2')
    >>> dock_for("west", {"DK1": ["north"]}) is None
    True
    """
    named = sorted(dock for dock, districts in docks.items() if district in districts)
    fitting = named or sorted(dock for dock, districts in docks.items() if not districts)
    return fitting[crc32(district.encode()) % len(fitting)] if fitting else None


def piles_for(already: int, boxes: int, per_pile: int) -> list[int]:
    """Return the pile on the target pallet for each of `boxes` more boxes.

    >>> piles_for(4, 3, 5)
    [1, 2, 2]
    """
    return [n // per_pile + 1 for n in range(already, already + boxes)]


def _take_day(choice: Choice, day: list[StockPallet]) -> bool:
    """Take what fits from one day's stock; return whether nothing of that day is left."""
    whole = [p for p in day if p.whole]
    while fitting := [p for p in whole if p.meters <= choice.wanted]:
        best = min(fitting, key=lambda p: (choice.aisles[p.aisle], p.travel_ms, p.code))
        choice.take(best, best.boxes)
        whole.remove(best)
    left = sorted(
        [p for p in day if not p.whole] + whole,
        key=lambda p: (p.whole, choice.aisles[p.aisle], p.meters, p.travel_ms, p.code),
    )
    exhausted = True
    for pallet in left:
        fit = _fitting(pallet.boxes, choice.wanted)
        exhausted = exhausted and len(fit) == len(pallet.boxes)
        choice.take(pallet, fit)
    return exhausted


def _fitting(boxes: Iterable[StockBox], wanted: int) -> list[StockBox]:
    fit: list[StockBox] = []
    for box in boxes:
        if box.meters <= wanted:
            fit.append(box)
            wanted -= box.meters
    return fit
