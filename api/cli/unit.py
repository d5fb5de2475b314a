"""Units on the floor from the command line: list them, send one on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import remote
from api.cli.say import Json, Trouble, out, table, tell
from api.texts import text
from wcs import views

app = typer.Typer(no_args_is_help=True, help="Units on the floor: where they are, what they wait for.")


@app.command("list")
def list_units(json: Json = False) -> None:
    """List every unit on the floor with what it waits for."""
    found = remote.look("/units", lambda db: [unit.model_dump(mode="json") for unit in views.units(db)])
    if json:
        tell(found)
        return
    rows = ((unit["id"], unit["at"], unit["order"] or "", _why(unit["why"])) for unit in found)
    table(("unit", "at", "transport", "waits for"), rows)


@app.command()
def send(
    unit: Annotated[str, typer.Argument(help="The unit, as `unit list` names it.")],
    destination: Annotated[str, typer.Argument(help="A station's point, a line or a dock.")],
    json: Json = False,
) -> None:
    """Send a unit on that stands and belongs to no order; the site must be running.

    metrostack unit send '?12' CL
    """
    where = remote.served()
    if where is None:
        raise Trouble("no site is running", remedy="Units move only while `metrostack serve` runs.")
    order = remote.ask(where, "POST", f"/units/{unit.replace('?', '%3F')}/send", json={"destination": destination})
    if json:
        tell(order)
    else:
        out.print(f"transport {order['number']}: {order['unit']} to {order['destination']}", highlight=False)


def _why(why: dict[str, Any] | None) -> str:
    return text("en", f"reason.{why['code']}", why["params"]) if why else ""
