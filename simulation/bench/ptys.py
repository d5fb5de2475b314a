"""The meters of a virtual bench on ptys: one line for each position, with whatever meter hangs there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.bench.bench import VirtualBench


@contextmanager
def hang_on_ptys(bench: VirtualBench, pattern: str) -> Iterator[None]:
    """Serve each position's meter on a pty behind a link named by `pattern`, "{position}" put in; "" serves none."""
    yield
