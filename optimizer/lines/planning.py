"""The plan for a hall within a budget, and the next one when a bench has failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.effort import Effort, Proof, Told
from optimizer.lines.hall import Batch, Bench, Hall, LinePlan, Placed, cost, lateness
from optimizer.lines.start import construct

_SHORT_SHARE = 0.3  # of the seconds for the length alone, where batches are due


def greedy(hall: Hall, seed: int = 1) -> LinePlan:
    """Return the plan of the constructive start, for when there is no time; its bound is the trivial one."""
    placed = construct(hall, seed)
    return LinePlan(placed, Proof(cost(hall, placed), min(_least(hall), cost(hall, placed)), 0.0))


def plan(hall: Hall, effort: Effort, told: Told | None = None) -> LinePlan:
    """Return the best plan within the budget, never worse than the greedy one."""
    from optimizer.lines.dates import cheapest  # the solver takes half a second to load: only who searches waits for it
    from optimizer.lines.families import shortest

    if not hall.batches:
        return LinePlan((), Proof(0, 0, 0.0))
    start = construct(hall, effort.seed)
    due = any(batch.due_s is not None and batch.weight for batch in hall.batches)
    first = replace(effort, seconds=effort.seconds * (_SHORT_SHARE if due else 1.0))
    placed, bound, seconds = shortest(hall, start, first, None if due else told)
    best = min(start, placed, key=lambda each: cost(hall, each))
    if due and cost(hall, best) > bound:
        rest = replace(effort, seconds=max(0.01, effort.seconds - seconds))
        placed, bound, more = cheapest(hall, best, effort=rest, least_s=bound, told=told)
        best, seconds = min(best, placed, key=lambda each: cost(hall, each)), seconds + more
    price = cost(hall, best)
    return LinePlan(best, Proof(price, min(max(bound, _least(hall)), price), seconds))


def _least(hall: Hall) -> int:
    """Return a bound at a glance: the longest batch alone, and every batch as late as it must be on its best bench."""
    alone = [
        Placed(index, bench, 0, min(_first_end(hall, number, batch) for number in _able(batch)))
        for index, batch in enumerate(hall.batches)
        for bench in _able(batch)[:1]
    ]
    return max((each.end_s for each in alone), default=0) + lateness(hall, alone)


def _able(batch: Batch) -> list[int]:
    return [number for number, time_s in enumerate(batch.times_s) if time_s is not None]


def _first_end(hall: Hall, bench: int, batch: Batch) -> int:
    at = hall.benches[bench]
    return at.free_s + hall.changeover(at.fitted, batch.family) + (batch.times_s[bench] or 0)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a plan at a moment: the hall to plan again, and what its numbers mean in the old one."""

    hall: Hall
    batches: tuple[int, ...]
    stay: tuple[Placed, ...]


def rest_after(hall: Hall, placed: Sequence[Placed], *, failed: int, now_s: int, back_s: int | None = None) -> Rest:
    """Return what is left when bench `failed` fails at `now_s`, back at `back_s` (None: not to be counted on).

    What runs on the other benches stays where it is, and what has ended is done. The batch on the failed bench is
    verified again from its beginning, like everything that has not begun. Times of the new hall count from `now_s`.
    Raises ValueError if a batch is left that no bench can verify.
    """
    stay = [each for each in placed if each.bench != failed and each.start_s <= now_s < each.end_s]
    done = {each.batch for each in placed if each.end_s <= now_s} | {each.batch for each in stay}
    left = tuple(index for index in range(len(hall.batches)) if index not in done)
    away = failed if back_s is None else -1
    batches = tuple(_moved(hall.batches[index], away, now_s) for index in left)
    benches = tuple(_bench_at(hall, placed, bench, now_s) for bench in range(len(hall.benches)))
    if back_s is not None:
        benches = tuple(replace(b, free_s=max(0, back_s - now_s)) if n == failed else b for n, b in enumerate(benches))
    return Rest(Hall(benches, batches, hall.changeover_s), left, tuple(stay))


def _moved(batch: Batch, away: int, now_s: int) -> Batch:
    times = tuple(None if bench == away else time_s for bench, time_s in enumerate(batch.times_s))
    return replace(batch, times_s=times, due_s=None if batch.due_s is None else batch.due_s - now_s)


def _bench_at(hall: Hall, placed: Sequence[Placed], bench: int, now_s: int) -> Bench:
    """Return a bench as it stands: free after what runs on it, fitted for what began on it last."""
    begun = sorted((each.start_s, each.end_s, each.batch) for each in placed if each.bench == bench)
    begun = [each for each in begun if each[0] <= now_s]
    if not begun:
        return Bench(max(0, hall.benches[bench].free_s - now_s), hall.benches[bench].fitted)
    _, end_s, batch = begun[-1]
    return Bench(max(0, end_s - now_s), hall.batches[batch].family)


def replan(placed: Sequence[Placed], rest: Rest, *, now_s: int, effort: Effort) -> LinePlan:
    """Return the plan for everything from `now_s`, in the numbers and times of the old hall: what stays, and the rest.

    The proof is that of the rest, counted from `now_s`.
    """
    done = [each for each in placed if each.end_s <= now_s]
    found = plan(rest.hall, effort)
    new = [Placed(rest.batches[p.batch], p.bench, p.start_s + now_s, p.end_s + now_s) for p in found.placed]
    whole = sorted([*done, *rest.stay, *new], key=lambda each: (each.start_s, each.bench, each.end_s))
    return LinePlan(tuple(whole), found.proof)
