"""Accounts of people and keys of machines."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api import database
from api.cli.say import Json, Trouble, out, tell
from api.security import accounts
from api.security.roles import Role
from api.settings import Settings
from wcs.store import make_engine

app = typer.Typer(no_args_is_help=True, help="Accounts of people.")
keys = typer.Typer(no_args_is_help=True, help="Keys of machines: the marketing system, bench clients.")


@app.command("add")
def add_user(
    name: str,
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
) -> None:
    """Create an account, or give it a new password and role.

    metrostack user add li --role operator        asks for the password
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with _session() as session:
            accounts.add_account(session, name, password, role)
            session.commit()
    except accounts.WeakPassword as error:
        raise Trouble(str(error), remedy="Choose another password.") from error
    out.print(f"account {name} with role {role.value}")


@keys.command("add")
def add_key(
    name: str,
    role: Annotated[Role, typer.Option(help="What the key may do.")] = Role.MACHINE,
    days: Annotated[float | None, typer.Option(help="Expires after so many days.")] = None,
    json: Json = False,
) -> None:
    """Make a key and show it once; an older key of the same name ends."""
    with _session() as session:
        key = accounts.add_key(session, name, role, days=days)
        session.commit()
    if json:
        tell({"name": name, "role": role.value, "key": key})
    else:
        out.print(f"{key}\n[dim]Shown only now. Send it as: Authorization: Bearer KEY[/]")


def _session() -> Session:
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.url())
    database.ensure(engine)
    return Session(engine)
