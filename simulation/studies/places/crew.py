"""What the runner asks of the places where replications run: `Places` opens a `Crew`, which is sent errands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from simulation.studies.replica import Replica

MOST_DEATHS = 3
"""So many workers that end with the same replication are its own doing, as for want of memory."""


class Work(Protocol):
    """What runs one replication of one scenario: a function of a module, so that other processes find it."""

    def __call__(self, scenario: Any, replication: int, /, *, told: Callable[[float], None] | None = None) -> Replica:
        """Return what the replication gives; `told` gets the plant seconds that are over."""
        ...


@dataclass(frozen=True, slots=True)
class Errand:
    """One replication to be run, of the scenario with this index."""

    scenario: int
    replication: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The replication is there."""

    errand: Errand
    replica: Replica


@dataclass(frozen=True, slots=True)
class Going:
    """The replication has come to this plant time."""

    errand: Errand
    plant_s: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Its worker ended; the crew has begun it again elsewhere."""

    errand: Errand


@dataclass(frozen=True, slots=True)
class Failed:
    """The replication raised: `why` is the traceback. It would again, so nobody tries."""

    errand: Errand
    why: str


Heard = Returned | Going | Lost | Failed


class Crew(Protocol):
    """Workers that are there. None of them ever decides what a replication gives."""

    def width(self) -> int:
        """Return how many replications can run at once just now."""
        ...

    def send(self, errand: Errand) -> None:
        """Have a replication run."""
        ...

    def hear(self) -> Heard | None:
        """Wait for the next that there is to hear; None now and then, so that the caller can look around.

        Raises ReplicationFailed for one that ends its workers, PlacesLost if nobody is left.
        """
        ...


class Places(Protocol):
    """Somewhere to run replications."""

    def open(self, work: Work, scenarios: Sequence[Any]) -> AbstractContextManager[Crew]:
        """Return the crew that runs `work` on these scenarios, gone at the end with what it was doing.

        Raises PlacesLost if nobody is there.
        """
        ...
