"""Where every unit went in one replication and what every machine did: all that an animation needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.studies.inside import Inside, Told, carry_out
from simulation.studies.scenario import Scenario
from wcs.store import MissionRow
from wms.rows import table

MOST_LEGS, MOST_STATES = 100_000, 300_000
_mission = table(MissionRow)
_legs = (
    sa.select(
        _mission.c.unit, _mission.c.device, _mission.c.source, _mission.c.target, _mission.c.sent_ms,
        _mission.c.ended_ms,
    )
    .where(_mission.c.unit != "", _mission.c.state.in_(("done", "loaded")), _mission.c.source != _mission.c.target)
    .order_by(_mission.c.sent_ms, _mission.c.number)
    .limit(MOST_LEGS + 1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leg:
    """One unit, or one carrier of a line, on one device: from place to place, in plant seconds.

    A place is a point, a slot, a cell or a line. A leg that had not ended at the horizon ends there.
    """

    unit: str
    device: str
    source: str
    target: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Change:
    """From this plant second on a machine is in this state (`simulation.studies.replica.STATES`)."""

    at_s: float
    device: str
    state: str


@dataclass(frozen=True, slots=True)
class Trail:
    """One replication as it moved. Every machine is idle at 0; `cut` says that there was more than finds room."""

    scenario: str
    replication: int
    horizon_s: float
    legs: tuple[Leg, ...]
    changes: tuple[Change, ...]
    cut: bool

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it: legs and changes as lists, names of units, devices and places by number."""
        names: dict[str, int] = {}

        def number(name: str) -> int:
            return names.setdefault(name, len(names))

        legs = [
            [number(g.unit), number(g.device), number(g.source), number(g.target), g.begin_s, g.end_s]
            for g in self.legs
        ]
        changes = [[change.at_s, number(change.device), change.state] for change in self.changes]
        return {
            "scenario": self.scenario, "replication": self.replication, "horizon_s": self.horizon_s,
            "names": list(names), "legs": legs, "changes": changes, "cut": self.cut,
        }  # fmt: skip


def trail(scenario: Scenario, replication: int, *, told: Told | None = None) -> Trail:
    """Run a replication once more and return its trail; the run is the one that `inside.run` gives figures of."""
    inside = Inside(scenario, replication, told)
    carry_out(inside)
    horizon_s = inside.horizon_s
    with Session(inside.ground.engine) as session:
        rows = session.connection().execute(_legs).all()
    inside.ground.engine.dispose()
    legs = tuple(
        Leg(unit, device, source, target, sent_ms / 1000, ended_ms / 1000 if ended_ms else horizon_s)
        for unit, device, source, target, sent_ms, ended_ms in rows[:MOST_LEGS]
    )
    moves = inside.observer.moves
    changes = tuple(Change(at_ms / 1000, device, state) for at_ms, device, state in moves[:MOST_STATES])
    return Trail(
        scenario.name, replication, horizon_s, legs, changes, len(rows) > MOST_LEGS or len(moves) > MOST_STATES
    )
