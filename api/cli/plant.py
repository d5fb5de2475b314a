"""check and schema: the plant file, before anything runs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.say import Json, Trouble, err, out, tell
from plc.plant import load as loading
from plc.plant.load import PlantError
from plc.plant.model import Plant
from plc.plant.places import slots
from plc.plant.schema import schema_text


def load_plant(path: Path) -> Plant:
    """Return the plant of a file; raises Trouble that names its first problem and says how to see all."""
    try:
        return loading.load(path)
    except PlantError as error:
        first = error.problems[0]
        raise Trouble(
            f"{path} has {len(error.problems)} problem(s), the first in line {first.line}: {first.message}",
            remedy=f"See all of them: metrostack check {path}",
        ) from error
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}", remedy="Name a plant file, e.g. plants/demo.yaml") from error


def check(plant: Annotated[Path, typer.Argument(help="The plant file.")], json: Json = False) -> None:
    """Check a plant file: every problem at once, each with its place, its value and what would do.

    metrostack check plants/demo.yaml
    """
    try:
        found = loading.load(plant)
    except OSError as error:
        raise Trouble(f"{plant}: {error.strerror}", remedy="Name a plant file, e.g. plants/demo.yaml") from error
    except PlantError as error:
        _tell_problems(error, as_json=json)
        raise typer.Exit(1) from error
    summary = {
        "name": found.name, "plcs": len(found.plcs), "devices": len(found.devices), "points": len(found.points),
        "segments": len(found.segments), "aisles": len(found.aisles), "slots": sum(1 for _ in slots(found)),
    }  # fmt: skip
    if json:
        tell({"ok": True, "problems": [], **summary})
    else:
        out.print(
            f"{plant} is fine: " + ", ".join(f"{value} {name}" for name, value in summary.items() if name != "name")
        )


def schema(
    study: Annotated[bool, typer.Option("--study", help="Print that of the study file instead.")] = False,
) -> None:
    """Print the JSON Schema of the plant file, for editors.

    metrostack schema > plant.schema.json
    """
    if study:
        from simulation.studies import experiment  # heavy, and seldom asked for

        typer.echo(experiment.schema_text(), nl=False)
        return
    typer.echo(schema_text())


def _tell_problems(error: PlantError, *, as_json: bool) -> None:
    if as_json:
        tell({"ok": False, "problems": [_row(problem) for problem in error.problems]})
        return
    for problem in error.problems:
        row = _row(problem)
        err.print(f"[bold]{row['file']}:{row['line']}[/] {row['path']}: {row['message']}", highlight=False)
        err.print(f"    found {row['value']}; {row['remedy']}", highlight=False, markup=False)
    err.print(f"{len(error.problems)} problem(s)")


def _row(problem: Any) -> dict[str, Any]:
    names = ("file", "line", "path", "value", "message", "remedy")
    return {
        name: value if isinstance(value := getattr(problem, name), str | int | None) else str(value) for name in names
    }
