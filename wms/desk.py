"""What one piece of work at the WMS has in hand: the session, the time, and the facts it will leave behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from wcs import journal
from wcs.journal import Fact
from wms.reasons import Reason
from wms.rows import table
from wms.stock.tables import ClarificationRow

_clarification = table(ClarificationRow)


@dataclass(slots=True)
class Desk:
    """One piece of work. `changed` is set by what may let something else go on, `supplied` by new stock to promise."""

    session: Session
    at_ms: int
    facts: list[Fact] = field(default_factory=list[Fact])
    changed: bool = False
    supplied: bool = False

    @property
    def connection(self) -> Connection:
        """The connection of the transaction that all of it belongs to."""
        return self.session.connection()

    def book(self, kind: str, subject: str, /, **payload: Any) -> None:
        """Note a fact for the journal."""
        self.facts.append(Fact(kind, subject, payload))

    def clarify(self, subject: str, reason: Reason) -> None:
        """Ask a person to look into something; the same question about the same thing is asked once."""
        same = sa.select(_clarification.c.number).where(
            _clarification.c.subject == subject, _clarification.c.reason == reason.code, sa.text("closed_ms = 0")
        )
        if self.connection.execute(same).first() is not None:
            return
        row = {"subject": subject, "reason": reason.code, "params": reason.params_json(), "raised_ms": self.at_ms}
        self.connection.execute(sa.insert(_clarification), row | {"closed_ms": 0})
        self.book("ClarificationRaised", subject, reason=reason.code, params=dict(reason.params))

    def open_about(self, subject: str) -> list[str]:
        """Return the reasons of what a person is asked about `subject`."""
        query = sa.select(_clarification.c.reason).where(_clarification.c.subject == subject, sa.text("closed_ms = 0"))
        return list(self.connection.execute(query.order_by(_clarification.c.number)).scalars())

    def clarified(self, subject: str) -> None:
        """Close what was open about `subject`."""
        done = sa.update(_clarification).where(_clarification.c.subject == subject, sa.text("closed_ms = 0"))
        if self.connection.execute(done.values(closed_ms=max(1, self.at_ms))).rowcount:
            self.book("ClarificationClosed", subject)

    def close(self) -> None:
        """Write the facts into the journal, in their order."""
        journal.append(self.session, self.at_ms, self.facts)
        self.facts = []
