"""The stand-in for a scheduling platform as a process of its own: to try the link, and to be shown what it heard."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.say import Trouble, err, read_file, tell
from api.parent import end_with_parent
from simulation.marketing.audit import audit, heard
from simulation.marketing.errands import Messenger
from simulation.marketing.manners import Manners
from simulation.marketing.plan import enter, read_plan
from simulation.marketing.platform import PATH, Platform

Share = Annotated[float, typer.Option(min=0, max=1)]


def stand_in(
    store: Annotated[Path, typer.Argument(help="The file that it remembers everything in.")],
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8090,
    *, lost: Share = 0.0, doubled: Share = 0.0, late: Share = 0.0, wrong: Share = 0.0,
    late_s: Annotated[float, typer.Option(min=0, max=600)] = 20.0, seed: int = 0,
    task: Annotated[list[Path] | None, typer.Option(help="A task to issue: fields of setVerificationTaskinfo, JSON.")]
    = None,
    plan: Annotated[Path | None, typer.Option(help="Tasks to issue, some after others, JSON: docs/marketing.md.")]
    = None,
    site: Annotated[str, typer.Option(help="Where tasks and approvals are sent: the URL of this software.")] = "",
    key: Annotated[str, typer.Option(help="The machine key that the site has given.", envvar="METROSTACK_SITE_KEY")]
    = "",
) -> None:  # fmt: skip
    """Be a scheduling platform with bad manners on this machine; Ctrl-C ends it and prints what it has heard.

    metrostack link stand-in platform.db --lost 0.1 --doubled 0.1 --late 0.1
    """
    try:
        manners = Manners(lost=lost, doubled=doubled, late=late, wrong=wrong, late_s=late_s, seed=seed)
    except ValueError as error:
        raise Trouble(str(error), remedy="Let the shares come to 1 together at most.") from error
    platform = Platform(store, manners, port=port)
    for file in task or []:
        platform.issue(_task(file))
    if plan is not None:
        _enter(platform, plan)
    url = f"{site.rstrip('/')}{PATH}"
    asyncio.run(_serve(platform, Messenger(platform.records, manners, url, key) if site else None))


async def _serve(platform: Platform, messenger: Messenger | None) -> None:
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    end_with_parent(loop, over.set)
    try:
        await platform.start()
    except OSError as error:
        raise Trouble(f"port {platform.port}: {error.strerror}", remedy="Name another --port.") from error
    err.print(f"listening at {platform.url}", highlight=False)
    errands = asyncio.create_task(messenger.run()) if messenger else None
    await over.wait()
    if errands is not None:
        errands.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await errands
    tell(summary(platform))
    await platform.stop()


def summary(platform: Platform) -> dict[str, Any]:
    """Return what a stand-in has heard, by task, and what it heard twice; a file for `metrostack link reconcile`."""
    found = audit(platform.records, {})
    tasks = platform.records.all_filed("task")
    counts = {name: getattr(found, name) for name in ("meters", "boxes", "seals", "calls", "repeats")}
    return counts | {
        "doubles": found.doubles, "clashes": found.clashes, "unfinished": found.unfinished,
        "tasks": {task: asdict(heard(platform.records, task)) for task in tasks},
    }  # fmt: skip


def _enter(platform: Platform, plan: Path) -> None:
    try:
        enter(platform, read_plan(plan))
    except (OSError, ValueError) as error:
        raise Trouble(f"{plan}: {error}", remedy='Write [{"task": {...}, "choosy": false, "after": ""}].') from error


def _task(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(read_file(file))
    except ValueError as error:
        raise Trouble(f"{file}: {error}", remedy="Write one JSON object.") from error
    if not isinstance(said, dict) or not said.get("taskNo"):
        raise Trouble(f"{file} names no taskNo", remedy="Write the fields of setVerificationTaskinfo.")
    return said
