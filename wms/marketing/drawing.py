"""Which boxes of the stock a task is given: whole pallets by arrival, or single boxes from many piles. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class StockedBox:
    """A box that may be proposed; `turn` is the place of its pallet in the order of arrival."""

    box: str
    pallet: str
    pile: int
    meters: int
    full: bool
    turn: int = 0


def by_arrival(boxes: Iterable[StockedBox], wanted: int, *, whole: bool) -> list[StockedBox]:
    """Return boxes for `wanted` meters (0: for all), the pallets in the order of arrival.

    With `whole` every box of a pallet comes with it; else the last pallet gives only as many as are still wanted.

    >>> found = by_arrival([StockedBox("a", "P", 1, 15, True), StockedBox("b", "P", 1, 15, True)], 15, whole=False)
    >>> [one.box for one in found]
    ['a']
    """
    found: list[StockedBox] = []
    ordered = sorted(boxes, key=lambda one: (one.turn, one.pallet, one.pile, one.box))
    for _, group in groupby(ordered, key=lambda one: one.pallet):
        for one in group:
            if wanted and not whole and meters_in(found) >= wanted:
                break
            found.append(one)
        if wanted and meters_in(found) >= wanted:
            break
    return found


def sample(boxes: Sequence[StockedBox], wanted: int, *, seed: str) -> list[StockedBox]:
    """Return single boxes for `wanted` meters: opened ones first, then one from each pile before a second of any.

    Nobody can choose: within that the order is that of a hash over `seed` and the name, so that it can be drawn again.
    """
    opened = sorted((one for one in boxes if not one.full), key=lambda one: _drawn(seed, one.box))
    piles: dict[tuple[str, int], list[StockedBox]] = {}
    for one in sorted((one for one in boxes if one.full), key=lambda one: _drawn(seed, one.box)):
        piles.setdefault((one.pallet, one.pile), []).append(one)
    order = sorted(piles, key=lambda pile: _drawn(seed, f"{pile[0]}/{pile[1]}"))
    layers = max((len(pile) for pile in piles.values()), default=0)
    spread = [piles[pile][n] for n in range(layers) for pile in order if n < len(piles[pile])]
    found: list[StockedBox] = []
    for one in [*opened, *spread]:
        if meters_in(found) >= wanted:
            break
        found.append(one)
    return found


def with_their_pallets(chosen: Iterable[StockedBox], boxes: Iterable[StockedBox]) -> list[StockedBox]:
    """Return all boxes of the pallets that chosen ones are on: for a line that takes whole pallets."""
    pallets = {one.pallet for one in chosen}
    return [one for one in boxes if one.pallet in pallets]


def meters_in(boxes: Iterable[StockedBox]) -> int:
    """Return how many meters are in some boxes."""
    return sum(one.meters for one in boxes)


def _drawn(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()
