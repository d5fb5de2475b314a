"""Files of deliveries: a stop table as CSV or workbook, notes as PDF, and places as people write them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import remote
from api.cli.laboratory import letterhead, save
from api.cli.places_file import read_places
from api.cli.say import DEFAULT_PLANT, Language, PlantFile, Trouble
from api.cli.shipping_site import BY, act
from api.papers.shipping import shipping_note
from api.papers.stop_table import stops_csv, stops_workbook
from api.routes.places import enter_all
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
    said = read_places(file)
    if (where := remote.served()) is not None:
        remote.ask(where, "PUT", "/shipping/places", json=said.model_dump(exclude_none=True))
    else:
        act(lambda desk: enter_all(desk, said, by=BY))
