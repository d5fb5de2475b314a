"""Stock from the command line: find a code, totals, why a slot, moves that pay, take over an old system's stock."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api import lock
from api.cli import remote
from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, Language, PlantFile, Trouble, err, out, read_file, table, tell
from api.settings import Settings
from api.texts import text
from wms.stock import choices, imports, views

app = typer.Typer(
    no_args_is_help=True,
    help="Stock: find a code, totals, why a slot, moves that pay, take over an old system's stock.",
)
SHOWN = 50


@app.command()
def find(
    code: Annotated[str, typer.Argument(help="Meter, box, pile, pallet, lot or slot.")], json: Json = False
) -> None:
    """Find everything that goes by a code.

    metrostack stock find 3330001260000000010005
    """
    found = remote.look(
        "/stock/find", lambda db: [one.model_dump(mode="json") for one in views.find(db, code)], params={"code": code}
    )
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
    found = remote.look("/stock/totals", lambda db: views.totals(db).model_dump(mode="json"))
    if json:
        tell(found)
    else:
        rows = {**{f"  {role}": n for role, n in found.pop("by_role").items() if n}, **found}
        table(("", "meters"), ((name, f"{value:,}") for name, value in rows.items()))


@app.command()
def why(
    pallet: Annotated[str, typer.Argument(help="The pallet's code.")], lang: Language = "en", json: Json = False
) -> None:
    """Tell why a pallet got its slot, and what it got before.

    metrostack stock why P0010001
    """
    asked = {"pallet": pallet}
    found = remote.look(
        "/stock/why", lambda db: [one.model_dump(mode="json") for one in choices.history(db, pallet)], params=asked
    )
    if json:
        tell(found)
    else:
        for one in found:
            out.print(f"{one['slot']}: {text(lang, 'stock.why.' + one['rule'], one['params'])}", highlight=False)
            for name, value in one["factors"].items():
                out.print(f"  {text(lang, 'stock.factor.' + name):<40} {value:>8.1f} s", highlight=False)
    if not found:
        raise Trouble(f"no slot was chosen for {pallet}", exit_code=1)


@app.command()
def tidy(
    moves: Annotated[int, typer.Option(help="The most moves.", min=1, max=1_000)] = 20,
    go: Annotated[bool, typer.Option("--go", help="Make them, while the cranes have nothing else to do.")] = False,
    plant: PlantFile = DEFAULT_PLANT,
    lang: Language = "en",
    json: Json = False,
) -> None:
    """Preview the moves of stored pallets that gain most, and stop where the next would not pay.

    metrostack stock tidy --moves 50 --go
    """
    if (where := remote.served()) is not None:
        options: dict[str, Any] = {"json": {"moves": moves}} if go else {"params": {"moves": moves}}
        plan = remote.ask(where, "POST" if go else "GET", "/stock/tidy", **options)["plan"]
    elif go:
        raise Trouble("no site is running", remedy="Pallets move only while `metrostack serve` runs.")
    else:
        from wms.tidy import service  # numpy takes a moment to load

        with remote.database() as (session, at_ms):
            plan = asdict(service.preview(session, load_plant(plant), moves=moves, at_ms=at_ms))
    tell(plan) if json else _tell_plan(plan, lang, go=go)


def _tell_plan(plan: dict[str, Any], lang: str, *, go: bool) -> None:
    columns = ("pallet", "source", "target", "takes_s", "gain_s")
    head = tuple(text(lang, f"tidy.{name}") for name in (*columns, "why"))
    told = ((*(move[name] for name in columns), text(lang, f"tidy.why.{move['why']}")) for move in plan["moves"])
    table(head, ((*(round(v, 1) if isinstance(v, float) else v for v in row),) for row in told))
    said = {"moves": len(plan["moves"]), "gain_s": round(plan["gain_s"]), "percent": round(100 * plan["gain_share"], 1)}
    out.print(text(lang, "tidy.gain", said), text(lang, f"tidy.{plan['stopped']}"), highlight=False)
    if go:
        out.print(text(lang, "tidy.begun"), highlight=False)


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
