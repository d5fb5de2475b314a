"""The meters of a virtual bench on ptys: one line for each position, with whatever meter hangs there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from plc.clock import Clock
from simulation.meters.pty_line import PtyLine

if TYPE_CHECKING:
    from simulation.bench.bench import VirtualBench


@contextmanager
def hang_on_ptys(bench: VirtualBench, pattern: str) -> Iterator[None]:
    """Serve each position's meter on a pty behind a link named by `pattern`, "{position}" put in; "" serves none."""
    wire = Clock.started(bench.clock.loop)
    lines = [
        PtyLine(
            spot.on_line, wire, path=Path(pattern.format(position=number)), baud=bench.habit.baud,
            faults=bench.line_faults(number),
        )
        for number, spot in bench.spots.items()
        if pattern
    ]  # fmt: skip
    try:
        for line in lines:
            line.open()
        yield
    finally:
        for line in lines:
            line.close()
