"""One run of CP-SAT within a budget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from optimizer.effort import Effort, Told

_LEAST_S = 0.01


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found: the values of the variables asked for (None if nothing), the bound, the seconds it took."""

    values: tuple[int, ...] | None
    bound: int
    seconds: float


class _Listener(cp_model.CpSolverSolutionCallback):
    """Passes each better solution on."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told

    def on_solution_callback(self) -> None:
        self._told(self.objective_value, self.best_objective_bound)


def when(constraint: cp_model.Constraint, literal: cp_model.LiteralT) -> None:
    """Let a constraint hold only where the literal is true."""
    constraint.only_enforce_if(literal)  # pyright: ignore[reportUnknownMemberType]


def run(
    model: cp_model.CpModel,
    asked: Sequence[cp_model.IntVar],
    *,
    effort: Effort,
    seconds: float,
    told: Told | None = None,
) -> Run:
    """Return the best values of `asked` within `seconds`; the model must minimise a whole number.

    With a budget of work the workers go in lockstep, so that the outcome depends on the seed and not on which thread
    was quicker; otherwise they race, which finds better plans in the same seconds.
    Raises ValueError for a model that has no solution or is none: a fault of whoever built it.
    """
    solver = cp_model.CpSolver()
    settings = solver.parameters
    settings.max_time_in_seconds = max(seconds, _LEAST_S)
    settings.random_seed = effort.seed
    settings.num_workers = effort.workers
    if effort.work < math.inf:
        settings.interleave_search = effort.workers > 1
        settings.max_deterministic_time = effort.work
    status = solver.solve(model, _Listener(told) if told else None)
    if status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID):
        raise ValueError(f"the model is {solver.status_name(status).lower()}: {model.validate()}")
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = tuple(solver.value(each) for each in asked) if found else None
    return Run(values, math.ceil(solver.best_objective_bound - 1e-6), solver.wall_time)
