"""Dig-out plans for lanes two or more deep: block relocation with known order of retrievals.

A lane is a stack lying on its side: only its front unit can be reached. A unit in the way of one that goes out earlier
is moved to the lane where it will be least in the way again (Caserta, Schwarze & Voss 2012, EJOR 219(1), the min-max
rule): one whose earliest retrieval is later than its own, the earliest such; else the one that is latest of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from optimizer.effort import Proof

NEVER = 1 << 40


@dataclass(frozen=True, slots=True)
class Step:
    """A unit from one lane to another; `target` None: out."""

    unit: int
    source: int
    target: int | None


@dataclass(frozen=True, slots=True)
class DigPlan:
    """The steps in order; the objective counts the moves inside the rack, the bound those it cannot do without."""

    steps: tuple[Step, ...]
    proof: Proof


class NoRoom(Exception):
    """There is no free place for a unit that stands in the way: its lane and the unit."""

    def __init__(self, lane: int, unit: int) -> None:
        super().__init__(f"lane {lane}: no free place for unit {unit}, which stands in the way")
        self.lane, self.unit = lane, unit


def dig(lanes: Sequence[Sequence[int]], order: Sequence[int], *, depth: int = 2) -> DigPlan:
    """Return the steps that fetch the units of `order` one after another.

    `lanes` lists units from the back to the front, at most `depth` each. Raises NoRoom where a unit cannot be moved
    out of the way, ValueError for a unit that stands nowhere or twice, or a lane that is too full.

    >>> dig([[1, 2], [], [3]], [1]).steps
    (Step(unit=2, source=0, target=2), Step(unit=1, source=0, target=None))
    """
    _check(lanes, order, depth)
    rank = {unit: number for number, unit in enumerate(order)}
    stands, steps = [list(lane) for lane in lanes], list[Step]()
    for unit in order:
        source = next(number for number, lane in enumerate(stands) if unit in lane)
        while stands[source][-1] != unit:
            blocker = stands[source][-1]
            target = _target(stands, source, rank, depth)
            if target is None:
                raise NoRoom(source, blocker)
            stands[target].append(stands[source].pop())
            steps.append(Step(blocker, source, target))
        stands[source].pop()
        steps.append(Step(unit, source, None))
    moves = sum(step.target is not None for step in steps)
    return DigPlan(tuple(steps), Proof(moves, _in_the_way(lanes, rank), 0.0))


def _target(stands: list[list[int]], source: int, rank: dict[int, int], depth: int) -> int | None:
    """Return the lane for the front unit of `source` by the min-max rule; fuller lanes win ties."""
    mine = rank.get(stands[source][-1], NEVER)
    open_lanes = [number for number, lane in enumerate(stands) if number != source and len(lane) < depth]
    first = {number: min((rank.get(unit, NEVER) for unit in stands[number]), default=NEVER) for number in open_lanes}
    later = [number for number in open_lanes if first[number] > mine or first[number] == NEVER]
    if later:
        return min(later, key=lambda number: (first[number], -len(stands[number]), number))
    return max(open_lanes, key=lambda number: (first[number], -number), default=None)


def _in_the_way(lanes: Sequence[Sequence[int]], rank: dict[int, int]) -> int:
    """Return how many units stand in front of one that goes out earlier: each must be moved at least once."""
    total = 0
    for lane in lanes:
        least = NEVER
        for behind, unit in pairwise(lane):
            least = min(least, rank.get(behind, NEVER))
            total += rank.get(unit, NEVER) > least
    return total


def _check(lanes: Sequence[Sequence[int]], order: Sequence[int], depth: int) -> None:
    units = [unit for lane in lanes for unit in lane]
    if depth < 1 or any(len(lane) > depth for lane in lanes):
        raise ValueError(f"a lane holds at most {depth} units")
    if len(set(units)) < len(units) or len(set(order)) < len(order) or not set(order) <= set(units):
        raise ValueError("each unit must stand in one place, and be fetched once at most")
