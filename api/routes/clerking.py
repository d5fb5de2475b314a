"""Who works at the desks of the laboratory with a request: the session, the time, and by whose name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.papers.lot import Letterhead
from api.routes.common import Ctx, WriteDb
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk

STRICT = ConfigDict(extra="forbid")
READER, CLERK, QUALITY = (needs(role) for role in (Role.VIEWER, Role.OPERATOR, Role.ENGINEER))
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Name = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
AtMs = Annotated[int, Field(ge=-(10**15), le=10**15)]
"""Plant time in ms; certificates may be older than the plant."""
Language = Annotated[str, Query(pattern="^(en|zh)$")]


class Why(BaseModel):
    """Why something is done that somebody answers for by name."""

    model_config = STRICT
    reason: Text


@dataclass(frozen=True, slots=True)
class Clerk:
    """One piece of work by somebody."""

    desk: Desk
    name: str

    def done(self) -> None:
        """Put everything on record."""
        self.desk.close()
        self.desk.session.commit()


def _clerk(context: Ctx, db: WriteDb, who: Principal = CLERK) -> Iterator[Clerk]:
    yield Clerk(Desk(db, context.now_ms()), who.name)


def _quality(context: Ctx, db: WriteDb, who: Principal = QUALITY) -> Iterator[Clerk]:
    yield Clerk(Desk(db, context.now_ms()), who.name)


def letterhead(context: Ctx, lang: Language = "en") -> Letterhead:
    """Return the head of what is printed by this site."""
    return Letterhead(lang, context.plant.name, context.plant.epoch)


AsClerk = Annotated[Clerk, Depends(_clerk)]
AsQuality = Annotated[Clerk, Depends(_quality)]
Head = Annotated[Letterhead, Depends(letterhead)]
