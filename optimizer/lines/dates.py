"""The cheapest plan if batches are due: a round trip of each bench through its batches, with their times."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from optimizer.cpsat import run, when
from optimizer.effort import Effort, Told
from optimizer.lines.hall import Hall, Placed, cost, orders_of, timed


@dataclass(slots=True)
class _Rounds:
    """The model's variables: when a batch ends, and one batch after another on a bench (-1: the ends)."""

    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    ends: list[cp_model.IntVar] = field(default_factory=list[cp_model.IntVar])
    after: dict[tuple[int, int, int], cp_model.IntVar] = field(
        default_factory=dict[tuple[int, int, int], cp_model.IntVar]
    )


def cheapest(
    hall: Hall, start: tuple[Placed, ...], *, effort: Effort, least_s: int, told: Told | None = None
) -> tuple[tuple[Placed, ...], int, float]:
    """Return the cheapest plan found (`start` if none is cheaper), a bound, and the seconds it took.

    `least_s` is a bound on the length known already.
    """
    rounds, horizon = _Rounds(), cost(hall, start)
    rounds.ends = [rounds.model.new_int_var(0, horizon, "") for _ in hall.batches]
    length = rounds.model.new_int_var(least_s, horizon, "length")
    for bench in range(len(hall.benches)):
        _bench(rounds, hall, bench, length)
    for index, end in enumerate(rounds.ends):
        into = [taken for (_, _, batch), taken in rounds.after.items() if batch == index]
        rounds.model.add_exactly_one(into)
        rounds.model.add(end <= length)
    rounds.model.minimize(sum([length, *_late(rounds, hall, horizon)]))
    _hint(rounds, hall, start)
    found = run(rounds.model, list(rounds.after.values()), effort=effort, seconds=effort.seconds, told=told)
    if found.values is None:
        return start, max(least_s, found.bound), found.seconds
    placed = _placed(rounds, hall, found.values)
    return (placed if cost(hall, placed) < cost(hall, start) else start), max(least_s, found.bound), found.seconds


def _bench(rounds: _Rounds, hall: Hall, bench: int, length: cp_model.IntVar) -> None:
    """Add a bench: its round trip, what an arc means for the times, and its load under the length."""
    model, free_s = rounds.model, hall.benches[bench].free_s
    able = {index: time_s for index, batch in enumerate(hall.batches) if (time_s := batch.times_s[bench]) is not None}
    arcs, load = list[tuple[int, int, cp_model.IntVar]](), list[cp_model.LinearExprT]()
    skips = list[cp_model.IntVar]()
    for index, time_s in able.items():
        into, family = list[cp_model.IntVar](), hall.batches[index].family
        for before in (-1, *able):
            if before == index:
                continue
            taken = rounds.after[bench, before, index] = model.new_bool_var("")
            arcs.append((before + 1, index + 1, taken))
            into.append(taken)
            fitted = hall.benches[bench].fitted if before < 0 else hall.batches[before].family
            gap_s = hall.changeover(fitted, family) + time_s
            begun = free_s if before < 0 else rounds.ends[before]
            when(model.add(rounds.ends[index] >= begun + gap_s), taken)
            load.append(gap_s * taken)
        last = rounds.after[bench, index, -1] = model.new_bool_var("")
        arcs.append((index + 1, 0, last))
        skips.append(skipped := model.new_bool_var(""))
        model.add(sum(into) + skipped == 1)
        arcs.append((index + 1, index + 1, skipped))
    idle = rounds.after[bench, -1, -1] = model.new_bool_var("")
    model.add_circuit([*arcs, (0, 0, idle)])
    # NOTE: not "only if it is not idle": the relaxation, and so the bound, would lose the load of every bench.
    load.append(-free_s * idle)
    model.add(sum(load) + free_s <= length)
    for is_skipped in skips:
        model.add_implication(idle, is_skipped)


def _late(rounds: _Rounds, hall: Hall, horizon: int) -> list[cp_model.LinearExprT]:
    found = list[cp_model.LinearExprT]()
    for batch, end in zip(hall.batches, rounds.ends, strict=True):
        if batch.due_s is not None and batch.weight:
            late_s = rounds.model.new_int_var(0, horizon, "")
            rounds.model.add(late_s >= end - batch.due_s)
            found.append(batch.weight * late_s)
    return found


def _hint(rounds: _Rounds, hall: Hall, start: tuple[Placed, ...]) -> None:
    for each in start:
        rounds.model.add_hint(rounds.ends[each.batch], each.end_s)
    orders = [[-1, *order, -1] for order in orders_of(hall, start)]
    steps = {(bench, *step) for bench, tour in enumerate(orders) for step in pairwise(tour)}
    for key, taken in rounds.after.items():
        rounds.model.add_hint(taken, key in steps)


def _placed(rounds: _Rounds, hall: Hall, values: tuple[int, ...]) -> tuple[Placed, ...]:
    taken = [key for key, value in zip(rounds.after, values, strict=True) if value]
    orders = list[list[int]]()
    for bench in range(len(hall.benches)):
        step = {before: batch for number, before, batch in taken if number == bench}
        order, batch = list[int](), step[-1]
        while batch >= 0:
            order.append(batch)
            batch = step[batch]
        orders.append(order)
    return timed(hall, orders)
