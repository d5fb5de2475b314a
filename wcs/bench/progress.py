"""How far a run has come: what a bench client must know to go on after a power cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter

from wcs.bench.records import Place, Run, RunState

STATION_ITEMS = {"withstand": "withstand", "imaging": "appearance"}
"""The item that a station before the bench has tested."""
FAILED_BEFORE, UNTESTED_BEFORE = "failed_before", "station_missing"
FINDINGS = frozenset({"pass", "fail"})


@dataclass(slots=True)
class Standing:
    """How one meter stands in a run, by complete cases only."""

    position: int
    bar_code: str
    cause: str = ""
    """Why it was dropped out; empty as long as it is in."""
    failed: list[str] = field(default_factory=list[str])
    """Items that failed, each once."""
    untested: list[str] = field(default_factory=list[str])
    """Items that could not be tested, e.g. key download while keys are held."""
    address_read: str = ""
    key_tried: bool = False
    """A key was, or may have been, sent: its status is read before anything else."""


@dataclass(slots=True)
class Progress:
    """How far a run has come. `part` and `serial` are the last that were used."""

    run: str
    standings: dict[int, Standing]
    state: RunState = "taken"
    done: int = 0
    """Cases of the sheet that are complete."""
    part: int = 0
    serial: int = 0
    begun: bool = False
    """The bench has worked on it before: going on is a restart."""
    ended: bool = False


PROGRESS = TypeAdapter(Progress)


def begin(run: Run) -> Progress:
    """Return the progress of a run that has not begun."""
    return Progress(run.id, {place.position: _standing(place) for place in run.places})


def _standing(place: Place) -> Standing:
    """Return how a meter stands at the start.

    One that failed at a station before, or of which a station before has said nothing, is never powered here.
    """
    standing = Standing(place.position, place.bar_code)
    standing.failed = [item for station, item in STATION_ITEMS.items() if place.stations.get(station) == "fail"]
    silent = any(found not in FINDINGS for found in place.stations.values())
    standing.cause = FAILED_BEFORE if standing.failed else UNTESTED_BEFORE if silent else ""
    return standing
