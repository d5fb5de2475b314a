"""How good the plans of the optimizer are, as ratios to their bounds, and how long they take.

    .venv/bin/python benchmarks/bench_optimizer.py [--seconds 20] [--json]

Every problem is made from a seed, so that the figures can be had again; times depend on the machine, ratios hardly.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from optimizer.effort import Effort
from optimizer.jobshop.shop import Choice, Shop
from optimizer.jobshop.solving import schedule
from optimizer.lines.hall import Batch, Bench, Hall
from optimizer.lines.planning import greedy, plan
from optimizer.relocation.moves import Stored, Terms, best_moves
from optimizer.sequencing.pairing import assign, pair_block
from optimizer.sequencing.rolling import Crane, Waiting, next_cycles
from optimizer.slotting.field import Free, Units
from optimizer.slotting.joint import place
from optimizer.slotting.rivals import abc_classes, by_chance, closest_open, weighted_score
from optimizer.slotting.sorting import least_cost, nearest_first
from optimizer.travel import square_in_time

RACK = square_in_time(30, 24)
Figures = dict[str, float]


def took(act: Callable[[], Any], times: int = 1) -> tuple[Any, float]:
    """Return what it gives and the least milliseconds of some tries."""
    spent, given = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        given = act()
        spent = min(spent, (time.perf_counter() - begun) * 1000)
    return given, spent


def slotting() -> Figures:
    chance = np.random.default_rng(1)
    calls, travel = chance.pareto(1.2, 10_000), chance.uniform(5, 90, 50_000)
    slots, sorted_ms = took(lambda: nearest_first(calls, travel), 5)
    free = Free(
        travel[:4000],
        chance.integers(0, 8, 4000),
        chance.integers(1, 4, 4000) * 1000,
        np.full(4000, 800.0),
        np.zeros(4000),
    )
    units = Units(calls[:1000], chance.integers(0, 30, 1000), chance.integers(1, 4, 1000) * 1000, np.full(1000, 500.0))
    found, joint_ms = took(lambda: place(free, units))

    def over(slot: np.ndarray) -> float:
        return float(units.calls_day @ travel[slot]) / least_cost(units.calls_day, free.travel_s)

    return {
        "10,000 x 50,000 sorted, ms": sorted_ms,
        "10,000 x 50,000 sorted, cost / bound": float(calls @ travel[slots]) / least_cost(calls, travel),
        "1,000 x 4,000 joint, ms": joint_ms,
        "1,000 x 4,000 joint, cost / bound": over(found.slot),
        "random, cost / bound": over(by_chance(free, units, 1)),
        "closest open, cost / bound": over(closest_open(free, units)),
        "ABC classes, cost / bound": over(abc_classes(free, units, 1)),
        "weighted score, cost / bound": over(weighted_score(free, units)),
    }


def sequencing() -> Figures:
    chance = np.random.default_rng(2)
    big = square_in_time(100, 60)
    spots = [np.stack([chance.integers(0, 100, 2000), chance.integers(0, 60, 2000)], axis=1) for _ in range(2)]
    _, travel_ms = took(lambda: pair_block(big, *spots))
    costs = chance.uniform(0, 1, (2000, 2000))
    _, random_ms = took(lambda: assign(costs))
    first, near = rolled(near=False), rolled(near=True)
    return {
        "2,000 x 2,000 pairing on travel, ms": travel_ms,
        "2,000 x 2,000 pairing on random costs, ms": random_ms,
        "first come first served, dual cycle": first,
        "rolling nearest at ten waiting, dual cycle": near,
        "saved, per cent": 100 * (1 - near / first),
    }


def rolled(*, near: bool, cycles: int = 6000, warm_up: int = 1000) -> float:
    """Return the mean dual cycle: ten waiting, 54 openings of 720 slots, each cycle opens another."""
    chance = np.random.default_rng(5)
    order = [(int(n) // 24, int(n) % 24) for n in chance.permutation(720)]
    openings, waiting, stored, total = order[:54], order[54:64], order[64:], 0.0
    for number in range(cycles):
        opening, retrieval = int(chance.integers(54)), 0
        if near:
            queue = [Waiting(0, slot, 0.0) for slot in waiting]
            (cycle,) = next_cycles([Crane(0, RACK, np.array(openings))], queue, now_s=0.0)
            assert cycle is not None and cycle.opening is not None and cycle.retrieval is not None
            opening, retrieval = cycle.opening, cycle.retrieval
        a, b = np.array([openings[opening]]), np.array([waiting[retrieval]])
        if number >= warm_up:
            total += float(RACK.out(a)[0] + RACK.between(a, b)[0, 0] + RACK.out(b)[0])
        stored.append(openings.pop(opening))
        openings.append(waiting.pop(retrieval))
        waiting.append(stored.pop(int(chance.integers(len(stored)))))
    return total / (cycles - warm_up)


def lines(seconds: float) -> Figures:
    found: Figures = {}
    for batches, due in ((20, False), (20, True), (80, False)):
        chance = random.Random(batches)
        ways = tuple(tuple(0 if a == b else 20 + 3 * abs(a - b) for b in range(6)) for a in range(6))
        lengths = [chance.randint(30, 120) for _ in range(batches)]
        dues = [chance.randint(20, 30) * batches if due else None for _ in range(batches)]
        work = tuple(
            Batch(chance.randrange(6), tuple(round(length * pace) for pace in (1.0, 1.1, 0.9, 1.3)), due_s=when)
            for length, when in zip(lengths, dues, strict=True)
        )
        hall = Hall(tuple(Bench(fitted=chance.randrange(6)) for _ in range(4)), work, ways)
        best, named = plan(hall, Effort(seconds=seconds)), f"{batches} batches{', due' if due else ''}"
        found[f"{named}: cost / bound"] = 1 + best.proof.gap
        found[f"{named}: greedy / bound"] = greedy(hall).proof.objective / best.proof.bound
        found[f"{named}: s"] = best.proof.seconds
    return found


def jobshop(seconds: float) -> Figures:
    found: Figures = {}
    for jobs, machines, steps, choices in ((10, 6, 6, 3), (15, 4, 7, 2), (20, 15, 12, 5)):
        chance = random.Random(jobs)
        shop = Shop(
            machines,
            tuple(
                tuple(
                    tuple(
                        Choice(m, chance.randint(1, 20))
                        for m in chance.sample(range(machines), chance.randint(1, choices))
                    )
                    for _ in range(steps)
                )
                for _ in range(jobs)
            ),
        )
        best = schedule(shop, Effort(seconds=seconds))
        found[f"{jobs} jobs, {machines} machines: makespan / bound"] = 1 + best.proof.gap
        found[f"{jobs} jobs, {machines} machines: s"] = best.proof.seconds
    return found


def relocation() -> Figures:
    chance = np.random.default_rng(3)
    slots, units = 1440, 1224
    place_of = chance.permutation(slots)[:units]
    stored = Stored(
        chance.uniform(5, 60, slots), np.full(slots, 1000), place_of, chance.pareto(1.2, units), np.full(units, 1000)
    )
    before = float(stored.calls_day @ stored.travel_s[place_of]) * 7
    found, spent_ms = took(lambda: best_moves(stored, 50, Terms()))
    whole = before - found.proof.bound
    return {
        "50 moves of 1,224 units, ms": spent_ms,
        "50 moves close, per cent": 100 * (before - found.proof.objective) / whole,
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=20.0, help="budget of each search")
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    figures = {
        "slotting": slotting(), "sequencing": sequencing(), "relocation": relocation(),
        "lines": lines(options.seconds), "jobshop": jobshop(options.seconds),
    }  # fmt: skip
    if options.json:
        print(json.dumps(figures))
        return
    for part, rows in figures.items():
        print(part)
        for name, value in rows.items():
            print(f"  {name:<48} {value:>10.3f}")


if __name__ == "__main__":
    main()
