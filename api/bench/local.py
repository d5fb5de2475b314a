"""The line server in the same process: for a site that runs its benches itself, and for the demo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.records import Instruction, Report, Run
from wcs.bench.sheet import RunSheet
from wms.errors import Refused
from wms.results import desk
from wms.schemes import sheets

T = TypeVar("T")


class LocalServer:
    """A `LineServer` on a database: `LocalServer(session_factory, at_ms)`; each call is one transaction.

    `rang` is called after each report, so that the controller looks at once.
    """

    def __init__(
        self,
        session_factory: Callable[[], Session],
        at_ms: Callable[[], int],
        *,
        rang: Callable[[], None] = lambda: None,
    ) -> None:
        """Work on sessions of `session_factory`, at plant times of `at_ms`."""
        self._sessions, self._at_ms, self._rang = session_factory, at_ms, rang

    async def next_run(self, bench: str) -> Run | None:
        """Return the run that stands on a bench."""

        def look(session: Session) -> Run | None:
            return desk.next_run(session, bench, at_ms=self._at_ms())

        return self._in_one(look)

    async def sheet(self, number: int) -> RunSheet:
        """Return a run sheet."""
        return self._in_one(lambda session: sheets.sheet(session, number))

    async def report(self, report: Report) -> Instruction:
        """Book a part of a report, once."""
        instruction = self._in_one(lambda session: desk.receive(session, report, at_ms=self._at_ms()))
        self._rang()
        return instruction

    def _in_one(self, work: Callable[[Session], T]) -> T:
        try:
            with self._sessions() as session:
                done = work(session)
                session.commit()
                return done
        except Refused as refusal:
            raise ServerRefused(refusal.code, str(refusal)) from refusal
        except OperationalError as error:
            raise ServerAway(str(error.orig)) from error
