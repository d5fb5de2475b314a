"""The best schedule that a budget allows, with a bound: a start at once, a load bound, then CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from optimizer.cpsat import run
from optimizer.effort import Effort, Proof, Told
from optimizer.jobshop.shop import Placed, Schedule, Shop, span
from optimizer.jobshop.start import construct

_BOUND_SHARE = 0.1  # of the seconds, for the bound that loads alone give


def schedule(shop: Shop, effort: Effort, told: Told | None = None) -> Schedule:
    """Return the best schedule within the budget; never worse than the constructive start."""
    start = construct(shop, effort.seed)
    if told:
        told(span(start), 0)
    bound, seconds = _load_bound(shop, effort)
    if told:
        told(span(start), bound)
    if span(start) <= bound:
        return Schedule(start, Proof(span(start), bound, seconds))

    def shown(best: float, low: float) -> None:
        if told:
            told(best, max(low, bound))

    model = _ShopModel.of(shop, horizon=span(start), bound=bound)
    model.hint(start)
    found = run(
        model.model, model.asked(), effort=effort, seconds=effort.seconds - seconds, told=shown if told else None
    )
    placed = model.placed(found.values) if found.values else start
    best = placed if span(placed) < span(start) else start
    proof = Proof(span(best), min(max(bound, found.bound), span(best)), seconds + found.seconds)
    return Schedule(best, proof)


def _load_bound(shop: Shop, effort: Effort) -> tuple[int, float]:
    """Return a bound from loads alone, and the seconds it took: which machine does what, forgetting when.

    No schedule ends before its longest job, nor before a machine has done its load after the shortest way to it and
    before the shortest way from it. CP-SAT's own bound of the full model is far below this one on flexible shops.
    """
    model = cp_model.CpModel()
    total = sum(max(c.time for c in operation) for job in shop.jobs for operation in job)
    makespan = model.new_int_var(0, total, "makespan")
    load: list[list[cp_model.LinearExprT]] = [[] for _ in range(shop.machines)]
    head, tail = [total] * shop.machines, [total] * shop.machines
    for job in shop.jobs:
        least, before = sum(min(c.time for c in operation) for operation in job), 0
        length = list[cp_model.LinearExprT]()
        for operation in job:
            shortest = min(c.time for c in operation)
            here = [model.new_bool_var("") for _ in operation]
            model.add_exactly_one(here)
            for choice, is_here in zip(operation, here, strict=True):
                load[choice.machine].append(choice.time * is_here)
                length.append(choice.time * is_here)
                head[choice.machine] = min(head[choice.machine], before)
                tail[choice.machine] = min(tail[choice.machine], least - before - shortest)
            before += shortest
        model.add(sum(length) <= makespan)
    for machine, mine in enumerate(load):
        if mine:
            model.add(sum(mine) + head[machine] + tail[machine] <= makespan)
    model.minimize(makespan)
    found = run(model, [makespan], effort=effort, seconds=effort.seconds * _BOUND_SHARE)
    return max(0, found.bound), found.seconds


@dataclass(frozen=True, slots=True)
class _Way:
    """One choice of one operation in the model."""

    job: int
    operation: int
    machine: int
    time: int
    taken: cp_model.IntVar


@dataclass(frozen=True, slots=True)
class _ShopModel:
    model: cp_model.CpModel
    starts: dict[tuple[int, int], cp_model.IntVar]
    ways: tuple[_Way, ...]

    @staticmethod
    def of(shop: Shop, *, horizon: int, bound: int) -> _ShopModel:
        """Return the model: a start per operation, a switch per choice, machines that do one at a time."""
        model, ways = cp_model.CpModel(), list[_Way]()
        starts = {(j, o): model.new_int_var(0, horizon, "") for j, job in enumerate(shop.jobs) for o in range(len(job))}
        makespan = model.new_int_var(bound, horizon, "makespan")
        on: list[list[cp_model.IntervalVar]] = [[] for _ in range(shop.machines)]
        for j, job in enumerate(shop.jobs):
            ends = list[cp_model.LinearExprT]()
            for o, operation in enumerate(job):
                mine = [_Way(j, o, c.machine, c.time, model.new_bool_var("")) for c in operation]
                model.add_exactly_one([way.taken for way in mine])
                for way in mine:
                    on[way.machine].append(
                        model.new_optional_fixed_size_interval_var(starts[j, o], way.time, way.taken, "")
                    )
                ends.append(starts[j, o] + sum(way.time * way.taken for way in mine))
                ways += mine
            for end, (_, after) in zip(ends, pairwise(range(len(job))), strict=False):
                model.add(end <= starts[j, after])
            model.add(ends[-1] <= makespan)
        _bind_machines(model, on, ways, makespan)
        return _ShopModel(model, starts, tuple(ways))

    def hint(self, placed: tuple[Placed, ...]) -> None:
        """Tell the solver a schedule to begin with."""
        taken = {(each.job, each.operation): each for each in placed}
        for key, start in self.starts.items():
            self.model.add_hint(start, taken[key].start)
        for way in self.ways:
            self.model.add_hint(way.taken, int(taken[way.job, way.operation].machine == way.machine))

    def asked(self) -> list[cp_model.IntVar]:
        """Return the variables that make a schedule."""
        return [*self.starts.values(), *(way.taken for way in self.ways)]

    def placed(self, values: tuple[int, ...]) -> tuple[Placed, ...]:
        """Return the schedule that the values of `asked` mean."""
        at = dict(zip(self.starts, values, strict=False))
        taken = [way for way, value in zip(self.ways, values[len(at) :], strict=True) if value]
        found = [
            Placed(
                way.job, way.operation, way.machine, at[way.job, way.operation], at[way.job, way.operation] + way.time
            )
            for way in taken
        ]
        return tuple(sorted(found, key=lambda each: (each.start, each.end, each.job, each.operation)))


def _bind_machines(
    model: cp_model.CpModel, on: list[list[cp_model.IntervalVar]], ways: list[_Way], makespan: cp_model.IntVar
) -> None:
    """Let each machine do one at a time and its load fit under the makespan, which becomes the objective."""
    load: list[list[cp_model.LinearExprT]] = [[] for _ in on]
    for way in ways:
        load[way.machine].append(way.time * way.taken)
    for intervals, mine in zip(on, load, strict=True):
        model.add_no_overlap(intervals)
        model.add(sum(mine) <= makespan)
    model.minimize(makespan)
