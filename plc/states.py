"""State tables: which event leads where, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)


class IllegalTransition(Exception):
    """An event came in a state whose table has no row for it: a bug, never a device's fault."""


def after(table: Mapping[tuple[S, type], S], state: S, event: object) -> S:
    """Return the state that `event` leads to; raises IllegalTransition where the table has no row."""
    try:
        return table[state, type(event)]
    except KeyError:
        raise IllegalTransition(f"{type(event).__name__} in {type(state).__name__}.{state.name}") from None


def final_states(table: Mapping[tuple[S, type], S]) -> set[S]:
    """Return the states that nothing leads out of."""
    return set(table.values()) - {state for state, _ in table}


def reachable(table: Mapping[tuple[S, type], S], start: S) -> set[S]:
    """Return every state that some run of events leads to from `start`, itself included."""
    found = {start}
    while more := {to for (state, _), to in table.items() if state in found} - found:
        found |= more
    return found


def diagram(table: Mapping[tuple[S, type], S]) -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    rows = [f"    {state.value} --> {to.value}: {event.__name__}" for (state, event), to in table.items()]
    return "\n".join(["stateDiagram-v2", *rows])
