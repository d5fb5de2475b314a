"""What anybody may read of the archives."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.archives.content import MeterDriver, TerminalDriver
from wms.archives.service import active
from wms.archives.tables import ArchiveChangeRow, ArchiveRow
from wms.errors import Refused
from wms.rows import table

_archive, _change = table(ArchiveRow), table(ArchiveChangeRow)


class ArchiveView(BaseModel):
    """A driver with its parameters, or a port."""

    kind: str
    code: str
    state: str
    revision: int
    content: dict[str, Any]
    changed_by: str
    changed_ms: int


class ChangeView(BaseModel):
    """One change of an archive, with what it said from then on."""

    revision: int
    action: str
    reason: str
    content: dict[str, Any]
    changed_by: str
    changed_ms: int


def archives(session: Session, *, kind: str = "", after: str = "", limit: int = 200) -> list[ArchiveView]:
    """Return archives by kind and code, from behind `after` ("meter.dlt645-2007"); the retired ones too."""
    name = _archive.c.kind + "." + _archive.c.code
    query = sa.select(_archive).where(name > after).order_by(name).limit(limit)
    if kind:
        query = query.where(_archive.c.kind == kind)
    return [_view(row) for row in session.connection().execute(query).mappings()]


def archive(session: Session, kind: str, code: str) -> ArchiveView:
    """Return one archive; raises Refused if there is none."""
    return _view(_row(session, kind, code))


def history(session: Session, kind: str, code: str, *, limit: int = 200) -> list[ChangeView]:
    """Return the changes of an archive, the newest first; raises Refused if there is none."""
    query = sa.select(_change).where(_change.c.archive == _row(session, kind, code)["number"])
    rows = session.connection().execute(query.order_by(_change.c.revision.desc()).limit(limit)).mappings()
    told = (name for name in ChangeView.model_fields if name != "content")
    names = tuple(told)
    return [ChangeView(**{name: row[name] for name in names}, content=json.loads(row["content"])) for row in rows]


def driver_for(session: Session, model: str) -> MeterDriver | TerminalDriver | None:
    """Return the driver in use that serves a model of meters, terminals or modules; None if there is none."""
    for one in active(session).values():
        if isinstance(one, MeterDriver | TerminalDriver) and model in one.models:
            return one
    return None


def _row(session: Session, kind: str, code: str) -> Any:
    query = sa.select(_archive).where(_archive.c.kind == kind, _archive.c.code == code)
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise Refused("unknown_archive", kind=kind, name=code)
    return row


def _view(row: Any) -> ArchiveView:
    told = {name: row[name] for name in ArchiveView.model_fields if name != "content"}
    return ArchiveView(**told, content=json.loads(row["content"]))
