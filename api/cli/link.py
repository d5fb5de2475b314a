"""The link to marketing from the command line: queues, the log, dead letters settled, test calls, accounts."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from api.cli.acting import Actor, As, Call, Stdin, actor_of, do
from api.cli.laboratory import Reason, read, write
from api.cli.say import Json, Language, Trouble, out, read_file, table, tell
from api.cli.standin import stand_in
from api.security.roles import Role
from api.texts import text
from wms.desk import Desk
from wms.marketing import reconcile, sending, splitting, views
from wms.marketing.reconcile import Side
from wms.schemes.duties import Work

app = typer.Typer(no_args_is_help=True, help="The link to marketing: queues, letters, test calls, both sides compared.")
app.command("stand-in")(stand_in)
MOST_SHOWN = 200
Receiver = Annotated[str, typer.Argument(help="A receiver, as `metrostack link status` names it.")]
Number = Annotated[int, typer.Argument(help="The number of a letter.", min=1)]
LETTER = ("number", "receiver", "kind", "task", "subject", "state", "attempts", "why")


@app.command()
def status(json: Json = False) -> None:
    """Show who is written to, whether they answer, and what waits for them."""
    found = read("/letters/receivers", lambda work: views.receivers(work.session))
    columns = ("name", "profile", "url", "enabled", "online", "waiting", "dead", "done", "last_error")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def log(
    *, task: str = "", meter: str = "", receiver: str = "", state: str = "", kind: str = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = MOST_SHOWN, lang: Language = "en", json: Json = False,
) -> None:  # fmt: skip
    """Show the newest letters, by task, meter, receiver, state or kind, each with what it waits for.

    metrostack link log --meter 3330001000000000000014
    """
    wanted: dict[str, Any] = {"task": task, "bar_code": meter, "receiver": receiver, "state": state, "kind": kind}
    wanted |= {"limit": limit, "newest": True}
    found = read("/letters", lambda work: views.letters(work.session, **wanted), **wanted)
    tell(found) if json else _show(found, lang)


@app.command()
def dead(lang: Language = "en", json: Json = False) -> None:
    """Show the letters that will not be sent again unless somebody mends, resends or drops them."""
    found = read(
        "/letters", lambda work: views.letters(work.session, state="dead", limit=MOST_SHOWN), state="dead",
        limit=MOST_SHOWN,
    )  # fmt: skip
    tell(found) if json else _show(found, lang)


@app.command()
def show(number: Number) -> None:
    """Print a letter with what it says, as JSON."""
    tell(read(f"/letters/{number}", lambda work: views.letter(work.session, number)))


@app.command()
def mend(
    number: Number, file: Annotated[Path, typer.Argument(help="What it should have said, as a JSON object.")], *,
    anyway: Annotated[bool, typer.Option(help="You have made sure that its receiver has not taken it.")] = False,
    person: As = "", password_stdin: Stdin = False,
) -> None:  # fmt: skip
    """Write what a dead letter should have said; another letter stands for it, in its place.

    metrostack link show 42 > 42.json, mend its "body", metrostack link mend 42 body.json
    """
    body = _object(file)

    def here(desk: Desk, by: str) -> views.LetterBody:
        return views.letter(desk.session, splitting.mend(desk, number, body, by=by, anyway=anyway))

    call = (Role.OPERATOR, "POST", f"/letters/{number}/mend")
    tell(write(actor_of(person, stdin=password_stdin), call, here, body=body, anyway=anyway))


@app.command()
def resend(number: Number, person: As = "", password_stdin: Stdin = False) -> None:
    """Send a dead letter again as it is, under its own key."""

    def here(desk: Desk, by: str) -> views.LetterBody:
        splitting.resend(desk, number, by=by)
        return views.letter(desk.session, number)

    tell(write(actor_of(person, stdin=password_stdin), (Role.OPERATOR, "POST", f"/letters/{number}/resend"), here))


@app.command()
def drop(number: Number, reason: Reason, person: As = "", password_stdin: Stdin = False) -> None:
    """Give a dead letter up, so that what ends its task may go."""

    def here(desk: Desk, by: str) -> views.LetterBody:
        splitting.drop(desk, number, reason=reason, by=by)
        return views.letter(desk.session, number)

    call = (Role.OPERATOR, "POST", f"/letters/{number}/drop")
    tell(write(actor_of(person, stdin=password_stdin), call, here, reason=reason))


@app.command()
def test(receiver: Receiver, person: As = "", password_stdin: Stdin = False) -> None:
    """Write a letter that only asks whether somebody is there; `metrostack link show` tells what came back."""

    def here(desk: Desk, by: str) -> views.LetterBody:
        return views.letter(desk.session, sending.test(desk, receiver, by=by))

    call = (Role.OPERATOR, "POST", f"/letters/receivers/{receiver}/test")
    tell(write(actor_of(person, stdin=password_stdin), call, here))


@app.command("reconcile")
def compare(
    task: str, receiver: Receiver, *,
    theirs: Annotated[Path | None, typer.Option(help="What the other side says it holds, as JSON.")] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Compare our books of a task with what a receiver has taken, or says that it holds; ends with 1 if they differ.

    metrostack link reconcile T2026001 platform --theirs theirs.json
    """
    side = None if theirs is None else _side(theirs)
    found = _account(task, receiver, side)
    if json:
        tell(found)
    else:
        kinds = ("concluded", "packed", "sealed")
        table(("", *kinds), ([who, *(found[who][kind] for kind in kinds)] for who in ("ours", "theirs")))
        out.print(f"letters open: {found['open']}, dead: {found['dead']}", highlight=False)
        columns = ("bar_code", "what", "ours", "theirs")
        differences = found["differences"]
        table(columns, ([one[name] for name in columns] for one in differences[:MOST_SHOWN]))
        out.print(f"{len(differences):,} differences", highlight=False)
    if found["differences"]:
        raise typer.Exit(1)


def _account(task: str, receiver: str, side: Side | None) -> Any:
    def here(work: Work) -> Any:
        return asdict(reconcile.account(work.session, task, receiver, theirs=side))

    method, options = ("GET", {}) if side is None else ("POST", {"json": asdict(side)})
    call = Call(Role.VIEWER, method, f"/letters/tasks/{task}/account", here)
    return do(Actor(), call, params={"receiver": receiver}, **options)


def _side(file: Path) -> Side:
    """Return what the other side holds; raises Trouble for a file that does not say it."""
    try:
        return TypeAdapter(Side).validate_json(read_file(file))
    except ValidationError as error:
        raise Trouble(
            f"{file}: {error}", remedy='Say {"concluded": {bar code: verdict}, "packed", "sealed"}.'
        ) from error


def _object(file: Path) -> dict[str, Any]:
    try:
        body = jsonlib.loads(read_file(file))
    except ValueError as error:
        raise Trouble(f"{file}: {error}", remedy="Write one JSON object.") from error
    if not isinstance(body, dict):
        raise Trouble(f"{file} is no JSON object", remedy="Write what the letter should have said, as one object.")
    return body


def _show(found: list[dict[str, Any]], lang: str) -> None:
    rows = [one | {"why": text(lang, f"reason.{one['why']['code']}", one["why"]["params"]) if one["why"] else ""}
            for one in found]  # fmt: skip
    table(LETTER, ([row[name] for name in LETTER] for row in rows))
