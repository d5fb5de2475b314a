"""Two ptys, wired to each other: what a master and a foreign slave open as serial ports."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def null_modem() -> Iterator[tuple[str, str]]:
    """Give the devices of both ends; bytes written to one come out of the other while the loop runs."""
    loop = asyncio.get_running_loop()
    pairs = [os.openpty(), os.openpty()]
    for ends in pairs:
        for end in ends:
            tty.setraw(end)
    (one, _), (other, _) = pairs
    for source, target in ((one, other), (other, one)):
        loop.add_reader(source, lambda source=source, target=target: os.write(target, os.read(source, 4096)))
    try:
        yield os.ttyname(pairs[0][1]), os.ttyname(pairs[1][1])
    finally:
        for master in (one, other):
            loop.remove_reader(master)
        for ends in pairs:
            for end in ends:
                os.close(end)
