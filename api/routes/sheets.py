"""Run sheets, which scheme is run for what, and the people who build schemes together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.routes.common import After, Page, Serial
from api.routes.once import OnceRoute
from api.routes.schemes import STRICT, Code
from api.routes.working import AUTHOR, READER, REVIEWER, Reading, Reviewing, Writing
from wcs.bench.sheet import RunSheet
from wms.schemes import service, views
from wms.schemes.content import Purpose, Wiring
from wms.schemes.views import ChoiceView, ProjectView, SheetView

router = APIRouter(tags=["schemes"], route_class=OnceRoute)
Person = Annotated[str, Field(min_length=1, max_length=64)]


class Compile(BaseModel):
    """Whether a scheme is only tried: the newest version that one may see; its results are never formal."""

    model_config = STRICT
    trial: bool = False


class Chosen(BaseModel):
    """A scheme for a wiring and a purpose."""

    model_config = STRICT
    scheme: Code


class Founding(BaseModel):
    """A project; who founds it leads it."""

    model_config = STRICT
    name: Annotated[str, Field(max_length=100)] = ""
    members: Annotated[list[Person], Field(max_length=200)] = []


class Members(BaseModel):
    """Who works in a project; `lead` hands it over."""

    model_config = STRICT
    members: Annotated[list[Person], Field(max_length=200)]
    lead: Annotated[str, Field(max_length=64)] = ""


@router.post("/schemes/{code}/sheet", dependencies=[REVIEWER])
def compile_sheet(code: str, body: Compile, work: Reviewing) -> SheetView:
    """Compile a scheme for the benches; the same content has the same number."""
    made = service.compile_sheet(work.session, code, trial=body.trial, by=work.person.name)
    work.session.commit()
    return SheetView(
        number=made.number, scheme=made.scheme, version=made.version, formal=made.formal, digest=made.digest
    )


@router.get("/sheets", dependencies=[READER])
def list_sheets(work: Reading, after: After = 0, limit: Page = 200) -> list[SheetView]:
    """Return run sheets by number."""
    return views.sheets(work.session, after=after, limit=limit)


@router.get("/sheets/{number}", dependencies=[READER])
def show_sheet(number: Serial, work: Reading) -> RunSheet:
    """Return a run sheet as benches get it."""
    return service.sheet(work.session, number)


@router.get("/scheme-choices", dependencies=[READER])
def list_choices(work: Reading) -> list[ChoiceView]:
    """Return which scheme is run for each wiring and purpose."""
    return views.choices(work.session)


@router.put("/scheme-choices/{phase}/{purpose}", dependencies=[AUTHOR])
def choose(phase: Wiring, purpose: Purpose, body: Chosen, work: Writing) -> list[ChoiceView]:
    """Say which approved scheme is run for a wiring and a purpose."""
    service.choose(work, phase=phase, purpose=purpose, scheme=body.scheme)
    work.session.commit()
    return views.choices(work.session)


@router.get("/scheme-projects", dependencies=[READER])
def list_projects(work: Reading) -> list[ProjectView]:
    """Return the projects with their leads and members."""
    return views.projects(work.session)


@router.post("/scheme-projects/{code}", status_code=201, dependencies=[AUTHOR])
def found_project(code: str, body: Founding, work: Writing) -> list[ProjectView]:
    """Found a project and lead it."""
    service.found_project(work, code, name=body.name, members=body.members)
    work.session.commit()
    return views.projects(work.session)


@router.put("/scheme-projects/{code}", dependencies=[AUTHOR])
def set_members(code: str, body: Members, work: Writing) -> list[ProjectView]:
    """Say who works in a project, as its lead."""
    service.set_members(work, code, body.members, lead=body.lead)
    work.session.commit()
    return views.projects(work.session)
