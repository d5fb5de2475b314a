"""What may go wrong beyond the kinds whose reaction the plant file chooses: a cell and its work, a bench."""

from __future__ import annotations

from enum import StrEnum

from plc.codes import FaultCode
from plc.plant.kinds import Reaction


class CellFault(StrEnum):
    """What an operator must see of a cell; the code of an alarm says more where there is more to say."""

    USED_UP = "used_up"  # it waits for seals, boxes or labels, and can still be told to take them
    GAVE_UP = "gave_up"  # a mission ended with nothing taken in: all stands where it stood
    REFUSED = "refused"  # the same, and no waiting will end it: what it shall take is not there for it
    WORK_HELD = "work_held"  # it gave up or refused what it has aboard
    FINDING_STRANGE = "finding_strange"  # it names meters that are not there, or leaves some out
    NO_FINDING = "no_finding"  # it ended without saying what it has found
    MEMORY_LOST = "memory_lost"  # it has forgotten a mission that it was sent
    BENCH_STOPPED = "bench_stopped"  # a run on it was given up


USED_UP = frozenset({FaultCode.SEALS_EMPTY, FaultCode.BOXES_EMPTY, FaultCode.LABELS_EMPTY})
"""Fault codes that close nothing: the cell must take the command that brings what is missing."""
OF_MISSION = frozenset(
    {CellFault.WORK_HELD, CellFault.FINDING_STRANGE, CellFault.NO_FINDING, CellFault.MEMORY_LOST}
)  # fmt: skip
"""Alarms about one mission, each with its own: they are over when somebody has settled it."""
REACTIONS = {CellFault.GAVE_UP: Reaction.RETRY, CellFault.REFUSED: Reaction.RETRY}
"""What is done; with any other, somebody must put it right."""
