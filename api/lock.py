"""One `serve` per data folder: the lock, and how a command on the same machine finds and talks to it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE = "serve.lock"
TRIES, PAUSE_S = 5, 0.05


class AlreadyServed(RuntimeError):
    """Another process serves this data folder."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the running `serve` listens, and the token that lets this user's commands in."""

    url: str
    token: str
    pid: int


@contextmanager
def hold(folder: Path, *, url: str, token: str) -> Iterator[None]:
    """Hold the folder's lock; readable by its owner alone. Raises AlreadyServed."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not any(_taken(handle) for _ in range(TRIES)):
            raise AlreadyServed(f"another process serves {folder}")
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"url": url, "token": token, "pid": os.getpid()}).encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    """Return whether the lock is ours now; who only looks (`find`) has it for a moment."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        time.sleep(PAUSE_S)
        return False
    return True


def find(folder: Path) -> Served | None:
    """Return the running `serve` of a folder, or None if nobody holds its lock."""
    try:
        handle = os.open(folder / FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except OSError:
        text = os.pread(handle, 4096, 0)
        return Served(**json.loads(text)) if text else None
    finally:
        os.close(handle)
