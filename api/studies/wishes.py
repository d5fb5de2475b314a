"""What somebody asked for: one study to be run, kept beside its results, so that a restart loses nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

FILE, FOUND = "wish.json", "found"
MOST_BYTES = 1_000_000
MOST_WORKERS, MOST_REPLICATIONS = 64, 1000
State = Literal["waiting", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = ("waiting", "running", "done", "failed", "cancelled")
OPEN: tuple[State, ...] = ("waiting", "running")


class Wish(BaseModel):
    """A study that shall run; `said` is what its process said last where it failed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: Annotated[str, Field(min_length=1, max_length=200)]
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] = 1
    replications: Annotated[int, Field(ge=2, le=MOST_REPLICATIONS)] | None = None
    by: str
    asked_at: AwareDatetime
    state: State = "waiting"
    said: str = ""


def write(folder: Path, wish: Wish) -> None:
    """Keep a wish in the folder of its results; what was there is replaced at once."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{FILE}.new"
    with beside.open("w", encoding="utf-8") as out:
        out.write(wish.model_dump_json(indent=1))
        out.flush()
        os.fsync(out.fileno())
    os.replace(beside, folder / FILE)


def read(folder: Path) -> Wish | None:
    """Return the wish of a folder; None where nobody's console asked for it, or what stands there is none."""
    try:
        return Wish.model_validate_json(bounded(folder / FILE))
    except (OSError, ValidationError):
        return None


def kept(folder: Path) -> Path:
    """Return where the command keeps what it finds: beside the wish, or right here if nobody's console asked for it."""
    return folder / FOUND if (folder / FILE).is_file() else folder


def bounded(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return a file of at most so many bytes. Raises OSError if it is not there or larger."""
    with path.open("rb") as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise OSError(f"{path.name} is larger than {most} bytes")
    return content


def results(root: Path) -> Iterator[tuple[str, Path]]:
    """Give the name and folder of every study that was run or shall be; what leads elsewhere is left out."""
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            yield folder.name, folder


def new_folder(root: Path, file: str, asked_at: datetime) -> Path:
    """Return a folder that is not there yet, named after its study and the minute it was asked for."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", Path(file).stem).strip("-").lower()[:60] or "study"
    name = f"{stem}-{asked_at:%Y%m%d-%H%M}"
    number, folder = 1, root / name
    while folder.exists():
        number += 1
        folder = root / f"{name}-{number}"
    return folder
