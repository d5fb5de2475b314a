"""How a bench works where its sheet says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from plc.meters.client import Frame


@dataclass(frozen=True, slots=True)
class Habits:
    """Times and patience of a bench; all times are plant time."""

    watch_s: float = 1.0
    """Between two looks at the thermometers."""
    confirm_s: float = 2.0
    """In which a bypass must be confirmed, or the source goes off."""
    source_share: float = 0.05
    """By how much the standard may read beside what the source was asked for."""
    recover_s: float = 10.0
    """Between two looks whether equipment answers again, or the air is good again."""
    recover_tries: int = 360
    hold_s: float = 60.0
    """Between two looks whether keys are still held, all other items being done."""
    hold_tries: int = 480
    case_tries: int = 3
    """Times that a case is begun again after trouble with the equipment, before its run is given up."""
    poll_s: float = 5.0
    """Between two questions for the next run."""
    retry_s: float = 10.0
    """Between two tries to reach the line server."""
    epoch: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    """The instant at which plant time is 0; the clocks of meters are compared with it."""
    frames: Callable[[int, Frame], None] | None = None
    """Told every frame on the line of a position."""
