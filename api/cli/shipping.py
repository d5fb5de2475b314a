"""Deliveries on the command line: enter places, plan a day, change the plan, freeze it, print and export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from api.cli import remote, shipping_files
from api.cli.say import Json, Trouble, out, table, tell
from api.routes.places import Depot, Places, enter_all
from api.texts import text
from optimizer.effort import Effort
from wms.desk import Desk
from wms.errors import WmsError
from wms.shipping import dividing, gathering, places, service, views
from wms.shipping.drafting import draft
from wms.shipping.rules import Place

app = typer.Typer(no_args_is_help=True, help="Deliveries to districts: places, plans, notes, stop tables.")
app.command("export")(shipping_files.export)
app.command("note")(shipping_files.note)
Number = Annotated[int, typer.Argument(help="The plan's number.")]
Seconds = Annotated[float, typer.Option(min=0.1, max=30, help="How long to search, at most.")]
BY = "cli"


@app.command("places")
def show_places(
    enter: Annotated[
        Path | None, typer.Option(help="A JSON file: depot, districts, vehicles, distances.", exists=True)
    ] = None,
) -> None:
    """Show where deliveries go, or enter them from a file, all of it or nothing.

    metrostack shipping places --enter places.json
    """
    if enter is not None:
        _enter(enter)
    tell(_read("/shipping/places", views.places))


@app.command("list")
def list_plans(json: Json = False) -> None:
    """List delivery plans."""
    found = _read("/shipping/plans", lambda db: [one.model_dump(mode="json") for one in views.plans(db)])
    if json:
        tell(found)
        return
    table(("plan", "day", "state", "km"), ((p["number"], p["day"], p["state"], p["metres"] / 1000) for p in found))


@app.command()
def show(number: Number, json: Json = False) -> None:
    """Show a plan with its stop table."""
    _show(_read(f"/shipping/plans/{number}", lambda db: _plan(db, number)), json=json)


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

    def act(desk: Desk) -> int:
        if (old := service.known(desk, key)) is not None:
            return old
        dividing.divide(desk, gathering.fleet(desk.session))
        found = draft(gathering.fleet(desk.session), gathering.loads(desk.session), [], Effort(seconds=seconds))
        return service.enter(desk, key, day, found, by=BY)

    body = {"json": {"day": day, "seconds": seconds}, "headers": {"idempotency-key": key}}
    _show(_act("/shipping/plans", body, act), json=json)


@app.command()
def move(  # noqa: PLR0917 - a command line has as many options as people need
    number: Number,
    stop: Annotated[int, typer.Argument(help="The stop's number.")],
    vehicle: Annotated[str, typer.Option(help="To this vehicle; without it the stop is left out.")] = "",
    trip: Annotated[int, typer.Option(min=1, max=6, help="Its trip of the day.")] = 1,
    position: Annotated[int, typer.Option(min=1, max=300, help="As which stop of the trip.")] = 1,
    json: Json = False,
) -> None:
    """Take a stop of a draft to another vehicle, trip or position, and fix it there."""
    to = {"stop": stop, "vehicle": vehicle, "trip": trip, "position": position}

    def act(desk: Desk) -> int:
        service.move(desk, number, Place(stop, vehicle, trip, position), by=BY)
        return number

    _show(_act(f"/shipping/plans/{number}/move", {"json": to}, act), json=json)


@app.command()
def freeze(number: Number, json: Json = False) -> None:
    """Freeze a draft: notes are issued and pallets called to the docks, the last stops first."""

    def act(desk: Desk) -> int:
        service.freeze(desk, number, by=BY)
        return number

    _show(_act(f"/shipping/plans/{number}/freeze", {}, act), json=json)


@app.command()
def cancel(number: Number, json: Json = False) -> None:
    """Take a plan back of which nothing has been called yet."""

    def act(desk: Desk) -> int:
        service.cancel(desk, number, by=BY)
        return number

    _show(_act(f"/shipping/plans/{number}/cancel", {}, act), json=json)


def _enter(file: Path) -> None:
    try:
        said = shipping_files.read_object(file)
        depot = Depot.model_validate(said.pop("depot")) if "depot" in said else None
        rest = Places.model_validate(said)
    except ValidationError as error:
        rows = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Trouble(f"{file} is refused: {rows}", exit_code=1) from error
    if (where := remote.served()) is not None:
        remote.ask(where, "PUT", "/shipping/places", json=rest.model_dump())
        if depot is not None:
            remote.ask(where, "PUT", "/shipping/depot", json=depot.model_dump())
        return

    def act(desk: Desk) -> int:
        enter_all(desk, rest, by=BY)
        if depot is not None:
            places.set_depot(desk, depot.model_dump(), by=BY)
        return 0

    _here(act)


def _act(path: str, options: dict[str, Any], act: Any) -> dict[str, Any]:
    if (where := remote.served()) is not None:
        return remote.ask(where, "POST", path, **options)
    number = _here(act)
    return _read("", lambda db: _plan(db, number))


def _here(act: Any) -> int:
    with remote.database() as (session, at_ms):
        desk = Desk(session, at_ms)
        try:
            found = act(desk)
        except WmsError as error:
            raise Trouble(text("en", f"problem.{error.code}", error.params), exit_code=1) from error
        desk.close()
        session.commit()
        return found


def _read(path: str, local: Any) -> Any:
    if path and (where := remote.served()) is not None:
        return remote.ask(where, "GET", path)
    with remote.database() as (session, _):
        return local(session)


def _plan(session: Any, number: int) -> dict[str, Any]:
    found = views.plan(session, number)
    if found is None:
        raise Trouble(f"there is no plan {number}", remedy="metrostack shipping list", exit_code=1)
    return found.model_dump(mode="json")


def _show(seen: dict[str, Any], *, json: bool) -> None:
    if json:
        tell(seen)
        return
    km, least = seen["metres"] / 1000, seen["bound_m"] / 1000
    out.print(f"plan {seen['number']} of {seen['day']}: {seen['state']}, {km:.1f} km, not below {least:.1f} km")
    columns = ("number", "vehicle", "trip", "position", "district", "begins", "boxes", "meters", "note", "reason")
    table(columns, ([stop[name] for name in columns] for stop in seen["stops"]))
