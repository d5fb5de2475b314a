"""Places as people write them: one JSON file with everything, or a table of districts, vehicles or distances as CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from api.cli.say import Trouble, read_file
from api.routes.places import Places
from api.texts import text
from wms.stock.load import Problem
from wms.stock.sheet import decoded, good_rows, read_csv

COLUMNS = {
    "vehicles": ("plate", "boxes", "weight_kg"), "distances": ("origin", "goal", "metres"),
    "districts": ("district", "address", "latitude", "longitude"),
}  # fmt: skip
"""What a table must have, by what it lists."""
WHOLE = {"boxes", "weight_kg", "metres", "opens_min", "closes_min"}
FRACTION = {"latitude", "longitude"}


def read_places(file: Path) -> Places:
    """Return what a file says, by its ending .csv or as JSON. Raises Trouble with every bad row."""
    if file.suffix.lower() == ".csv":
        return _from_table(file)
    try:
        return Places.model_validate(_object(file))
    except ValidationError as error:
        raise _refused(file, [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]) from error


def _object(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(read_file(file))
    except ValueError as error:
        raise Trouble(f"{file} is no JSON: {error}", exit_code=1) from error
    if not isinstance(said, dict):
        raise Trouble(f"{file} must hold an object: depot, districts, vehicles, distances", exit_code=1)
    return said


def _from_table(file: Path) -> Places:
    content = decoded(read_file(file))
    if isinstance(content, Problem):
        raise _refused(file, [_said(content)])
    header = {name.strip() for name in content.partition("\n")[0].split(",")}
    kind = next((kind for kind, columns in COLUMNS.items() if header.issuperset(columns)), None)
    if kind is None:
        wanted = "; ".join(", ".join(columns) for columns in COLUMNS.values())
        raise Trouble(f"{file} is no table of places", remedy=f"Its first line must name the columns: {wanted}.")
    sheet, problems = read_csv(content, COLUMNS[kind]), list[Problem]()
    if isinstance(sheet, list):
        raise _refused(file, [_said(one) for one in sheet])
    lines, rows = list[int](), list[Mapping[str, Any]]()
    for line, cells in good_rows(sheet, problems):
        lines.append(line)
        named = zip(sheet.columns, cells, strict=True)
        rows.append({name: _value(name, cell.strip()) for name, cell in named if cell.strip() or name in COLUMNS[kind]})
    try:
        found = Places.model_validate({kind: rows})
    except ValidationError as error:
        bad = [f"line {_line(lines, one['loc'])}, {one['loc'][-1]}: {one['msg']}" for one in error.errors()]
        raise _refused(file, [*map(_said, problems), *bad]) from error
    if problems:
        raise _refused(file, list(map(_said, problems)))
    return found


def _value(column: str, cell: str) -> str | int | float:
    """Return a cell as its column wants it; what cannot be one stays text, and is refused with its line.

    >>> _value("boxes", "250"), _value("latitude", "30.5"), _value("boxes", "many")
    (250, 30.5, 'many')
    """
    try:
        return int(cell) if column in WHOLE else float(cell) if column in FRACTION else cell
    except ValueError:
        return cell


def _line(lines: Sequence[int], place: Sequence[Any]) -> int | str:
    return lines[place[1]] if len(place) > 1 else "?"


def _said(problem: Problem) -> str:
    return f"line {problem.line}: {text('en', f'intake.{problem.code}', problem.params)}"


def _refused(file: Path, rows: Sequence[str]) -> Trouble:
    return Trouble(f"{file} is refused, nothing of it is taken: {'; '.join(rows)}", exit_code=1)
