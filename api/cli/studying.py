"""A study while it runs: a bar with the estimates so far for people, `progress.json` for whoever else wants to know."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.cli.say import err
from simulation.studies import runner
from simulation.studies.findings import Interval
from simulation.studies.store import write

FILE = "progress.json"
EVERY_S, LINE_EVERY_S = 1.0, 10.0
SHOWN = 12


class Onlooker:
    """Hears how far a study is, and tells: never more often than people or disks like."""

    def __init__(self, folder: Path, response: str, *, quiet: bool) -> None:
        """Tell about `response` in the bar; with `quiet` only `progress.json` is written."""
        self._file, self._response, self._quiet = folder / FILE, response, quiet
        self._written_s = self._said_s = -1e9
        self._bar: tuple[Progress, TaskID, dict[str, TaskID]] | None = None
        self.last: runner.Progress | None = None

    def __call__(self, now: runner.Progress) -> None:
        """Hear how far it is."""
        self.last = now
        if time.monotonic() - self._written_s >= EVERY_S:
            self.put_down("running")
        if self._bar is not None:
            self._paint(*self._bar, now)
        elif not self._quiet and time.monotonic() - self._said_s >= LINE_EVERY_S:
            self._said_s = time.monotonic()
            err.print(f"{now.done} of at most {now.planned} replications", highlight=False)

    def put_down(self, phase: str) -> None:
        """Write `progress.json`; the folder must be there."""
        self._written_s = time.monotonic()
        if (now := self.last) is not None:
            write(self._file, json.dumps(_value(now, phase)).encode())

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show a bar while the study runs, where there is a terminal."""
        if self._quiet or not err.is_terminal:
            yield
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            self._bar = progress, progress.add_task("replications, at most", total=None), {}
            try:
                yield
            finally:
                self._bar = None

    def _paint(self, progress: Progress, whole: TaskID, rows: dict[str, TaskID], now: runner.Progress) -> None:
        progress.update(whole, completed=now.done, total=now.planned)
        for scenario, found in list(now.estimates.items())[:SHOWN]:
            if scenario not in rows:
                rows[scenario] = progress.add_task("", total=now.planned / max(1, len(now.estimates)))
            of = found.get(self._response)
            text = escape(f"  {scenario}: {self._response} {estimate(of)}")
            progress.update(rows[scenario], description=text, completed=of.count if of else 0)


def estimate(of: Interval | None) -> str:
    """Return an estimate in a few characters.

    >>> estimate(Interval(101.2345, 3.2109, 5, 0.95)), estimate(None)
    ('101.2 ± 3.211', '-')
    """
    if of is None:
        return "-"
    return f"{of.mean:.4g}" + ("" if of.half_width is None else f" ± {of.half_width:.4g}")


def _value(now: runner.Progress, phase: str) -> Mapping[str, Any]:
    return {
        "done": now.done, "planned": now.planned, "running": len(now.running), "phase": phase, "lost": now.lost,
        "estimates": {
            scenario: {
                name: {"mean": of.mean, "half_width": of.half_width, "count": of.count} for name, of in found.items()
            }
            for scenario, found in now.estimates.items()
        },
    }  # fmt: skip
