"""One load and the few slots that are the best of their kind: which one, and what each factor says of it.

For one load nothing needs to be searched: of the free slots of one height in one aisle only the nearest one inside the
load's band of turnover, or the nearest one outside it, can be the best. Whoever keeps the slots finds them by an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Factors:
    """What speaks against a slot, in seconds of crane time; the way there counts as it is.

    `turnover_s`: how far it is outside the load's band; `height_s`: room above that another load needs; `spread_s`
    and `balance_s`: its aisle has more of the lot, more on the way, than another; `digging_s`: moves to be expected
    because of what stands behind or before it.
    """

    travel_s: float
    turnover_s: float = 0.0
    height_s: float = 0.0
    spread_s: float = 0.0
    balance_s: float = 0.0
    digging_s: float = 0.0

    @property
    def total_s(self) -> float:
        """The sum.

        >>> Factors(travel_s=12.0, balance_s=60.0).total_s
        72.0
        """
        return self.travel_s + self.turnover_s + self.height_s + self.spread_s + self.balance_s + self.digging_s


@dataclass(frozen=True, slots=True)
class Option:
    """A slot that the load may have, and what speaks against it."""

    slot: str
    aisle: str
    factors: Factors


@dataclass(frozen=True, slots=True)
class Choice:
    """The slot chosen, among how many options, and the next best one."""

    option: Option
    among: int
    other: Option | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Where a load belongs by its turnover: as seconds of travel, from the nearest slot it should leave to others."""

    low_s: float
    high_s: float

    def off_s(self, travel_s: float) -> float:
        """Return by how much a slot is outside.

        >>> Band(10.0, 20.0).off_s(25.0), Band(10.0, 20.0).off_s(7.0), Band(10.0, 20.0).off_s(15.0)
        (5.0, 3.0, 0.0)
        """
        return max(self.low_s - travel_s, travel_s - self.high_s, 0.0)


def choose(options: Sequence[Option]) -> Choice | None:
    """Return the option against which least speaks, of several the first by name; None of none."""
    if not options:
        return None
    order = sorted(options, key=lambda option: (option.factors.total_s, option.slot))
    return Choice(order[0], len(order), order[1] if len(order) > 1 else None)


def dig_chance(behind_calls_day: float, own_calls_day: float) -> float:
    """Return the chance that what stands behind leaves first, if both leave by chance at these rates; a half of none.

    >>> dig_chance(3.0, 1.0), dig_chance(0.0, 0.0)
    (0.75, 0.5)
    """
    both = behind_calls_day + own_calls_day
    return behind_calls_day / both if both > 0 else 0.5
