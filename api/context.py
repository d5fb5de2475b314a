"""What the face works with: its own connections, the live picture, and the bell of the controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.live import Picture
from api.settings import Settings
from plc.plant.model import Plant


@dataclass(slots=True)
class Context:
    """One face of one site. `engine` is not the controller's; `ring` may be called from any thread."""

    plant: Plant
    engine: Engine
    settings: Settings
    picture: Picture
    now_ms: Callable[[], int]
    ring: Callable[[], None]
    telegrams: Callable[[str, int], list[dict[str, Any]]]  # (plc, how many): the flight recorder's newest
    local_token: str = ""
    extras: dict[str, Any] = field(default_factory=dict[str, Any])

    def session(self) -> Session:
        """Return a new session; the caller closes it."""
        return Session(self.engine, expire_on_commit=False)

    def reading(self) -> Session:
        """Return a new session that only reads: on SQLite it waits for no writer and holds none up."""
        return Session(self.engine.execution_options(read_only=True), expire_on_commit=False)
