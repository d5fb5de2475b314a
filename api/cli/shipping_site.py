"""What commands of deliveries share: a plan read, changed and shown, by the running site or here on the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from api.cli import remote
from api.cli.say import Trouble, out, table, tell
from api.texts import text
from wms.desk import Desk
from wms.errors import WmsError
from wms.shipping import views

Number = Annotated[int, typer.Argument(help="The plan's number.")]
Seconds = Annotated[float, typer.Option(min=0.1, max=30, help="How long to search, at most.")]
BY = "cli"
COLUMNS = ("number", "vehicle", "trip", "position", "district", "begins", "boxes", "meters", "note", "reason")


def ask(path: str, body: dict[str, Any], here: Callable[[Desk], Any], **options: Any) -> Any:
    """Return what the running site answers to a POST; without one, do it `here` and return that."""
    if (where := remote.served()) is not None:
        return remote.ask(where, "POST", path, json=body, **options)
    return act(here)


def act(here: Callable[[Desk], Any]) -> Any:
    """Return what is done at a desk, in one transaction; a refusal becomes Trouble with its text."""
    with remote.database() as (session, at_ms):
        desk = Desk(session, at_ms)
        try:
            found = here(desk)
        except WmsError as error:
            raise Trouble(text("en", f"problem.{error.code}", error.params), exit_code=1) from error
        desk.close()
        session.commit()
        return found


def read(path: str, local: Callable[[Session], Any]) -> Any:
    """Return what the running site says; without one, what the database does."""
    if (where := remote.served()) is not None:
        return remote.ask(where, "GET", path)
    with remote.database() as (session, _):
        return local(session)


def plan_of(session: Session, number: int) -> dict[str, Any]:
    """Return a plan as REST tells it. Raises Trouble for an unknown one."""
    found = views.plan(session, number)
    if found is None:
        raise Trouble(f"there is no plan {number}", remedy="metrostack shipping list", exit_code=1)
    return found.model_dump(mode="json")


def show_plan(seen: dict[str, Any], *, json: bool) -> None:
    """Print a plan with its stop table, or as JSON."""
    if json:
        tell(seen)
        return
    km, least = seen["metres"] / 1000, seen["bound_m"] / 1000
    out.print(f"plan {seen['number']} of {seen['day']}: {seen['state']}, {km:.1f} km, not below {least:.1f} km")
    table(COLUMNS, ([stop[name] for name in COLUMNS] for stop in seen["stops"]))
