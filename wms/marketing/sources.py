"""What a task's source means here: what the stock proposes from, by which schemes, and whether a sample comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from wms.errors import Refused

FILE = Path(__file__).resolve().parent.parent / "codes" / "task_sources.yaml"
KINDS = ("verify", "sample", "recheck", "count")
MOST_SAID = 32


@dataclass(frozen=True, slots=True)
class Source:
    """One source of tasks: `kind` is what is done, `states` are the boxes that the stock proposes."""

    source: str
    kind: str
    purpose: str
    states: tuple[str, ...]
    after_sampling: bool
    zh: str
    en: str


def source_of(name: str) -> Source:
    """Return a source by its name; raises Refused for one that is not in the list."""
    found = sources().get(name)
    if found is None:
        raise Refused("unknown_task_source", source=name[:MOST_SAID])
    return found


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Return every source by its name, as the file lists them."""
    rows: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = [replace(Source(**row), states=tuple(row["states"])) for row in rows]
    return MappingProxyType({one.source: one for one in found})
