"""Deliveries from the command line: check a file, announce it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import remote
from api.cli.say import Json, err, out, read_file, tell
from api.texts import text
from wms.inbound import service

app = typer.Typer(no_args_is_help=True, help="Deliveries (ASN): check a file, announce it.")
File = Annotated[Path, typer.Argument(help="The ASN as CSV or JSON.")]
SHOWN = 50


@app.command()
def check(file: File, json: Json = False) -> None:
    """Check a delivery file by itself; every bad row is named with its line number, nothing is stored.

    metrostack delivery check plants/demo/ASN-2026-0001.csv
    """
    read_file(file)
    found = asdict(service.check_file(file))
    _tell(file, found, as_json=json, good="is fine")
    if found["problems"]:
        raise typer.Exit(1)


@app.command("import")
def import_file(
    file: File,
    quarantine: Annotated[bool, typer.Option("--quarantine", help="Take good boxes, set bad ones aside.")] = False,
    json: Json = False,
) -> None:
    """Announce a delivery: taken in as a whole, or refused with every bad row named and nothing stored.

    metrostack delivery import ASN.csv
    """
    content = read_file(file)
    try:
        found = _announce(content, quarantine=quarantine)
    except remote.Refusal as refusal:
        if refusal.body.get("code") != "delivery_refused":
            raise
        found = {"order": 0, "problems": refusal.body["params"]["problems"]}
    _tell(file, found, as_json=json, good=f"was taken in as delivery {found['order']}")
    if not found["order"]:
        raise typer.Exit(1)


def _announce(content: bytes, *, quarantine: bool) -> dict[str, Any]:
    if (where := remote.served()) is not None:
        return remote.ask(where, "POST", "/deliveries", content=content, params={"quarantine": quarantine})
    with remote.database() as (session, at_ms):
        taken = service.import_delivery(session, content, at_ms=at_ms, quarantine=quarantine, between=session.commit)
        session.commit() if taken.order else session.rollback()
        return asdict(taken)


def _tell(file: Path, found: dict[str, Any], *, as_json: bool, good: str) -> None:
    problems = found["problems"]
    if as_json:
        tell(found | {"ok": not problems, "problems": [*problems]})
        return
    for problem in problems[:SHOWN]:
        said = text("en", f"intake.{problem['code']}", problem["params"] | {"value": problem["value"]})
        err.print(
            f"{file}:{problem['line']}: {problem['column']} {problem['value']!r}: {said}", highlight=False, markup=False
        )
    if len(problems) > SHOWN:
        err.print(f"... and {len(problems) - SHOWN} more; --json lists all of them")
    if not problems or found["order"]:
        counts = ", ".join(
            f"{found[name]:,} {name}" for name in ("meters", "boxes", "piles", "pallets", "lots") if name in found
        )
        out.print(f"{file} {good}: {counts}")
    if problems:
        err.print(f"{len(problems)} problem(s)" + ("" if found["order"] else "; nothing was stored"))
