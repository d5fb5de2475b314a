"""Who works in the library or the archives with a request: the session, the person with their duties, the time."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.routes.common import Ctx, Db, WriteDb
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from wms.schemes.duties import Work, work_of

READER, REVIEWER, AUTHOR, ADMIN = (
    needs(role) for role in (Role.VIEWER, Role.OPERATOR, Role.ENGINEER, Role.ADMIN)
)  # fmt: skip


def _reading(context: Ctx, db: Db, who: Principal = READER) -> Work:
    return work_of(db, by=who.name, at_ms=context.now_ms())


def _reviewing(context: Ctx, db: WriteDb, who: Principal = REVIEWER) -> Work:
    return work_of(db, by=who.name, at_ms=context.now_ms())


def _writing(context: Ctx, db: WriteDb, who: Principal = AUTHOR) -> Work:
    return work_of(db, by=who.name, at_ms=context.now_ms())


def _granting(context: Ctx, db: WriteDb, who: Principal = ADMIN) -> Work:
    return work_of(db, by=who.name, at_ms=context.now_ms())


Reading = Annotated[Work, Depends(_reading)]
Reviewing = Annotated[Work, Depends(_reviewing)]
Writing = Annotated[Work, Depends(_writing)]
Granting = Annotated[Work, Depends(_granting)]
