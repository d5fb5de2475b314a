"""Seals from the command line: ranges, rolls, what is left, and what became of a number."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.acting import As, Stdin, actor_of
from api.cli.laboratory import Reason, read, write
from api.cli.say import Json, Trouble, out, table, tell
from api.security.roles import Role
from wms.desk import Desk
from wms.seals import ledger, service, views

app = typer.Typer(no_args_is_help=True, help="Seals: receive, load, find, make void, and what is left.")


@app.command()
def receive(
    prefix: str, first: int, last: int, *, digits: int = 8, person: As = "", password_stdin: Stdin = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Enter a range of seals that was received.

    metrostack seal receive BJ 1 50000
    """

    def here(desk: Desk, by: str) -> list[views.RangeView]:
        said = {"prefix": prefix, "first": first, "last": last, "digits": digits, "by": by, "at_ms": desk.at_ms}
        number = service.receive_range(desk.session, **said)  # type: ignore[arg-type]
        return views.ranges(desk.session, after=number - 1, limit=1)

    body = {"prefix": prefix, "first": first, "last": last, "digits": digits}
    call = (Role.OPERATOR, "POST", "/seals/ranges")
    (found,) = write(actor_of(person, stdin=password_stdin), call, here, **body)
    tell(found) if json else out.print(f"range {found['number']}: {found['first']} to {found['last']}", highlight=False)


@app.command()
def load(cell: str, count: int, person: As = "", password_stdin: Stdin = False, json: Json = False) -> None:
    """Load seals into the magazine of a sealing cell, the oldest first.

    metrostack seal load SE1 5000
    """

    def here(desk: Desk, by: str) -> list[dict[str, str | int]]:
        rolls = service.feed(desk.session, cell=cell, count=count, by=by, at_ms=desk.at_ms)
        return [{"number": r.number, "cell": r.cell, "first": r.first, "count": r.count} for r in rolls]

    call = (Role.OPERATOR, "POST", f"/seals/magazines/{cell}/load")
    found = write(actor_of(person, stdin=password_stdin), call, here, count=count)
    columns = ("number", "cell", "first", "count")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def left(json: Json = False) -> None:
    """Show what is left in each cell, and how many hours it lasts."""
    found = read("/seals/magazines", lambda work: views.magazines(work.session, at_ms=work.at_ms))
    columns = ("cell", "left", "per_h", "hours_left", "warn_h", "is_short")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def account(json: Json = False) -> None:
    """Show how many seals were received, and what became of them."""
    found = read("/seals/account", lambda work: views.account(work.session))
    tell(found) if json else table(("", "seals"), ((name, f"{count:,}") for name, count in found.items()))


@app.command()
def find(seal: str = "", meter: str = "", json: Json = False) -> None:
    """Show what became of a seal, or the seals of a meter.

    metrostack seal find --seal BJ00000042
    """
    if bool(seal) == bool(meter):
        raise Trouble("say either --seal or --meter", remedy="metrostack seal find --help")
    found = read(
        "/seals", lambda work: views.seals_of(work.session, seal=seal, bar_code=meter), seal=seal, bar_code=meter
    )
    columns = ("seal", "state", "bar_code", "cell", "position", "reason", "by")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))
    if not found:
        raise Trouble(f"there is no seal {seal or 'on ' + meter}", exit_code=1)


@app.command()
def void(
    reason: Reason, *, seal: Annotated[str, typer.Option()] = "", meter: Annotated[str, typer.Option()] = "",
    person: As = "", password_stdin: Stdin = False, json: Json = False,
) -> None:  # fmt: skip
    """Make a seal void, or all that are on a meter; none is used again.

    metrostack seal void --seal BJ00000042 --reason "cut open"
    """
    if bool(seal) == bool(meter):
        raise Trouble("say either --seal or --meter", remedy="metrostack seal void --help")

    def here(desk: Desk, by: str) -> list[views.SealView]:
        if seal:
            ledger.void(desk, seal, reason=reason, by=by)
        else:
            ledger.void_of(desk, [meter], reason=reason, by=by)
        return views.seals_of(desk.session, seal=seal, bar_code=meter)

    call = (Role.ENGINEER, "POST", "/seals/void")
    body = {"seal": seal, "bar_code": meter, "reason": reason}
    found = write(actor_of(person, stdin=password_stdin), call, here, **body)
    tell(found) if json else table(("seal", "state"), ((one["seal"], one["state"]) for one in found))
