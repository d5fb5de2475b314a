"""capacity: from a flow plan to pallets per hour, slots, cranes, lines and benches, year by year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.say import Json, Language, Trouble, err, out, table, tell

if TYPE_CHECKING:
    from simulation.studies.capacity.check import Checked, Trial
    from simulation.studies.capacity.plan import PlanError
    from simulation.studies.capacity.sizing import Sizing
    from simulation.studies.report.tables import Table

NAMED = 20
COLUMNS = 6  # years side by side on a terminal

File = Annotated[Path, typer.Argument(help="The flow plan (YAML), e.g. studies/flow-plan.yaml.")]
Check = Annotated[bool, typer.Option("--check", help="Build the plant in the twin and hold the figures against it.")]
PlantOut = Annotated[Path | None, typer.Option("--plant-out", help="Write the plant that was drawn to this file.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write everything as one HTML page.")]
Book = Annotated[Path | None, typer.Option("--xlsx", help="Write everything as a workbook.")]
Hours = Annotated[float, typer.Option(min=1, max=240, help="--check: hours of the peak in each run.")]
Runs = Annotated[int, typer.Option("--replications", min=2, max=100, help="--check: how many runs.")]


def capacity(
    file: File,
    *,
    check: Check = False,
    plant_out: PlantOut = None,
    html: Html = None,
    xlsx: Book = None,
    hours: Hours = 6.0,
    replications: Runs = 3,
    as_json: Json = False,
    lang: Language = "en",
) -> None:
    """Work out what a flow plan needs over its years: the three main parameters, and the machines that carry it.

      metrostack capacity studies/flow-plan.yaml --plant-out plants/drawn.yaml --html capacity.html

    Each figure comes with its formula and what was put in. --check runs the drawn plant in the twin under the peak
    hour's flow and compares; exit code 1 if the twin needs more than was calculated.
    """
    from simulation.studies.capacity.plan import PlanError, load_plan
    from simulation.studies.capacity.sizing import size

    if lang not in ("en", "zh"):
        raise Trouble(f"there is no language {escape(lang)!r}", remedy="--lang en or --lang zh")
    try:
        sizing = size(load_plan(file))
        if plant_out is not None:
            _draw(sizing, plant_out)
        checked, problems = _check(sizing, hours, replications, quiet=as_json) if check else ((), [])
    except PlanError as bad:
        raise _trouble(file, bad) from None
    _write(sizing, checked, lang, html, xlsx)
    if as_json:
        tell(_value(sizing, checked, problems))
    else:
        _show(sizing, checked, problems, lang)
    if any(one.verdict == "above" and one.key in ("move", "crane_share") for one in checked):
        raise typer.Exit(1)


def _trouble(file: Path, bad: PlanError) -> Trouble:
    more = [f"and {len(bad.problems) - NAMED} more"] if len(bad.problems) > NAMED else []
    return Trouble(f"{escape(str(file))} cannot be worked out", remedy="\n  ".join([*bad.problems[:NAMED], *more]))


def _draw(sizing: Sizing, path: Path) -> None:
    from simulation.studies.capacity.check import drawn
    from simulation.studies.capacity.layout import plant_text

    drawn(sizing)  # says what is wrong with it, if anything is
    try:
        path.write_text(plant_text(sizing), encoding="utf-8")
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}", remedy="Name a file that may be written.") from error
    err.print(f"plant written to {escape(str(path))}", highlight=False)


def _check(sizing: Sizing, hours: float, runs: int, *, quiet: bool) -> tuple[tuple[Checked, ...], list[str]]:
    """Run the twin and show how far it is."""
    from simulation.studies.capacity.check import Trial, held_against_twin, settling_h

    trial = Trial(hours=hours, warm_h=settling_h(sizing), replications=runs)
    if quiet or not err.is_terminal:
        return held_against_twin(sizing, trial)
    return _shown(sizing, trial)


def _shown(sizing: Sizing, trial: Trial) -> tuple[tuple[Checked, ...], list[str]]:
    from simulation.studies.capacity.check import held_against_twin

    whole_s = (trial.hours + trial.warm_h) * 3600
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task("in the twin", total=whole_s * trial.replications)

        def told(number: int, at_s: float) -> None:
            progress.update(bar, completed=number * whole_s + at_s)

        return held_against_twin(sizing, trial, told)


def _tables(sizing: Sizing, checked: tuple[Checked, ...], lang: str, columns: int = 0) -> list[Table]:
    from api.papers import capacity as papers

    return papers.tables(sizing, lang, checked, columns=columns)


def _write(sizing: Sizing, checked: tuple[Checked, ...], lang: str, html: Path | None, xlsx: Path | None) -> None:
    from api.papers.sheets import write_book, write_page
    from api.texts import text

    found = _tables(sizing, checked, lang) if html or xlsx else []
    try:
        if html is not None:
            write_page(found, html, title=text(lang, "capacity.title", {"name": sizing.plan.name}), language=lang)
        if xlsx is not None:
            write_book(found, xlsx)
    except OSError as error:
        raise Trouble(f"cannot be written: {error}", remedy="Name a file that may be written.") from error


def _show(sizing: Sizing, checked: tuple[Checked, ...], problems: list[str], lang: str) -> None:
    for one in _tables(sizing, checked, lang, COLUMNS):
        out.print(f"\n[bold]{escape(one.caption)}[/]", highlight=False)
        table([escape(cell) for cell in one.head], [[escape(cell) for cell in row] for row in one.rows])
    for problem in problems:
        err.print(f"in the twin: {escape(problem)}", highlight=False)


def _value(sizing: Sizing, checked: tuple[Checked, ...], problems: list[str]) -> dict[str, Any]:
    rack = sizing.rack
    return {
        "name": sizing.plan.name,
        "design_year": sizing.design.number,
        "rack": {"aisles": rack.aisles, "sides": rack.sides, "columns": rack.columns, "levels": rack.levels},
        "years": [{one.name: one.value for one in year.figures} for year in sizing.years],
        "figures": [
            {
                "name": one.name, "value": one.value, "unit": one.unit, "formula": one.formula, "source": one.source,
                "inputs": [{"symbol": s, "value": v, "unit": u} for s, v, u in one.inputs],
            }
            for one in sizing.design.figures
        ],
        "check": [
            {
                "key": one.key, "of": one.of, "derived": one.derived, "measured": one.measured.mean,
                "half_width": one.measured.half_width, "verdict": one.verdict,
            }
            for one in checked
        ],
        "problems": problems,
    }  # fmt: skip
