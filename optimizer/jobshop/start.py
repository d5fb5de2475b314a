"""A schedule at once: operations one by one to the machine that ends them first, by several rules, the best kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.jobshop.shop import Placed, Shop, span

_MOST_LOOKS = 1_500_000  # choices looked at over all tries; keeps the start near a second
_WIDEST = 24  # ready jobs looked at for each step

Rule = Callable[[int, int, int], float]
"""The urgency of a ready operation from its job, its least end and the work its job has left; lowest first."""


@dataclass(slots=True)
class _Yard:
    """Where the jobs and machines stand while a schedule is built."""

    shop: Shop
    job_free: list[int]
    machine_free: list[int]
    step: list[int]

    def best(self, job: int) -> tuple[int, int, int]:
        """Return end, start and machine of the job's next operation where it ends first."""
        ready = self.job_free[job]
        return min(
            (max(ready, self.machine_free[c.machine]) + c.time, max(ready, self.machine_free[c.machine]), c.machine)
            for c in self.shop.jobs[job][self.step[job]]
        )

    def place(self, job: int) -> Placed:
        """Place the job's next operation where it ends first."""
        end, start, machine = self.best(job)
        placed = Placed(job, self.step[job], machine, start, end)
        self.job_free[job] = self.machine_free[machine] = end
        self.step[job] += 1
        return placed


def construct(shop: Shop, seed: int) -> tuple[Placed, ...]:
    """Return the best of some dispatching rules and random blends of them; the same for the same seed."""
    chance = random.Random(seed)
    looks = shop.choices * min(_WIDEST, len(shop.jobs))
    tries = max(1, min(40, _MOST_LOOKS // max(looks, 1)))
    found = [_dispatched(shop, rule) for rule in _rules(chance, tries)]
    return min(found, key=span)


def _rules(chance: random.Random, tries: int) -> list[Rule]:
    def blend(weight: float, noise: float) -> Rule:
        return lambda job, end, left: end - weight * left + noise * chance.random() * (left + 1)

    fixed: list[Rule] = [blend(1.0, 0.0), lambda job, end, left: end, lambda job, end, left: -left]
    return fixed[:tries] + [blend(chance.random() * 2, chance.random() / 2) for _ in range(tries - len(fixed))]


def _dispatched(shop: Shop, rule: Rule) -> tuple[Placed, ...]:
    """Return the schedule that a rule gives."""
    yard = _Yard(shop, [0] * len(shop.jobs), [0] * shop.machines, [0] * len(shop.jobs))
    left = [sum(min(c.time for c in operation) for operation in job) for job in shop.jobs]
    open_jobs, placed = set(range(len(shop.jobs))), list[Placed]()
    while open_jobs:
        looked = sorted(open_jobs, key=lambda job: (yard.job_free[job] - left[job], job))[:_WIDEST]
        job = min(looked, key=lambda job: (rule(job, yard.best(job)[0], left[job]), job))
        left[job] -= min(c.time for c in shop.jobs[job][yard.step[job]])
        placed.append(yard.place(job))
        if yard.step[job] == len(shop.jobs[job]):
            open_jobs.remove(job)
    return tuple(sorted(placed, key=lambda each: (each.start, each.end, each.job, each.operation)))
