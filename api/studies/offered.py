"""The study files of an installation, by name: what a browser may ask for is one of these and never a path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from api.studies.wishes import MOST_BYTES, bounded

MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """A study file: what it calls itself, its plant, its hours, and the scenarios it names."""

    file: str
    name: str
    plant: str
    hours: float
    scenarios: tuple[str, ...]


def offered(folder: Path) -> dict[str, Offered]:
    """Return the study files of a folder by file name; whatever says no plant describes something else."""
    if not folder.is_dir():
        return {}
    paths = sorted(path for path in folder.glob("*.yaml") if path.is_file())[:MOST_FILES]
    found = ((path.name, _read(path)) for path in paths)
    return {name: one for name, one in found if one is not None}


def _read(path: Path) -> Offered | None:
    try:
        tree: Any = yaml.load(bounded(path, MOST_BYTES), Loader=_loader())
    except (OSError, yaml.YAMLError):
        return None
    if not isinstance(tree, dict) or "plant" not in tree:
        return None
    told = cast("dict[str, Any]", tree)
    scenarios = told.get("scenarios")
    named = [one for one in scenarios if isinstance(one, dict)] if isinstance(scenarios, list) else []
    hours = told.get("hours", 24)
    return Offered(
        path.name, str(told.get("name", path.stem)), str(told["plant"]),
        float(hours) if isinstance(hours, int | float) else 24.0, tuple(str(one.get("name", "")) for one in named),
    )  # fmt: skip


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
