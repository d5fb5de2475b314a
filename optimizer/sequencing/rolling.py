"""The next cycle of each crane: what is near goes together, unless something must not wait any longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.sequencing.patience import Patience
from optimizer.travel import Rack, Seconds, Slots


@dataclass(frozen=True, slots=True)
class Waiting:
    """A retrieval that waits in an aisle: its slot, since when, until when it should be out, and how it ranks."""

    aisle: int
    slot: tuple[int, int]
    since_s: float
    due_s: float | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Crane:
    """A crane that is free: its aisle and rack, the slots open there, and whether a load waits to be stored."""

    aisle: int
    rack: Rack
    openings: Slots
    has_load: bool = True


@dataclass(frozen=True, slots=True)
class Cycle:
    """What a crane does next: store into `opening`, fetch `retrieval` (numbers in what was given; None: not that part).

    `why` is "near", "due", "starved", "priority", or "only" where nothing was to be chosen; `travel_s` the whole cycle.
    """

    opening: int | None
    retrieval: int | None
    travel_s: float
    why: str


def next_cycles(
    cranes: Sequence[Crane], waiting: Sequence[Waiting], *, now_s: float, patience: Patience | None = None
) -> list[Cycle | None]:
    """Return for each crane its next cycle, None if it has nothing to do; no retrieval goes to two cranes."""
    cycles, taken = list[Cycle | None](), set[int]()
    for crane in cranes:
        mine = [n for n, each in enumerate(waiting) if each.aisle == crane.aisle and n not in taken]
        cycle = _next(crane, waiting, mine, (now_s, patience or Patience()))
        if cycle and cycle.retrieval is not None:
            taken.add(cycle.retrieval)
        cycles.append(cycle)
    return cycles


def _next(crane: Crane, waiting: Sequence[Waiting], mine: list[int], when: tuple[float, Patience]) -> Cycle | None:
    chosen, why = _pressing([(n, waiting[n]) for n in mine], *when)
    storing = crane.has_load and len(crane.openings) > 0
    outs = crane.rack.out(crane.openings) if storing else np.zeros(0)
    if not mine:
        nearest = int(np.argmin(outs)) if storing else None
        return None if nearest is None else Cycle(nearest, None, 2 * float(outs[nearest]), "only")
    slots = np.array([waiting[n].slot for n in chosen], np.int64)
    homes = crane.rack.out(slots)
    if not storing:
        first = int(np.argmin(homes)) if why == "near" else 0
        return Cycle(None, chosen[first], 2 * float(homes[first]), why)
    opening, which = _nearest(crane.rack.between(crane.openings, slots), outs)
    between_s = float(crane.rack.between(crane.openings[[opening]], slots[[which]])[0, 0])
    return Cycle(opening, chosen[which], float(outs[opening]) + between_s + float(homes[which]), why)


def _nearest(between: Seconds, outs: Seconds) -> tuple[int, int]:
    """Return opening and retrieval with the least travel between; of several the opening nearest to the input.

    Not the shortest whole cycle: that fills the near slots and is the worse rule after a few hundred cycles.
    """
    least = np.argwhere(between <= between.min() + 1e-9)
    best = least[int(np.argmin(outs[least[:, 0]]))]
    return int(best[0]), int(best[1])


def _pressing(mine: list[tuple[int, Waiting]], now_s: float, patience: Patience) -> tuple[list[int], str]:
    """Return the retrievals that may go now and why: one that presses most, or all of the highest priority."""
    starved = [(each.since_s, n) for n, each in mine if now_s - each.since_s >= patience.starved_s]
    if starved:
        return [min(starved)[1]], "starved"
    due = [(each.due_s, n) for n, each in mine if each.due_s is not None and each.due_s - now_s <= patience.slack_s]
    if due:
        return [min(due)[1]], "due"
    highest = max((each.priority for _, each in mine), default=0)
    chosen = [n for n, each in mine if each.priority == highest]
    return chosen, "near" if len(chosen) == len(mine) else "priority"
