"""optimize: plans for problems from a file, with the bound that says how good they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress, ProgressColumn, Task, TextColumn
from rich.progress_bar import ProgressBar

from api.cli.gantt import gantt
from api.cli.say import Json, Trouble, err, out, read_file, table, tell
from optimizer.effort import Effort, Told
from optimizer.jobshop.reading import BadShop, read
from optimizer.jobshop.shop import Schedule, Shop

app = typer.Typer(no_args_is_help=True, help="Find good plans, with a bound on what the best could be.")
_NAMED = 20
_SHOWN = 200

Seconds = Annotated[float, typer.Option(min=0.1, max=86_400, help="How long to search, by the wall clock.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed searches the same way.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Threads of the solver.")]


@app.callback()
def group() -> None:
    """Hold the commands together, so that one alone keeps its name."""


@app.command()
def jobshop(
    file: Annotated[Path, typer.Argument(help="A flexible job shop in the usual text format.")],
    *,
    seconds: Seconds = 20.0,
    seed: Seed = 1,
    workers: Workers = 2,
    as_json: Json = False,
) -> None:
    """Schedule a flexible job shop: each operation to one of its machines, the last one done as early as can be.

    metrostack optimize jobshop mk01.fjs --seconds 20

    The file: jobs, machines and (if you like) the average number of choices in the first line; then for each job its
    number of operations, and for each of these the number of choices and as many pairs of machine (from 1) and time.

    --json prints makespan, bound, gap (above the bound), seconds, status (optimal or feasible) and the schedule; jobs,
    operations and machines in it are counted from 1, as in the file.
    """
    from optimizer.jobshop.solving import schedule  # the solver takes a moment to load

    shop = _read(file)
    effort = Effort(seconds=seconds, seed=seed, workers=workers)
    with _waiting(seconds, quiet=as_json) as told:
        found = schedule(shop, effort, told)
    if as_json:
        tell(_value(found))
    else:
        _show(shop, found)


def _read(file: Path) -> Shop:
    try:
        return read(read_file(file).decode("utf-8", errors="replace"))
    except BadShop as bad:
        more = [f"and {len(bad.problems) - _NAMED} more"] if len(bad.problems) > _NAMED else []
        remedy = "\n  ".join([*bad.problems[:_NAMED], *more])
        raise Trouble(f"{escape(str(file))} is no flexible job shop", remedy=remedy) from None


class _Budget(ProgressColumn):
    """A bar that fills with the seconds of the budget, whatever the solver says."""

    def render(self, task: Task) -> ProgressBar:
        return ProgressBar(total=task.total, completed=min(task.elapsed or 0.0, task.total or 0.0), width=40)


@contextmanager
def _waiting(seconds: float, *, quiet: bool) -> Iterator[Told | None]:
    """Show on a terminal how much of the budget is gone and what was found so far."""
    if quiet or not err.is_terminal:
        yield None
        return
    with Progress(TextColumn("{task.description}"), _Budget(), console=err, transient=True) as progress:
        bar = progress.add_task("searching", total=seconds)

        def told(best: float, bound: float) -> None:
            progress.update(bar, description=f"makespan {best:.0f}, bound {bound:.0f}")

        yield told


def _value(found: Schedule) -> dict[str, Any]:
    proof = found.proof
    return {
        "makespan": found.makespan,
        "bound": int(proof.bound),
        "gap": round(proof.gap, 6),
        "seconds": round(proof.seconds, 3),
        "status": proof.status,
        "schedule": [
            {"job": p.job + 1, "operation": p.operation + 1, "machine": p.machine + 1, "start": p.start, "end": p.end}
            for p in found.placed
        ],
    }


def _show(shop: Shop, found: Schedule) -> None:
    proof = found.proof
    out.print(
        f"makespan {found.makespan}, bound {proof.bound:.0f}, gap {proof.gap:.1%}, {proof.status}, "
        f"{proof.seconds:.1f} s of search",
        highlight=False,
    )
    rows = [(p.start, p.end, p.job + 1, p.operation + 1, p.machine + 1) for p in found.placed[:_SHOWN]]
    table(("start", "end", "job", "operation", "machine"), rows)
    if len(found.placed) > _SHOWN:
        out.print(f"and {len(found.placed) - _SHOWN} more operations; --json prints them all")
    for line in gantt(found.placed, machines=shop.machines, width=max(20, min(out.width, 160))):
        out.print(line, highlight=False, markup=False, no_wrap=True, overflow="crop")
