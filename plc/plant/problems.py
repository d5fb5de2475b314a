"""What is wrong with a plant file, told so that its author can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: where it stands in the file's tree, what is wrong, and what would do."""

    path: Path
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake as its author reads it: with file, line (from 1), path and the value found there."""

    file: str
    line: int
    path: str
    value: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return the mistake in one line."""
        found = f" = {self.value}" if self.value else ""
        return f"{self.file}:{self.line}: {self.path}{found}: {self.message}; {self.remedy}"


class PlantError(Exception):
    """A plant file cannot be used; `problems` has every reason at once, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Say all of them."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def dotted(path: Path) -> str:
    """Return a path as one reads it.

    >>> dotted(("aisles", "A1", "height_classes", 0, "name"))
    'aisles.A1.height_classes[0].name'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "(the file)"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a remedy: the known name that looks most like `name`, else what there is to choose from.

    >>> nearest("speed", ["speed_m_s", "length_m"])
    'did you mean `speed_m_s`?'
    >>> nearest("colour", ["id", "plc"])
    'known are: id, plc'
    """
    names = list(known)
    if close := difflib.get_close_matches(name, names, n=1, cutoff=0.55):
        return f"did you mean `{close[0]}`?"
    if not names:
        return "remove it"
    return f"known are: {', '.join(names[:SHOWN])}" + (", ..." if len(names) > SHOWN else "")
