"""A plan at once: batches in several orders, each to the bench where it costs least, then moved while that helps."""

from __future__ import annotations

import random
from collections.abc import Sequence

from optimizer.lines.hall import Hall, Placed, cost, timed

_MOST_TIMINGS = 4_000  # of whole plans while improving; well under a second for 80 batches


def construct(hall: Hall, seed: int) -> tuple[Placed, ...]:
    """Return the best of four list orders, improved by random moves; the same for the same seed."""
    batches = hall.batches
    longest = [max(time or 0 for time in batch.times_s) for batch in batches]
    due = [batch.due_s if batch.due_s is not None else 1 << 40 for batch in batches]
    numbers = range(len(batches))
    lists = (
        sorted(numbers, key=lambda n: (-longest[n], n)),
        sorted(numbers, key=lambda n: (due[n], -longest[n], n)),
        sorted(numbers, key=lambda n: (batches[n].family, due[n], -longest[n], n)),
        sorted(numbers, key=lambda n: (due[n] - longest[n], batches[n].family, n)),
    )
    best = min((_listed(hall, order) for order in lists), key=lambda orders: cost(hall, timed(hall, orders)))
    return timed(hall, _improved(hall, best, random.Random(seed)))


def _listed(hall: Hall, order: Sequence[int]) -> list[list[int]]:
    """Return the benches' orders: each batch to the end of the bench where it ends first, change-over included."""
    orders: list[list[int]] = [[] for _ in hall.benches]
    free_s = [bench.free_s for bench in hall.benches]
    fitted = [bench.fitted for bench in hall.benches]
    for index in order:
        batch = hall.batches[index]
        ends = [
            (free_s[number] + hall.changeover(fitted[number], batch.family) + time_s, number)
            for number, time_s in enumerate(batch.times_s)
            if time_s is not None
        ]
        end_s, number = min(ends)
        orders[number].append(index)
        free_s[number], fitted[number] = end_s, batch.family
    return orders


def _improved(hall: Hall, orders: list[list[int]], chance: random.Random) -> list[list[int]]:
    """Return the orders after moves of one batch elsewhere; a move that costs no more is taken."""
    best, price = orders, cost(hall, timed(hall, orders))
    filled = [number for number, order in enumerate(orders) if order]
    for _ in range(_MOST_TIMINGS if filled else 0):
        moved = [list(order) for order in best]
        source = chance.choice([number for number, order in enumerate(moved) if order])
        batch = moved[source].pop(chance.randrange(len(moved[source])))
        able = [number for number, time_s in enumerate(hall.batches[batch].times_s) if time_s is not None]
        target = moved[chance.choice(able)]
        target.insert(chance.randrange(len(target) + 1), batch)
        after = cost(hall, timed(hall, moved))
        if after <= price:
            best, price = moved, after
    return best
