"""What anybody may read of the library: entries, versions, projects and run sheets."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.rows import table
from wms.schemes import contributions, library
from wms.schemes.access_rules import Person, may_keep, may_see
from wms.schemes.content import Scheme, plain
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work
from wms.schemes.findings import Finding
from wms.schemes.library import Held
from wms.schemes.resolve import inspect, plan_of
from wms.schemes.rules import Plan, remarks
from wms.schemes.tables import ChoiceRow, EntryRow, MemberRow, ProjectRow, RunSheetRow, VersionRow

_entry, _version = table(EntryRow), table(VersionRow)
_project, _member, _sheet = table(ProjectRow), table(MemberRow), table(RunSheetRow)
_choice = table(ChoiceRow)


class EntryView(BaseModel):
    """A block, case or scheme in a list; `approved` is its newest approved version, 0 if there is none."""

    kind: str
    code: str
    zh: str
    en: str
    owner: str
    project: str
    visibility: str
    version: int
    state: str
    approved: int
    changed_by: str
    changed_ms: int
    about: dict[str, Any]
    """Of a scheme: asset_class, phases, purpose, rules, accuracy_classes; of a case: item."""


class ContributionView(BaseModel):
    """What somebody would change in a draft."""

    number: int
    editor: str
    revision: int
    content: dict[str, Any]


class VersionView(BaseModel):
    """One version as a whole, with what is wrong in it and who may do what."""

    entry: EntryView
    version: int
    state: str
    revision: int
    content: dict[str, Any]
    pins: dict[str, int]
    """The versions of what it builds on that it was reviewed with."""
    authors: list[str]
    keeper: str
    mine: bool
    """Whether who asks may change and submit it."""
    findings: list[dict[str, Any]]
    remarks: list[dict[str, Any]]
    contributions: list[ContributionView]


class ProjectView(BaseModel):
    """People who build schemes together."""

    code: str
    name: str
    lead: str
    members: list[str]


class ChoiceView(BaseModel):
    """Which scheme is run for a wiring and a purpose."""

    phase: str
    purpose: str
    scheme: str
    chosen_by: str
    chosen_ms: int


class SheetView(BaseModel):
    """A run sheet in a list."""

    number: int
    scheme: str
    version: int
    formal: bool
    digest: str


def entries(session: Session, person: Person, *, kind: str = "", after: str = "", limit: int = 200) -> list[EntryView]:
    """Return what a person may see, by kind and code, from behind `after` ("case.creep-115")."""
    found = library.newest_of_all(session, person, kind=kind)
    wanted = sorted((one for one in found if f"{one.kind}.{one.code}" > after), key=lambda one: (one.kind, one.code))
    approved = _approved(session)
    return [_entry_view(one, approved) for one in wanted[:limit]]


def version(work: Work, ref: Ref, *, number: int = 0) -> VersionView:
    """Return the newest version that the person may see, or version `number`; raises Refused if there is none."""
    session, person = work.session, work.person
    if number:
        found = library.at(session, ref.kind, ref.code, number)
        found = found if found is not None and may_see(person, found.standing) else None
    else:
        found = library.newest(session, ref.kind, ref.code, person=person)
    if found is None:
        raise Refused("unknown_entry", kind=ref.kind, name=ref.code)
    offered = contributions.of_draft(work, found)
    return VersionView(
        entry=_entry_view(found, _approved(session)), version=found.version, state=found.state,
        revision=found.revision, content=plain(found.content), pins=found.pins, authors=list(found.authors),
        keeper=found.standing.keeper, mine=found.state in ("draft", "rejected") and may_keep(person, found.standing),
        findings=[finding.plain() for finding in findings_of(session, found, person)],
        remarks=[remark.plain() for remark in remarks_of(session, found, person)],
        contributions=[
            ContributionView(number=one.number, editor=one.editor, revision=one.revision, content=plain(one.content))
            for one in offered
        ],
    )  # fmt: skip


def versions(session: Session, person: Person, ref: Ref) -> list[dict[str, Any]]:
    """Return every version that a person may see, the newest first."""
    query = sa.select(_version.c.version).join(_entry, _entry.c.number == _version.c.entry)
    query = query.where(_entry.c.kind == ref.kind, _entry.c.code == ref.code).order_by(_version.c.version.desc())
    found = [
        library.at(session, ref.kind, ref.code, number) for number in session.connection().execute(query).scalars()
    ]
    return [
        {"version": one.version, "state": one.state, "authors": list(one.authors), "changed_ms": one.changed_ms}
        for one in found
        if one is not None and may_see(person, one.standing)
    ]


def findings_of(session: Session, found: Held, person: Person) -> list[Finding]:
    """Return what is wrong with a version, building on what the person may see."""
    return inspect(found.code, found.content, library.parts_of(session, found, person=person))


def remarks_of(session: Session, found: Held, person: Person) -> list[Finding]:
    """Return what a reader of a scheme should know although nothing is wrong."""
    if not isinstance(found.content, Scheme):
        return []
    plan = plan_of(found.content, library.parts_of(session, found, person=person))
    return remarks(plan) if isinstance(plan, Plan) else []


def projects(session: Session) -> list[ProjectView]:
    """Return every project, by code."""
    members: dict[str, list[str]] = {}
    for code, person in session.connection().execute(sa.select(_member).order_by(_member.c.project, _member.c.person)):
        members.setdefault(code, []).append(person)
    rows = session.connection().execute(sa.select(_project).order_by(_project.c.code))
    return [ProjectView(code=r.code, name=r.name, lead=r.lead, members=members.get(r.code, [])) for r in rows]


def sheets(session: Session, *, after: int = 0, limit: int = 200) -> list[SheetView]:
    """Return run sheets by number, from behind `after`."""
    columns = (_sheet.c.number, _sheet.c.scheme, _sheet.c.version, _sheet.c.formal, _sheet.c.digest)
    query = sa.select(*columns).where(_sheet.c.number > after).order_by(_sheet.c.number).limit(limit)
    return [SheetView(**row) for row in session.connection().execute(query).mappings()]


def choices(session: Session) -> list[ChoiceView]:
    """Return which scheme is run for each wiring and purpose where several would do."""
    query = sa.select(_choice).order_by(_choice.c.phase, _choice.c.purpose)
    return [ChoiceView(**row) for row in session.connection().execute(query).mappings()]


def _approved(session: Session) -> dict[int, int]:
    """Return the newest approved version of each entry."""
    query = sa.select(_version.c.entry, sa.func.max(_version.c.version)).where(_version.c.state == "approved")
    return {entry: newest for entry, newest in session.connection().execute(query.group_by(_version.c.entry))}


def _entry_view(found: Held, approved: dict[int, int]) -> EntryView:
    content, tree = found.content, found.content.model_dump(mode="json")
    told = (
        ("asset_class", "phases", "purpose", "rules", "accuracy_classes") if isinstance(content, Scheme) else ("item",)
    )
    return EntryView(
        kind=found.kind, code=found.code, zh=content.zh, en=content.en, owner=found.standing.owner,
        project=found.project, visibility=found.standing.visibility, version=found.version, state=found.state,
        approved=approved.get(found.entry, 0), changed_by=found.changed_by, changed_ms=found.changed_ms,
        about={name: tree[name] for name in told if name in tree},
    )  # fmt: skip
