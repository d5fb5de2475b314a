"""Code tables of the utility from the command line: shown, refreshed from its platform, given a meaning."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.acting import As, Stdin, actor_of
from api.cli.laboratory import read, write
from api.cli.say import Json, Trouble, table, tell
from api.security.roles import Role
from wms.desk import Desk
from wms.stock import code_tables

app = typer.Typer(no_args_is_help=True, help="Code tables that the utility owns: shown, refreshed, given a meaning.")
COLUMNS = ("table", "code", "role", "zh", "en")
Of = Annotated[str, typer.Argument(help='A table of one generation, e.g. "gen2.task_category"; else all.')]


@app.command("list")
def show(of: Of = "", json: Json = False) -> None:
    """Show codes with what they mean to us; an empty role means nothing yet."""
    found = read("/codes", lambda work: code_tables.views(work.session, of), table=of)
    tell(found) if json else table(COLUMNS, ([one[name] for name in COLUMNS] for one in found))


@app.command()
def refresh(person: As = "", password_stdin: Stdin = False) -> None:
    """Ask the platform for its code tables (getStdCodes) and take over what is new; the site must run."""

    def here(desk: Desk, by: str) -> Any:
        raise Trouble("The platform is asked by the running site.", remedy="Start it: metrostack serve.")

    tell(write(actor_of(person, stdin=password_stdin), (Role.ENGINEER, "POST", "/codes/refresh"), here))


@app.command()
def mean(of: str, code: str, role: str, *, person: As = "", password_stdin: Stdin = False) -> None:
    """Give a code a meaning for us.

    metrostack codes mean gen2.task_category 77 recheck
    """

    def here(desk: Desk, by: str) -> Any:
        code_tables.assign(desk, of, code, role=role, by=by)
        return code_tables.views(desk.session, of)

    call = (Role.ENGINEER, "PUT", f"/codes/{of}/{code}")
    tell(write(actor_of(person, stdin=password_stdin), call, here, role=role))
