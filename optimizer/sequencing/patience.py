"""How long something may wait because something else is nearer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """When nearness counts no more: a retrieval that waited `starved_s`, or is due within `slack_s`, goes first."""

    starved_s: float = 900.0
    slack_s: float = 180.0
