"""A Dask cluster by the address of its scheduler. A worker that is killed loses nothing: its work is begun elsewhere.

Every worker must have the same Python and the same Metrostack, or a study would be of two programs.
"""

from __future__ import annotations

import platform
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from simulation.studies.errors import PlacesLost, ReplicationFailed
from simulation.studies.places.crew import MOST_DEATHS, Crew, Errand, Failed, Heard, Lost, Returned, Work
from simulation.studies.plan import build

if TYPE_CHECKING:
    from distributed import Client, Future

ANSWER_S, LOOK_S = 5, 1
PATIENCE = 60
"""So many looks without any worker are enough."""


def what_runs() -> tuple[str, str]:
    """Return the Python and the Metrostack of this process."""
    return platform.python_version(), build()


def _run(work: Work, scenario: Any, replication: int) -> tuple[bool, Any]:
    """Return (True, replica), or (False, traceback): what runs on a worker."""
    try:
        return True, work(scenario, replication)
    except Exception:  # whatever it is, it is told where people see it
        return False, traceback.format_exc()


class ClusterCrew:
    """The workers of a Dask cluster."""

    def __init__(self, client: Client, work: Work, scenarios: Sequence[Any]) -> None:
        """Take the workers as they are; more may come, and some may go."""
        self._client, self._work, self._scenarios = client, work, tuple(scenarios)
        self._sent: dict[Future[Any], Errand] = {}
        self._deaths: Counter[Errand] = Counter()
        self._alone = 0

    def width(self) -> int:
        """Return the number of threads of all workers just now, but one at least."""
        return max(1, sum(_threads(self._client).values()))

    def send(self, errand: Errand) -> None:
        """Have a replication run somewhere.

        The scenario goes with each: what is scattered once is lost with the worker that holds it.
        """
        scenario = self._scenarios[errand.scenario]
        key = f"{self._client.id}-{errand.scenario}-{errand.replication}-{self._deaths[errand]}"
        future = self._client.submit(_run, self._work, scenario, errand.replication, key=key, pure=False)
        self._sent[future] = errand

    def hear(self) -> Heard | None:
        """Wait for the next that is over."""
        from distributed import wait

        try:
            with self._client.as_current():
                wait(list(self._sent), timeout=LOOK_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return self._look()
        except Exception as error:  # a lost scheduler shows as one of many
            raise PlacesLost("the scheduler of the cluster does not answer any more") from error
        future = next(future for future in self._sent if future.done())
        return self._listen(future, self._sent.pop(future))

    def close(self) -> None:
        """Take back what is not over yet."""
        if self._sent and self._client.status == "running":
            self._client.cancel(list(self._sent), force=True)

    def _look(self) -> None:
        """Look whether anybody is still there; raises PlacesLost if nobody was for too long."""
        if self._client.status != "running":
            raise PlacesLost("the scheduler of the cluster does not answer any more")
        self._alone = 0 if _threads(self._client) else self._alone + 1
        if self._alone >= PATIENCE:
            raise PlacesLost("the cluster has no workers any more")

    def _listen(self, future: Future[Any], errand: Errand) -> Heard:
        from distributed import KilledWorker

        if future.status == "cancelled":
            raise PlacesLost("the scheduler of the cluster is gone, or somebody took the work back")
        try:
            well, given = future.result()
        except KilledWorker:
            return self._again(errand)
        except Exception as error:  # it could not even begin there
            return Failed(errand, repr(error))
        return Returned(errand, given) if well else Failed(errand, given)

    def _again(self, errand: Errand) -> Lost:
        """Send a replication again whose workers ended, as often as the scheduler lets them, and no more than some."""
        self._deaths[errand] += 1
        if self._deaths[errand] >= MOST_DEATHS:
            raise ReplicationFailed(
                f"replication {errand.replication} ended one worker after the other; is there enough memory?"
            )
        self.send(errand)
        return Lost(errand)


@dataclass(frozen=True, slots=True)
class ClusterPlaces:
    """The Dask cluster whose scheduler listens at this address, as `tcp://host:8786`."""

    address: str

    @contextmanager
    def open(self, work: Work, scenarios: Sequence[Any]) -> Iterator[Crew]:
        """Return the cluster's workers, once it is sure that they run the same program."""
        client = _client(self.address)
        try:
            _same(client)
            crew = ClusterCrew(client, work, scenarios)
            try:
                yield crew
            finally:
                crew.close()
        finally:
            client.close()


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise PlacesLost("`distributed` is not installed; install metrostack[cluster]") from error
    try:
        return Client(address, timeout=ANSWER_S, set_as_default=False)
    except ValueError as error:
        raise PlacesLost(f"{address} is no address of a scheduler; it looks like tcp://host:8786") from error
    except OSError as error:  # TimeoutError is one too
        raise PlacesLost(f"no Dask scheduler answers at {address} within {ANSWER_S} s") from error


def _threads(client: Client) -> dict[str, int]:
    try:
        return cast("dict[str, int]", client.nthreads())  # a client that is not asynchronous answers at once
    except (OSError, RuntimeError, ValueError) as error:  # what a client says that has lost its scheduler
        raise PlacesLost("the scheduler of the cluster does not answer any more") from error


def _same(client: Client) -> None:
    """Raise PlacesLost unless there are workers and all of them run what runs here."""
    if not _threads(client):
        raise PlacesLost("the cluster has no workers; start some with `dask worker ADDRESS`")
    here, run = what_runs(), cast("dict[str, Any]", client.run(what_runs, on_error="return"))
    others = {address: said for address, said in run.items() if said != here}
    if others:
        told = "; ".join(f"{address}: {_differs(said, here)}" for address, said in sorted(others.items()))
        raise PlacesLost(f"not every worker runs Python {here[0]} and Metrostack {here[1]}: {told}")


def _differs(said: Any, here: tuple[str, str]) -> str:
    if isinstance(said, BaseException):
        return f"Metrostack is not there or cannot be loaded ({said})"
    return f"Python {said[0]}" if said[0] != here[0] else f"Metrostack {said[1]}"
