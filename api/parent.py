"""End with the process that started us: a demo that is killed must not leave its plant running."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Callable


def end_with_parent(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
    """Call `stop` when the pipe on standard input closes; does nothing where standard input is no pipe."""
    stdin = sys.stdin.fileno() if sys.stdin is not None else -1
    if stdin < 0 or not stat.S_ISFIFO(os.fstat(stdin).st_mode):
        return

    def readable() -> None:
        if not os.read(stdin, 1024):
            loop.remove_reader(stdin)
            stop()

    loop.add_reader(stdin, readable)
