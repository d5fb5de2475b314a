"""Tasks of marketing from the command line: see them, answer proposals, pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

import typer
from sqlalchemy.orm import Session

from api.cli import remote
from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, PlantFile, Trouble, err, out, table, tell
from api.texts import text
from wcs import journal
from wms.desk import Desk
from wms.marketing import ageing, cancelling, night, proposals, task_views, tasks
from wms.marketing import demand as planned
from wms.marketing.tasks import Change, Wish

app = typer.Typer(no_args_is_help=True, help="Tasks of marketing: proposals, pause, cancel, back to stock.")
Key = Annotated[str, typer.Argument(help="Marketing's number of the task.")]
Round = Annotated[int, typer.Argument(help="The round of the proposal.")]
BY = "cli"


@app.command("list")
def list_tasks(live: bool = False, json: Json = False) -> None:
    """List tasks with what they wait for."""
    found = remote.look(f"/tasks?live={str(live).lower()}", lambda db: _plain(task_views.tasks(db, open_only=live)))
    if json:
        tell(found)
        return
    rows = ((t["task"], t["source"], t["lot"], t["quantity"], t["state"], _why(t)) for t in found)
    table(("task", "source", "lot", "meters", "state", "why"), rows)


@app.command()
def show(task: Key, json: Json = False) -> None:
    """Show a task: its proposals, its meters by stage, and what it waits for."""
    found = _task(task)
    tell(found) if json else _show(found)


@app.command()
def take(  # noqa: PLR0917 - a command line has as many options as people need
    task: Key,
    lot: Annotated[str, typer.Option(help="The lot.")] = "",
    source: Annotated[
        str, typer.Option(help="Where the task comes from: first, sampling, recheck, count, ...")
    ] = "first",
    quantity: Annotated[int, typer.Option(help="Meters; 0 is the whole lot.")] = 0,
    priority: Annotated[int, typer.Option(help="What goes out first: -100 to 100.")] = 0,
    line: Annotated[str, typer.Option(help="The line; the one with the fewest orders if none is named.")] = "",
    ask: Annotated[bool, typer.Option(help="Whether the proposal waits for an answer.")] = True,
    json: Json = False,
) -> None:
    """Take a task in by hand.

    metrostack task take T2026-001 --lot LOT26-1PH-A --quantity 300
    """
    said: dict[str, Any] = {"lot": lot, "source": source, "quantity": quantity, "line": line, "approval": ask}
    said |= {"priority": priority}
    found = _act("/tasks", {"task": task} | said, task, lambda desk: tasks.take(desk, Wish(task, **said)))
    tell(found) if json else _show(found)


@app.command()
def approve(task: Key, number: Round, json: Json = False) -> None:
    """Approve a proposal: its order is made."""
    path, body = f"/tasks/{quote(task, safe='')}/proposals/{number}", {"verdict": "approved"}
    found = _act(path, body, task, lambda desk: proposals.approve(desk, task, round_=number))
    tell(found) if json else _show(found)


@app.command()
def reject(
    task: Key,
    number: Round,
    why: Annotated[str, typer.Option(help="Why.")] = "",
    without: Annotated[list[str], typer.Option("--without", help="A box that is not wanted; all if none.")] = [],  # noqa: B006
    json: Json = False,
) -> None:
    """Reject a proposal: another one is made."""
    path = f"/tasks/{quote(task, safe='')}/proposals/{number}"
    body = {"verdict": "rejected", "answer": why, "without": without}
    found = _act(
        path, body, task, lambda desk: proposals.reject(desk, task, round_=number, answer=why, without=without)
    )
    tell(found) if json else _show(found)


@app.command()
def pause(task: Key, reason: Annotated[str, typer.Option(help="Why.")], json: Json = False) -> None:
    """Send nothing more to a line for a task."""
    path = f"/tasks/{quote(task, safe='')}/pause"
    found = _act(path, {"reason": reason}, task, lambda desk: tasks.pause(desk, task, reason=reason, by=BY))
    tell(found) if json else _show(found)


@app.command()
def resume(task: Key, json: Json = False) -> None:
    """Let a paused task go on."""
    found = _act(f"/tasks/{quote(task, safe='')}/resume", {}, task, lambda desk: tasks.resume(desk, task, by=BY))
    tell(found) if json else _show(found)


@app.command()
def cancel(
    task: Key,
    reason: Annotated[str, typer.Option(help="Why.")],
    abort: Annotated[bool, typer.Option("--abort", help="Stop running benches; else they finish.")] = False,
    json: Json = False,
) -> None:
    """Take a task back at any stage; what was issued for it is void."""
    ending = "abort" if abort else "finish"
    path, body = f"/tasks/{quote(task, safe='')}/cancel", {"reason": reason, "ending": ending}
    found = _act(path, body, task, lambda desk: cancelling.cancel(desk, task, reason=reason, ending=ending, by=BY))
    tell(found) if json else _show(found)


@app.command()
def change(
    task: Key,
    priority: Annotated[int | None, typer.Option(help="What goes out first: -100 to 100.")] = None,
    quantity: Annotated[int | None, typer.Option(help="Meters; only until the order is made.")] = None,
    line: Annotated[str | None, typer.Option(help="The line; only until the order is made.")] = None,
    json: Json = False,
) -> None:
    """Change a task; what no crane has taken yet goes by the new priority.

    metrostack task change T2026-001 --priority 50
    """
    said = {"priority": priority, "quantity": quantity, "line": line}
    wanted = {name: value for name, value in said.items() if value is not None}
    path = f"/tasks/{quote(task, safe='')}/change"
    found = _act(path, wanted, task, lambda desk: tasks.change(desk, task, Change(**wanted), by=BY))  # type: ignore[arg-type]
    tell(found) if json else _show(found)


@app.command()
def demand(plant: PlantFile = DEFAULT_PLANT, json: Json = False) -> None:
    """Hold what districts plan to take from this month on against stock and lines."""

    def local(session: Session) -> list[dict[str, Any]]:
        site, at_ms = load_plant(plant), journal.last_ms(session)
        return [asdict(one) for one in planned.outlook(session, site, since=night.month(site, at_ms))]

    found = remote.look("/demand", local)
    if json:
        tell(found)
        return
    columns = ("month", "model", "demand", "supply", "short", "verify", "cause")
    table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def aged(
    days: int = ageing.DAYS,
    call: Annotated[bool, typer.Option("--call", help="Make a task to re-check each lot that has none yet.")] = False,
    json: Json = False,
) -> None:
    """List stock that was verified longer ago than so many days; with --call have it verified again.

    metrostack task aged --days 180 --call
    """
    if call:
        _call_back(days)
    if (where := remote.served()) is not None:
        found = remote.ask(where, "GET", f"/stock/aged?days={days}")
    else:
        with remote.database() as (session, at_ms):
            found = _plain(ageing.aged(session, at_ms=at_ms, days=days))
    if json:
        tell(found)
        return
    table(("lot", "model", "boxes", "meters", "days", "task"), (
        (one["lot"], one["model"], one["boxes"], one["meters"], one["days"], one["task"]) for one in found
    ))  # fmt: skip


def _call_back(days: int) -> None:
    made: list[str] = []

    def local(desk: Desk) -> None:
        made.extend(ageing.call_back(desk, days=days, by=BY))

    for name in remote.act(f"/tasks/aged?days={days}", {}, local, lambda _session: made):
        err.print(f"task {name} waits for its approval", highlight=False)


def _act(path: str, body: dict[str, Any], task: str, act: Callable[[Desk], object]) -> dict[str, Any]:
    """Do something by the served site if there is one, else in the database at hand; return the task."""
    return remote.act(path, body, act, lambda session: _seen(session, task))


def _seen(session: Session, key: str) -> dict[str, Any] | None:
    found = task_views.task(session, key)
    return None if found is None else found.model_dump(mode="json")


def _task(key: str) -> dict[str, Any]:
    found = remote.look(f"/tasks/{quote(key, safe='')}", lambda session: _seen(session, key))
    if found is None:
        raise Trouble(f"there is no task {key}", remedy="metrostack task list", exit_code=1)
    return found


def _plain(views: Any) -> list[dict[str, Any]]:
    return [view.model_dump(mode="json") for view in views]


def _why(task: dict[str, Any]) -> str:
    return "; ".join(text("en", f"reason.{one['code']}", one["params"]) for one in task["why"][:2])


def _show(task: dict[str, Any]) -> None:
    out.print(f"task {task['task']} ({task['source']}): {task['state']}, order {task['order'] or '-'}", highlight=False)
    rows = ((p["round"], p["state"], len(p["boxes"]), p["meters"], p["answer"]) for p in task["proposals"])
    table(("round", "state", "boxes", "meters", "answer"), rows)
    counts = ", ".join(f"{name} {n}" for name, n in task["stages"].items() if n)
    out.print(counts or "no meters of it are here", highlight=False)
    for one in task["why"]:
        out.print(f"  {text('en', 'reason.' + one['code'], one['params'])}", highlight=False)
