"""The scheme library: blocks, cases and schemes, their drafts and contributions, and YAML files of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.routes.common import After, Page, Serial, file_body, whole_body
from api.routes.once import OnceRoute
from api.routes.working import AUTHOR, READER, Reading, Writing
from wcs.bench.steps import step_schema
from wms.schemes import service, views
from wms.schemes.content import Content, Kind, read_content
from wms.schemes.drafts import Ref
from wms.schemes.findings import Unsound
from wms.schemes.views import EntryView, VersionView

router = APIRouter(tags=["schemes"], route_class=OnceRoute)
STRICT = ConfigDict(extra="forbid")
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Visibility = Literal["public", "project", "private"]
Project = Annotated[str, Field(max_length=40)]
Place = Annotated[str, Field(max_length=60)]
Revision = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Yaml = Annotated[bytes, Depends(whole_body)]
Schemes = Annotated[list[Code], Query(min_length=1, max_length=100)]


class Begun(BaseModel):
    """Something new, and who may see it before it is approved."""

    model_config = STRICT
    content: dict[str, Any]
    visibility: Visibility = "private"
    project: Project = ""


class Written(BaseModel):
    """What a block, case or scheme shall say; `revision` is the one that was read, 0 for a new contribution."""

    model_config = STRICT
    content: dict[str, Any]
    revision: Revision = 0


class Access(BaseModel):
    """Who may see a thing and work on it before it is approved."""

    model_config = STRICT
    visibility: Visibility
    project: Project = ""


class Choices(BaseModel):
    """Which side holds where both have changed the same steps, by the place that the conflict names."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"choices": {"steps.3": "theirs"}}]})
    choices: Annotated[dict[Place, Literal["draft", "theirs"]], Field(max_length=300)] = {}


@router.get("/library", dependencies=[READER])
def list_entries(work: Reading, kind: Kind | None = None, after: str = "", limit: Page = 200) -> list[EntryView]:
    """Return blocks, cases and schemes by kind and code; unapproved ones only if they are open to who asks."""
    return views.entries(work.session, work.person, kind=kind or "", after=after, limit=limit)


@router.get("/library/steps", dependencies=[READER])
def steps() -> dict[str, Any]:
    """Return the JSON Schema of steps, for editors."""
    return step_schema()


@router.get("/library/export", dependencies=[READER])
def export(work: Reading, scheme: Schemes, drafts: bool = False) -> Response:
    """Return schemes as one YAML file with their cases and blocks; `drafts`: the newest versions, approved or not."""
    text = service.export_yaml(work.session, scheme, person=work.person if drafts else None)
    return Response(text, media_type="application/yaml")


@router.post("/library/import", dependencies=[AUTHOR], openapi_extra=file_body("Schemes as YAML"))
def import_file(
    content: Yaml, work: Writing, visibility: Visibility = "private", project: str = "", check: bool = False
) -> dict[str, Any]:
    """Take a YAML file into the library as drafts, whole or not at all; `check`: only say what would become of it."""
    taken = service.import_yaml(work, content, visibility=visibility, project=project)
    work.session.rollback() if check else work.session.commit()
    return {"stored": not check, "taken": taken}


@router.get("/library/{kind}/{code}", dependencies=[READER])
def show_entry(kind: Kind, code: str, work: Reading, version: After = 0) -> VersionView:
    """Return the newest version that one may see, or the one asked for, with what is wrong in it."""
    return views.version(work, Ref(kind, code), number=version)


@router.get("/library/{kind}/{code}/versions", dependencies=[READER])
def list_versions(kind: Kind, code: str, work: Reading) -> list[dict[str, Any]]:
    """Return the versions of a thing, the newest first."""
    return views.versions(work.session, work.person, Ref(kind, code))


@router.post("/library/{kind}/{code}", status_code=201, dependencies=[AUTHOR])
def begin(kind: Kind, code: str, body: Begun, work: Writing) -> VersionView:
    """Begin a block, case or scheme as a draft."""
    content = read(kind, body.content)
    service.create(work, Ref(kind, code), content, visibility=body.visibility, project=body.project)
    work.session.commit()
    return views.version(work, Ref(kind, code))


@router.put("/library/{kind}/{code}", dependencies=[AUTHOR])
def edit(kind: Kind, code: str, body: Written, work: Writing) -> VersionView:
    """Write a draft anew, as its keeper."""
    service.edit(work, Ref(kind, code), read(kind, body.content), revision=body.revision)
    work.session.commit()
    return views.version(work, Ref(kind, code))


@router.post("/library/{kind}/{code}/revise", status_code=201, dependencies=[AUTHOR])
def revise(kind: Kind, code: str, work: Writing) -> VersionView:
    """Begin the next version of something approved."""
    service.revise(work, Ref(kind, code))
    work.session.commit()
    return views.version(work, Ref(kind, code))


@router.post("/library/{kind}/{code}/discard", dependencies=[AUTHOR])
def discard(kind: Kind, code: str, work: Writing) -> dict[str, str]:
    """Give a draft up."""
    service.discard(work, Ref(kind, code))
    work.session.commit()
    return {"state": "discarded"}


@router.put("/library/{kind}/{code}/access", dependencies=[AUTHOR])
def open_to(kind: Kind, code: str, body: Access, work: Writing) -> VersionView:
    """Say who may see a thing before it is approved; only its owner says so."""
    service.open_to(work, Ref(kind, code), visibility=body.visibility, project=body.project)
    work.session.commit()
    return views.version(work, Ref(kind, code))


@router.post("/library/{kind}/{code}/submit", status_code=201, dependencies=[AUTHOR])
def submit(kind: Kind, code: str, work: Writing) -> dict[str, int]:
    """Hand a draft in for review."""
    number = service.submit(work, Ref(kind, code))
    work.session.commit()
    return {"review": number}


@router.post("/library/{kind}/{code}/contribute", dependencies=[AUTHOR])
def contribute(kind: Kind, code: str, body: Written, work: Writing) -> dict[str, int]:
    """Put in what one would change in a draft that another keeps."""
    number = service.contribute(work, Ref(kind, code), read(kind, body.content), revision=body.revision)
    work.session.commit()
    return {"contribution": number}


@router.post("/contributions/{number}/merge", dependencies=[AUTHOR])
def merge(number: Serial, body: Choices, work: Writing) -> VersionView:
    """Take a contribution over into the draft; steps that both have changed are named, all at once."""
    merged = service.merge(work, number, choices=body.choices)
    work.session.commit()
    return views.version(work, Ref(merged.kind, merged.code))


@router.post("/contributions/{number}/drop", dependencies=[AUTHOR])
def drop(number: Serial, work: Writing) -> dict[str, str]:
    """Take a contribution off a draft unmerged."""
    service.drop(work, number)
    work.session.commit()
    return {"state": "dropped"}


def read(kind: str, tree: dict[str, Any]) -> Content:
    """Return the content that a body says; raises Unsound with everything that is wrong with it."""
    content = read_content(kind, tree)
    if isinstance(content, list):
        raise Unsound("scheme_unsound", content)
    return content
