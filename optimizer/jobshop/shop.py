"""A flexible job shop, and a schedule for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from optimizer.effort import Proof


@dataclass(frozen=True, slots=True)
class Choice:
    """One machine (from 0) that can do an operation, and how long it takes there, in the file's unit of time."""

    machine: int
    time: int


Operation = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """`jobs[j][o]` lists the choices for operation `o` of job `j`; the operations of a job go in this order."""

    machines: int
    jobs: tuple[tuple[Operation, ...], ...]

    @property
    def operations(self) -> int:
        """Return how many operations there are."""
        return sum(len(job) for job in self.jobs)

    @property
    def choices(self) -> int:
        """Return how many choices all operations have together."""
        return sum(len(operation) for job in self.jobs for operation in job)


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation with its machine and its time; all counted from 0, `end` exclusive."""

    job: int
    operation: int
    machine: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule with its proof; `placed` is in order of start."""

    placed: tuple[Placed, ...]
    proof: Proof

    @property
    def makespan(self) -> int:
        """Return when the last operation ends."""
        return span(self.placed)


def span(placed: tuple[Placed, ...]) -> int:
    """Return when the last of them ends; 0 if there is none."""
    return max((each.end for each in placed), default=0)


def faults(shop: Shop, placed: tuple[Placed, ...]) -> list[str]:
    """Return what is wrong with a schedule, checked from scratch; empty if nothing is."""
    found = list[str]()
    at = {(each.job, each.operation): each for each in placed}
    wanted = {(j, o) for j, job in enumerate(shop.jobs) for o in range(len(job))}
    if set(at) != wanted or len(placed) != len(wanted):
        return ["not every operation is placed once"]
    for (j, o), each in at.items():
        if Choice(each.machine, each.end - each.start) not in shop.jobs[j][o] or each.start < 0:
            found.append(f"job {j} operation {o}: no such choice")
        if o and at[j, o - 1].end > each.start:
            found.append(f"job {j} operation {o} starts before the one ahead of it ends")
    for machine in range(shop.machines):
        mine = sorted((each.start, each.end) for each in placed if each.machine == machine)
        found += [f"machine {machine} does two at {b[0]}" for a, b in pairwise(mine) if a[1] > b[0]]
    return found
