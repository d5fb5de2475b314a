"""Stock from the command line: find a code, totals, take over an old system's stock."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api import lock
from api.cli import remote
from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, PlantFile, Trouble, err, out, read_file, table, tell
from api.settings import Settings
from api.texts import text
from wms.stock import imports, views

app = typer.Typer(no_args_is_help=True, help="Stock: find a code, totals, take over an old system's stock.")
SHOWN = 50


@app.command()
def find(
    code: Annotated[str, typer.Argument(help="Meter, box, pile, pallet, lot or slot.")], json: Json = False
) -> None:
    """Find everything that goes by a code.

    metrostack stock find 3330001260000000010005
    """
    if (where := remote.served()) is not None:
        found = remote.ask(where, "GET", "/stock/find", params={"code": code})
    else:
        with remote.database() as (session, _):
            found = [one.model_dump(mode="json") for one in views.find(session, code)]
    if json:
        tell(found)
    else:
        columns = ("kind", "code", "state", "lot", "model", "box", "pallet", "place", "meters", "seal")
        table(columns, ([one[name] for name in columns] for one in found))
    if not found:
        raise Trouble(f"nothing goes by {code}", exit_code=1)


@app.command()
def totals(json: Json = False) -> None:
    """Show the account of the stock in meters."""
    if (where := remote.served()) is not None:
        found = remote.ask(where, "GET", "/stock/totals")
    else:
        with remote.database() as (session, _):
            found = views.totals(session).model_dump(mode="json")
    if json:
        tell(found)
    else:
        rows = {**{f"  {role}": n for role, n in found.pop("by_role").items() if n}, **found}
        table(("", "meters"), ((name, f"{value:,}") for name, value in rows.items()))


@app.command("import")
def import_stock(
    file: Annotated[Path, typer.Argument(help="CSV: slot,pallet,pile,box,bar_code,lot,state,verified_on")],
    plant: PlantFile = DEFAULT_PLANT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; store nothing.")] = False,
    json: Json = False,
) -> None:
    """Take over the opening stock of an old system, as a whole or not at all.

    metrostack stock import old-stock.csv --dry-run
    """
    content = read_file(file)
    if lock.find(Settings().data_dir) is not None:
        raise Trouble(
            "a site is being served", remedy="Stop `metrostack serve` first: opening stock comes before work."
        )
    with remote.database() as (session, at_ms):
        taken = imports.import_stock(session, content, plant=load_plant(plant), at_ms=at_ms, dry_run=dry_run)
        session.rollback() if taken.problems or dry_run else session.commit()
        found: dict[str, Any] = asdict(taken)
    if json:
        tell(found | {"ok": not taken.problems, "dry_run": dry_run})
    else:
        _say(file, found, dry_run=dry_run)
    if taken.problems:
        raise typer.Exit(1)


def _say(file: Path, found: dict[str, Any], *, dry_run: bool) -> None:
    problems = found["problems"]
    for problem in problems[:SHOWN]:
        said = text("en", f"intake.{problem['code']}", problem["params"] | {"value": problem["value"]})
        err.print(
            f"{file}:{problem['line']}: {problem['column']} {problem['value']!r}: {said}", highlight=False, markup=False
        )
    if problems:
        err.print(f"{len(problems)} problem(s); nothing was stored")
    else:
        counts = ", ".join(f"{value:,} {name}" for name, value in found.items() if isinstance(value, int))
        out.print(f"{file} {'would be' if dry_run else 'was'} taken in: {counts}")
