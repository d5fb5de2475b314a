"""What a bench works with: its equipment, its clock, its disk, its encryption machine, and who hears of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from plc.bench.equipment import Equipment
from plc.clock import Clock
from plc.meters.security import SecurityBox
from wcs.bench.habits import Habits
from wcs.bench.records import Instruction, Report
from wcs.bench.spool import Spool


@dataclass(frozen=True, slots=True)
class Workplace:
    """One bench, ready to work."""

    equipment: Equipment
    clock: Clock
    spool: Spool
    box: SecurityBox
    tell: Callable[[Report], None]
    """Hears of each part of a report; it is in the spool by then."""
    orders: Callable[[], Awaitable[Instruction | None]]
    """What the line server says once it has all parts so far; None: it cannot be reached."""
    aborted: Callable[[str], bool]
    """Whether the line server wants a run, by its id, to stop at once."""
    habits: Habits
