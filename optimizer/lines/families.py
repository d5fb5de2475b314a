"""The shortest plan if nothing is due: a round trip of each bench through the families, and batches under them.

Where a change-over is never quicker by way of a third family, some shortest plan verifies the batches of a family on a
bench in one go. So the round trips need the few families, not the many batches, and the bound is strong.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from optimizer.cpsat import run
from optimizer.effort import Effort, Told
from optimizer.lines.hall import Hall, Placed, length_s, orders_of, timed


@dataclass(slots=True)
class _Trips:
    """The model's switches: a batch on a bench, a family on a bench, one family after another (-1: the ends)."""

    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    on: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict[tuple[int, int], cp_model.IntVar])
    serves: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict[tuple[int, int], cp_model.IntVar])
    after: dict[tuple[int, int, int], cp_model.IntVar] = field(
        default_factory=dict[tuple[int, int, int], cp_model.IntVar]
    )


def shortest(
    hall: Hall, start: tuple[Placed, ...], effort: Effort, told: Told | None = None
) -> tuple[tuple[Placed, ...], int, float]:
    """Return the shortest plan found (`start` if none is shorter), a bound on the length, and the seconds it took."""
    trips = _Trips()
    length = trips.model.new_int_var(0, length_s(start), "length")
    families = sorted({batch.family for batch in hall.batches})
    for bench in range(len(hall.benches)):
        _bench(trips, hall, bench, families, length)
    for index in range(len(hall.batches)):
        trips.model.add_exactly_one([taken for (batch, _), taken in trips.on.items() if batch == index])
    _hint(trips, hall, start)
    trips.model.minimize(length)
    asked = [*trips.on.values(), *trips.after.values()]
    found = run(trips.model, asked, effort=effort, seconds=effort.seconds, told=told)
    if found.values is None:
        return start, max(0, found.bound), found.seconds
    placed = _placed(trips, hall, found.values)
    return (placed if length_s(placed) < length_s(start) else start), max(0, found.bound), found.seconds


def _bench(trips: _Trips, hall: Hall, bench: int, families: list[int], length: cp_model.IntVar) -> None:
    """Add a bench: its round trip through the families it serves, and its load under the length."""
    model, load = trips.model, list[cp_model.LinearExprT]()
    arcs = list[tuple[int, int, cp_model.IntVar]]()
    node = {family: number for number, family in enumerate(families, 1)}
    for family in families:
        serves = trips.serves[family, bench] = model.new_bool_var("")
        arcs.append((node[family], node[family], serves.negated()))  # pyright: ignore[reportArgumentType]
        for before in (-1, *families):
            if before != family:
                taken = trips.after[bench, before, family] = model.new_bool_var("")
                arcs.append((node.get(before, 0), node[family], taken))
                fitted = hall.benches[bench].fitted if before < 0 else before
                load.append(hall.changeover(fitted, family) * taken)
        last = trips.after[bench, family, -1] = model.new_bool_var("")
        arcs.append((node[family], 0, last))
    for index, batch in enumerate(hall.batches):
        if (time_s := batch.times_s[bench]) is not None:
            taken = trips.on[index, bench] = model.new_bool_var("")
            model.add_implication(taken, trips.serves[batch.family, bench])
            load.append(time_s * taken)
    idle = trips.after[bench, -1, -1] = model.new_bool_var("")
    model.add_circuit([*arcs, (0, 0, idle)])
    free_s = hall.benches[bench].free_s
    # NOTE: not "only if it is not idle": the relaxation, and so the bound, would lose the load of every bench.
    load.append(-free_s * idle)
    model.add(sum(load) + free_s <= length)
    for family in families:
        model.add_implication(trips.serves[family, bench], idle.negated())


def _hint(trips: _Trips, hall: Hall, start: tuple[Placed, ...]) -> None:
    """Tell the solver the plan to begin with, its families gathered at their first batch."""
    for bench, order in enumerate(orders_of(hall, start)):
        tour = [-1, *dict.fromkeys(hall.batches[index].family for index in order), -1]
        steps = set(pairwise(tour))
        for (number, before, family), taken in trips.after.items():
            if number == bench:
                trips.model.add_hint(taken, (before, family) in steps)
        for (index, number), taken in trips.on.items():
            if number == bench:
                trips.model.add_hint(taken, index in order)


def _placed(trips: _Trips, hall: Hall, values: tuple[int, ...]) -> tuple[Placed, ...]:
    """Return the plan that the values mean; within a family what is due first goes first."""
    on = dict(zip(trips.on, values, strict=False))
    after = dict(zip(trips.after, values[len(on) :], strict=True))
    orders = list[list[int]]()
    for bench in range(len(hall.benches)):
        step = {before: family for (number, before, family), taken in after.items() if number == bench and taken}
        mine = defaultdict[int, list[int]](list)
        for (index, number), taken in on.items():
            if number == bench and taken:
                mine[hall.batches[index].family].append(index)
        order, family = list[int](), step[-1]
        while family >= 0:
            order += sorted(mine[family], key=lambda n: (hall.batches[n].due_s or 1 << 40, n))
            family = step[family]
        orders.append(order)
    return timed(hall, orders)
