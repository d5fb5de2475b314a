"""Returns from districts on the command line: see them, scan a box, close one, and see what is claimed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from api.cli import remote
from api.cli.say import Json, Trouble, out, table, tell
from wms.desk import Desk
from wms.marketing import return_views, returns
from wms.marketing.returns import Scan

app = typer.Typer(no_args_is_help=True, help="Returns from districts: scan boxes, close, claims.")
Number = Annotated[int, typer.Argument(help="The return's number.")]
BY = "cli"


@app.command("list")
def list_returns(json: Json = False) -> None:
    """List returns."""
    found = remote.look("/returns", lambda db: [one.model_dump(mode="json") for one in return_views.returns(db)])
    if json:
        tell(found)
        return
    rows = ((r["number"], r["district"], r["kind"], r["state"], f"{r['found']}/{r['listed']}") for r in found)
    table(("number", "district", "kind", "state", "found/listed"), rows)


@app.command()
def show(number: Number, json: Json = False) -> None:
    """Show a return with its boxes and claims."""
    found = remote.look(f"/returns/{number}", lambda db: _note(db, number))
    if found is None:
        raise Trouble(f"there is no return {number}", remedy="metrostack return list", exit_code=1)
    tell(found) if json else _show(found)


@app.command()
def scan(  # noqa: PLR0917 - a command line has as many options as people need
    number: Number,
    box: Annotated[str, typer.Option(help="The box.")],
    pallet: Annotated[str, typer.Option(help="The pallet that it is set onto.")],
    meter: Annotated[list[str], typer.Option("--meter", help="A meter that was scanned in it, once for each.")],
    opened: Annotated[bool, typer.Option("--opened", help="The box was opened.")] = False,
    broken: Annotated[list[str], typer.Option("--broken", help="A meter whose seal is broken.")] = [],  # noqa: B006
    json: Json = False,
) -> None:
    """Book a box that came back, with every meter that was scanned in it.

    metrostack return scan 1 --box B001 --pallet P0100 --meter 3330001... --meter 3330001...
    """
    body = {"box": box, "pallet": pallet, "meters": meter, "opened": opened, "broken": broken}
    found = Scan(box, tuple(meter), pallet, opened, tuple(broken))
    seen = _act(f"/returns/{number}/scan", body, number, lambda desk: returns.scan(desk, number, found, by=BY))
    tell(seen) if json else _show(seen)


@app.command()
def close(
    number: Number, empties: Annotated[int, typer.Option(help="Empty boxes that came back.")] = 0, json: Json = False
) -> None:
    """Close a return: what was listed and not found becomes a claim."""
    path, body = f"/returns/{number}/close", {"empties": empties}
    seen = _act(path, body, number, lambda desk: returns.close(desk, number, empties=empties, by=BY))
    tell(seen) if json else _show(seen)


def _act(path: str, body: dict[str, Any], number: int, act: Callable[[Desk], object]) -> dict[str, Any]:
    return remote.act(path, body, act, lambda session: _note(session, number))


def _note(session: Any, number: int) -> dict[str, Any] | None:
    found = return_views.note(session, number)
    return None if found is None else found.model_dump(mode="json")


def _show(seen: dict[str, Any]) -> None:
    out.print(
        f"return {seen['number']} from {seen['district']} ({seen['kind']}): {seen['state']}, "
        f"{seen['found']} of {seen['listed']} meters found",
        highlight=False,
    )
    table(("box", "pallet", "outcome", "why"), ((b["box"], b["pallet"], b["outcome"], b["why"]) for b in seen["boxes"]))
    table(("claim", "meter", "finding", "box", "answer"), (
        (c["number"], c["bar_code"], c["finding"], c["box"], c["answer"]) for c in seen["claims"]
    ))  # fmt: skip
