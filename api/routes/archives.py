"""The archives: drivers and parameters of meters, terminals and auxiliary gear, and communication ports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.routes.common import Page
from api.routes.once import OnceRoute
from api.routes.schemes import STRICT, Revision
from api.routes.working import AUTHOR, READER, Reading, Writing
from wms.archives import service, views
from wms.archives.content import MODELS, PARAMETERS, Kind
from wms.archives.views import ArchiveView, ChangeView

router = APIRouter(tags=["archives"], route_class=OnceRoute)


class Entered(BaseModel):
    """What an archive shall say; `revision` is the one that was read, 0 for a new one."""

    model_config = STRICT
    content: dict[str, Any]
    revision: Revision = 0


class Turned(BaseModel):
    """Why an archive is retired or restored."""

    model_config = STRICT
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("/archives", dependencies=[READER])
def list_archives(work: Reading, kind: Kind | None = None, after: str = "", limit: Page = 200) -> list[ArchiveView]:
    """Return archives by kind and code, the retired ones too."""
    return views.archives(work.session, kind=kind or "", after=after, limit=limit)


@router.get("/archives/schema", dependencies=[READER])
def schema() -> dict[str, Any]:
    """Return the JSON Schema of each kind, and the parameters of each kind of gear with their limits."""
    return {"kinds": {kind: model.model_json_schema() for kind, model in MODELS.items()}, "parameters": PARAMETERS}


@router.get("/archives/{kind}/{code}", dependencies=[READER])
def show_archive(kind: Kind, code: str, work: Reading) -> ArchiveView:
    """Return one archive."""
    return views.archive(work.session, kind, code)


@router.get("/archives/{kind}/{code}/history", dependencies=[READER])
def history(kind: Kind, code: str, work: Reading, limit: Page = 200) -> list[ChangeView]:
    """Return the changes of an archive, the newest first."""
    return views.history(work.session, kind, code, limit=limit)


@router.post("/archives/{kind}/{code}", status_code=201, dependencies=[AUTHOR])
def add(kind: Kind, code: str, body: Entered, work: Writing) -> ArchiveView:
    """Add a driver or port."""
    service.add(work, kind, code, body.content)
    work.session.commit()
    return views.archive(work.session, kind, code)


@router.put("/archives/{kind}/{code}", dependencies=[AUTHOR])
def change(kind: Kind, code: str, body: Entered, work: Writing) -> ArchiveView:
    """Change a driver or port that is in use."""
    service.change(work, kind, code, body.content, revision=body.revision)
    work.session.commit()
    return views.archive(work.session, kind, code)


@router.post("/archives/{kind}/{code}/retire", dependencies=[AUTHOR])
def retire(kind: Kind, code: str, body: Turned, work: Writing) -> ArchiveView:
    """Take a driver or port out of use; it stays on record."""
    service.retire(work, kind, code, reason=body.reason)
    work.session.commit()
    return views.archive(work.session, kind, code)


@router.post("/archives/{kind}/{code}/restore", dependencies=[AUTHOR])
def restore(kind: Kind, code: str, body: Turned, work: Writing) -> ArchiveView:
    """Put a retired driver or port back to use."""
    service.restore(work, kind, code, reason=body.reason)
    work.session.commit()
    return views.archive(work.session, kind, code)
