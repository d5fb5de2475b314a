"""Deliveries on the command line: enter places, plan a day, change the plan, freeze it, print and export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import shipping_acts, shipping_files
from api.cli.say import Json, table, tell
from api.cli.shipping_site import BY, Number, Seconds, ask, plan_of, read, show_plan
from optimizer.effort import Effort
from wms.desk import Desk
from wms.shipping import service, views
from wms.shipping.proposing import prepare, propose
from wms.shipping.service import Wanted

app = typer.Typer(no_args_is_help=True, help="Deliveries to districts: places, plans, notes, stop tables.")
for command in (
    shipping_files.export, shipping_files.note, shipping_acts.move, shipping_acts.again, shipping_acts.freeze,
    shipping_acts.cancel, shipping_acts.leave, shipping_acts.received,
):  # fmt: skip
    app.command()(command)


@app.command("places")
def show_places(
    enter: Annotated[
        Path | None, typer.Option(help="A JSON file of places, or a CSV table of one kind of them.", exists=True)
    ] = None,
) -> None:
    """Show where deliveries go, or enter them from a file, all of it or nothing.

    metrostack shipping places --enter places.json
    """
    if enter is not None:
        shipping_files.enter(enter)
    tell(read("/shipping/places", views.places))


@app.command("list")
def list_plans(json: Json = False) -> None:
    """List delivery plans."""
    found = read("/shipping/plans", lambda db: [one.model_dump(mode="json") for one in views.plans(db)])
    if json:
        tell(found)
        return
    table(("plan", "day", "state", "km"), ((p["number"], p["day"], p["state"], p["metres"] / 1000) for p in found))


@app.command()
def show(number: Number, json: Json = False) -> None:
    """Show a plan with its stop table."""
    show_plan(read(f"/shipping/plans/{number}", lambda db: plan_of(db, number)), json=json)


@app.command()
def plan(
    day: Annotated[str, typer.Argument(help="The day, like 2026-11-21.")],
    key: Annotated[str, typer.Option(help="The same key gives the same plan again.")],
    seconds: Seconds = 3.0,
    json: Json = False,
) -> None:
    """Plan the deliveries of a day from what is promised.

    metrostack shipping plan 2026-11-21 --key monday
    """

    def here(desk: Desk) -> object:
        number = service.known(desk, key)
        if number is None:
            service.check_day(day)
            prepare(desk, day)
            number = service.enter(desk, Wanted(key, day), propose(desk, day, Effort(seconds=seconds)), by=BY)
        return plan_of(desk.session, number)

    body, named = {"day": day, "seconds": seconds}, {"idempotency-key": key}
    show_plan(ask("/shipping/plans", body, here, headers=named), json=json)
