"""Who acts on the command line: this machine's own administrator as `local`, or a person who gives their password.

A decision about somebody's work needs a person: `--as NAME`. By the running site it is their login, else their account
in the database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer
from sqlalchemy.orm import Session

from api.cli import remote
from api.cli.say import Trouble, err
from api.lock import Served
from api.security import accounts
from api.security.roles import Role, includes
from api.texts import text
from wms.errors import WmsError
from wms.schemes.duties import Work, work_of
from wms.schemes.findings import params_of

LOCAL = "local"
SHOWN = 50
As = Annotated[str, typer.Option("--as", help="Act as this person; asks for their password.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `local`, or a person with their password."""

    name: str = LOCAL
    password: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to do: by REST where the site runs, else by `direct` on the database itself."""

    role: Role
    method: str
    path: str
    direct: Callable[[Work], Any]


def actor_of(name: str, *, stdin: bool) -> Actor:
    """Return who acts; asks for the password of a person."""
    if not name:
        return Actor()
    password = sys.stdin.readline().rstrip("\n") if stdin else typer.prompt(f"Password of {name}", hide_input=True)
    return Actor(name, password)


def do(actor: Actor, call: Call, **options: Any) -> Any:
    """Do it and return what came of it, the same either way; what is refused raises remote.Refusal.

    `options` are of the request: `json`, `params`, `content`.
    """
    if (where := remote.served()) is not None:
        ask = remote.ask if actor.name == LOCAL else _ask_as
        return ask(where, call.method, call.path, **options, **({} if ask is remote.ask else {"actor": actor}))
    with remote.database() as (session, at_ms):
        _admit(session, actor, call.role)
        try:
            done = call.direct(work_of(session, by=actor.name, at_ms=at_ms))
        except WmsError as error:
            params = params_of(error)
            raise remote.Refusal(
                text("en", f"problem.{error.code}", params), {"code": error.code, "params": params}
            ) from error
        session.commit()
        return done


def tell_findings(refusal: remote.Refusal, where: str) -> None:
    """Print every bad place that a refusal names, one a line."""
    findings = refusal.body.get("params", {}).get("findings", [])
    for one in findings[:SHOWN]:
        said = text("en", f"finding.{one['code']}", one["params"])
        line = f":{one['line']}" if one["line"] else ""
        err.print(f"{where}{line}: {one['place']}: {said}", highlight=False, markup=False, soft_wrap=True)
    if len(findings) > SHOWN:
        err.print(f"... and {len(findings) - SHOWN} more; --json lists all of them")


def _ask_as(where: Served, method: str, path: str, *, actor: Actor, **options: Any) -> Any:
    """Ask the running site as a person: log in, ask, log out."""
    from api.security.guard import COOKIE, CSRF_HEADER

    url, headers = f"{where.url}/api/v1", {CSRF_HEADER: "console"}
    try:
        with httpx.Client(timeout=remote.TIMEOUT_S) as client:
            login = client.post(f"{url}/login", json={"name": actor.name, "password": actor.password}, headers=headers)
            remote.read(login)
            headers["cookie"] = f"{COOKIE}={login.cookies[COOKIE]}"  # the jar would not send a secure one to loopback
            client.cookies.clear()
            answer = client.request(method, f"{url}{path}", headers=headers, **options)
            client.post(f"{url}/logout", headers=headers)
    except httpx.HTTPError as error:
        raise Trouble(
            f"the site at {where.url} does not answer: {error}", remedy="Is `metrostack serve` well?"
        ) from error
    return remote.read(answer)


def _admit(session: Session, actor: Actor, role: Role) -> None:
    """Let in who may: `local` owns the database file anyway, a person needs their password and role."""
    if actor.name == LOCAL:
        return
    who = accounts.check_password(session, actor.name, actor.password)
    if who is None:
        raise Trouble(text("en", "problem.wrong_login"), exit_code=1)
    if not includes(who.role, role):
        params = {"role": who.role.value, "needed": role.value}
        raise Trouble(text("en", "problem.not_allowed", params), exit_code=1)
