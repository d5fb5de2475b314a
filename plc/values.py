"""Frozen values with some fields changed: what `dataclasses.replace` does, in half the time.

Decisions and handshakes change rows by the ten thousand a second, so it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def replace(value: T, **changes: Any) -> T:
    """Return `value` with `changes`; raises KeyError for a field that it does not have.

    >>> from plc.telegram import JournalEntry
    >>> from plc.codes import ActState
    >>> replace(JournalEntry(7, ActState.RUNNING), result=3).result
    3
    """
    kind = type(value)
    places, read = _fields(kind)
    values = list(read(value))
    for name, new in changes.items():
        values[places[name]] = new
    return kind(*values)


@cache
def _fields(kind: type[Any]) -> tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]:
    """Return the place of each field, and what reads all of them; values here have at least two."""
    names = [field.name for field in fields(kind)]
    return {name: place for place, name in enumerate(names)}, attrgetter(*names)
