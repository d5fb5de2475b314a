"""Benches, batches and change-overs, and a plan for them. All times are whole seconds from the moment of planning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from optimizer.effort import Proof


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of meters: its family, and how long each bench takes for it (None: that bench cannot).

    `weight` is what a second of lateness costs beside a second of the whole plan's length.
    """

    family: int
    times_s: tuple[int | None, ...]
    due_s: int | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Bench:
    """A bench that is free from `free_s` and fitted for a family then (None: any first batch needs no change-over)."""

    free_s: int = 0
    fitted: int | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """Benches, batches, and `changeover_s[a][b]`: from family a to b, 0 from a family to itself.

    A change-over by way of a third family must not be quicker than the direct one. Raises ValueError for a hall that
    makes no sense, with every fault of it.
    """

    benches: tuple[Bench, ...]
    batches: tuple[Batch, ...]
    changeover_s: tuple[tuple[int, ...], ...] = field(default=((0,),))

    def __post_init__(self) -> None:
        """Raise ValueError for what does not fit together."""
        if found := [*self._wrong_batches(), *self._wrong_changeovers()]:
            raise ValueError("; ".join(found[:20]))

    def _wrong_batches(self) -> list[str]:
        found, families = list[str](), len(self.changeover_s)
        for number, batch in enumerate(self.batches):
            if not 0 <= batch.family < families:
                found.append(f"batch {number}: there is no family {batch.family}")
            if len(batch.times_s) != len(self.benches):
                found.append(f"batch {number}: {len(batch.times_s)} times for {len(self.benches)} benches")
            elif all(time is None for time in batch.times_s):
                found.append(f"batch {number}: no bench can verify it")
            if any(time is not None and time < 0 for time in batch.times_s) or batch.weight < 0:
                found.append(f"batch {number}: a time or weight below 0")
        for number, bench in enumerate(self.benches):
            if bench.free_s < 0 or not 0 <= (bench.fitted or 0) < families:
                found.append(f"bench {number}: free before 0, or fitted for a family that there is not")
        return found

    def _wrong_changeovers(self) -> list[str]:
        ways, families = self.changeover_s, range(len(self.changeover_s))
        if any(len(row) != len(ways) or min(row) < 0 for row in ways) or any(ways[a][a] for a in families):
            return ["change-overs must be a square of times, 0 from a family to itself"]
        return [
            f"change-over {a} to {b} takes longer than by way of {c}"
            for a in families
            for b in families
            for c in families
            if ways[a][b] > ways[a][c] + ways[c][b]
        ]

    def changeover(self, before: int | None, family: int) -> int:
        """Return the seconds from one family to the other; 0 from none."""
        return 0 if before is None else self.changeover_s[before][family]


@dataclass(frozen=True, slots=True)
class Placed:
    """A batch on a bench; its change-over lies right before `start_s`."""

    batch: int
    bench: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Which bench verifies what when; the objective is its length plus weighted lateness, in seconds."""

    placed: tuple[Placed, ...]
    proof: Proof


def timed(hall: Hall, orders: Sequence[Sequence[int]]) -> tuple[Placed, ...]:
    """Return the batches with their times, each bench doing its own in the order given, as early as can be.

    Raises ValueError for a batch on a bench that cannot verify it.
    """
    placed = list[Placed]()
    for number, (bench, order) in enumerate(zip(hall.benches, orders, strict=True)):
        now_s, fitted = bench.free_s, bench.fitted
        for index in order:
            batch = hall.batches[index]
            time_s = batch.times_s[number]
            if time_s is None:
                raise ValueError(f"bench {number} cannot verify batch {index}")
            start_s = now_s + hall.changeover(fitted, batch.family)
            now_s, fitted = start_s + time_s, batch.family
            placed.append(Placed(index, number, start_s, now_s))
    return tuple(sorted(placed, key=lambda each: (each.start_s, each.bench, each.end_s)))


def orders_of(hall: Hall, placed: Sequence[Placed]) -> list[list[int]]:
    """Return for each bench its batches in order."""
    mine: list[list[Placed]] = [[] for _ in hall.benches]
    for each in placed:
        mine[each.bench].append(each)
    return [[each.batch for each in sorted(bench, key=lambda p: (p.start_s, p.end_s))] for bench in mine]


def length_s(placed: Sequence[Placed]) -> int:
    """Return when the last batch ends."""
    return max((each.end_s for each in placed), default=0)


def lateness(hall: Hall, placed: Sequence[Placed]) -> int:
    """Return the weighted seconds by which batches end after they are due."""
    due = ((hall.batches[each.batch], each.end_s) for each in placed)
    return sum(batch.weight * max(0, end_s - batch.due_s) for batch, end_s in due if batch.due_s is not None)


def cost(hall: Hall, placed: Sequence[Placed]) -> int:
    """Return length plus weighted lateness."""
    return length_s(placed) + lateness(hall, placed)
