"""Files of deliveries: a stop table as CSV or workbook, notes as PDF, and places as people write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from api.cli import remote
from api.cli.laboratory import letterhead, save
from api.cli.say import DEFAULT_PLANT, Language, PlantFile, Trouble, read_file
from api.cli.shipping_site import BY, act
from api.papers.shipping import shipping_note
from api.papers.stop_table import stops_csv, stops_workbook
from api.routes.places import Places, enter_all
from wms.shipping import views

ENDINGS = {".csv": stops_csv, ".xlsx": stops_workbook}


def export(number: int, file: Path, lang: Language = "en", plant: PlantFile = DEFAULT_PLANT) -> None:
    """Write the stop table of a plan as CSV or Excel, by the ending of the file.

    metrostack shipping export 1 stops.xlsx --lang zh
    """
    if file.suffix not in ENDINGS:
        raise Trouble(f"{file} ends neither with .csv nor with .xlsx", remedy="Name it stops.xlsx.")
    head = letterhead(plant, lang)
    with remote.database() as (session, _):
        found = views.plan(session, number)
    if found is None:
        raise Trouble(f"there is no plan {number}", remedy="metrostack shipping list", exit_code=1)
    save(file, ENDINGS[file.suffix](found, head.language))


def note(
    stop: int,
    pdf: Path,
    receipt: Annotated[bool, typer.Option("--receipt", help="The receipt note, not the delivery note.")] = False,
    lang: Language = "en",
    plant: PlantFile = DEFAULT_PLANT,
) -> None:
    """Write the delivery note of a stop as PDF, or its receipt note; the plan must be frozen.

    metrostack shipping note 4 note.pdf --receipt --lang zh
    """
    head = letterhead(plant, lang)
    with remote.database() as (session, _):
        found = views.note(session, stop)
    if found is None:
        raise Trouble(f"stop {stop} has no note", remedy="Freeze its plan: metrostack shipping freeze", exit_code=1)
    save(pdf, shipping_note(found, "receipt" if receipt else "delivery", head))


def enter(file: Path) -> None:
    """Enter the places of a file, all of them or nothing. Raises Trouble with every bad row."""
    try:
        said = Places.model_validate(read_object(file))
    except ValidationError as error:
        rows = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Trouble(f"{file} is refused: {rows}", exit_code=1) from error
    if (where := remote.served()) is not None:
        remote.ask(where, "PUT", "/shipping/places", json=said.model_dump(exclude_none=True))
    else:
        act(lambda desk: enter_all(desk, said, by=BY))


def read_object(file: Path) -> dict[str, Any]:
    """Return what a JSON file says. Raises Trouble if it is no JSON object."""
    try:
        said = json.loads(read_file(file))
    except ValueError as error:
        raise Trouble(f"{file} is no JSON: {error}", exit_code=1) from error
    if not isinstance(said, dict):
        raise Trouble(f"{file} must hold an object: depot, districts, vehicles, distances", exit_code=1)
    return said
