"""What commands of the laboratory share: a desk for work done here, dates, and papers written to files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from api.cli.acting import Actor, Call, do
from api.cli.plant import load_plant
from api.cli.say import Trouble, out
from api.papers.lot import Letterhead
from api.security.roles import Role
from wms.desk import Desk
from wms.schemes.duties import Work

Reason = Annotated[str, typer.Option(help="Why: it is kept with your name.")]


def read(path: str, direct: Callable[[Work], Any], **params: Any) -> Any:
    """Return what anybody may read: by the running site, else from the database itself."""
    call = Call(Role.VIEWER, "GET", path, lambda work: plain(direct(work)))
    return do(Actor(), call, **({"params": params} if params else {}))


def write(actor: Actor, call: tuple[Role, str, str], direct: Callable[[Desk, str], Any], **body: Any) -> Any:
    """Do something by the running site, else at a desk of our own; return what came of it."""
    role, method, path = call

    def here(work: Work) -> Any:
        desk = Desk(work.session, work.at_ms)
        done = direct(desk, work.person.name)
        desk.close()
        return plain(done)

    return do(actor, Call(role, method, path, here), json=body)


def plain(value: Any) -> Any:
    """Return views as plain values."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [plain(one) for one in value] if isinstance(value, list) else value


def plant_ms(plant: Path, day: str) -> int:
    """Return the plant time of the beginning of a day, in the zone of the plant's epoch."""
    epoch = load_plant(plant).epoch
    try:
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), epoch.tzinfo or UTC)
    except ValueError as error:
        raise Trouble(f"{day!r} is no date", remedy="Write it as YYYY-MM-DD.") from error
    return round((at - epoch).total_seconds() * 1000)


def letterhead(plant: Path, language: str) -> Letterhead:
    """Return the head of what is printed for the site of a plant file."""
    if language not in ("en", "zh"):
        raise Trouble(f"{language!r} is no language of ours", remedy="Take en or zh.")
    loaded = load_plant(plant)
    return Letterhead(language, loaded.name, loaded.epoch)


def save(path: Path, content: bytes) -> None:
    """Write a file; raises Trouble if it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}", remedy="Name a folder that exists and may be written.") from error
    out.print(f"{path}: {len(content):,} bytes", highlight=False)
