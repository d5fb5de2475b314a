"""The library as it stands: versions by kind and code, and what each builds on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.bench.sheet import Case
from wms.rows import table
from wms.schemes.access_rules import Person, Standing, may_see
from wms.schemes.content import BELOW, Block, Content, Kind, Scheme, TestCase, from_text, named
from wms.schemes.findings import Finding, Unsound
from wms.schemes.resolve import Parts, expand
from wms.schemes.tables import EntryRow, MemberRow, ProjectRow, VersionRow

_entry, _version = table(EntryRow), table(VersionRow)
_project, _member = table(ProjectRow), table(MemberRow)
_held = sa.select(
    _version, _entry.c.kind, _entry.c.code, _entry.c.owner, _entry.c.project, _entry.c.visibility
).join(_entry, _entry.c.number == _version.c.entry)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A version as the library holds it. `number` is its own, `version` counts within its entry."""

    number: int
    entry: int
    kind: Kind
    code: str
    version: int
    state: str
    content: Content
    pins: dict[str, int]
    authors: tuple[str, ...]
    revision: int
    changed_by: str
    changed_ms: int
    standing: Standing
    project: str


def newest(session: Session, kind: str, code: str, *, state: str = "", person: Person | None = None) -> Held | None:
    """Return the newest version in `state` (any, if empty) that `person` may see (None: all that there are)."""
    query = _held.where(_entry.c.kind == kind, _entry.c.code == code)
    if state:
        query = query.where(_version.c.state == state)
    for row in session.connection().execute(query.order_by(_version.c.version.desc())).mappings():
        found = held(session, row)
        if person is None or may_see(person, found.standing):
            return found
    return None


def at(session: Session, kind: str, code: str, version: int) -> Held | None:
    """Return one version, or None."""
    query = _held.where(_entry.c.kind == kind, _entry.c.code == code, _version.c.version == version)
    row = session.connection().execute(query).mappings().first()
    return None if row is None else held(session, row)


def by_number(session: Session, number: int) -> Held | None:
    """Return a version by its own number, or None."""
    row = session.connection().execute(_held.where(_version.c.number == number)).mappings().first()
    return None if row is None else held(session, row)


def held(session: Session, row: Any) -> Held:
    """Return a row of the library as a value."""
    return Held(
        row["number"], row["entry"], row["kind"], row["code"], row["version"], row["state"],
        from_text(row["kind"], row["content"]), json.loads(row["pins"]), tuple(json.loads(row["authors"])),
        row["revision"], row["changed_by"], row["changed_ms"],
        standing(session, row["owner"], row["project"], (row["visibility"], row["state"])), row["project"] or "",
    )  # fmt: skip


def standing(session: Session, owner: str, project: str | None, open_to: tuple[str, str]) -> Standing:
    """Return whose a thing is; `open_to` is its visibility and state."""
    if project is None:
        return Standing(owner, *open_to)
    lead = session.connection().execute(sa.select(_project.c.lead).where(_project.c.code == project)).scalar()
    people = session.connection().execute(sa.select(_member.c.person).where(_member.c.project == project)).scalars()
    return Standing(owner, *open_to, lead=str(lead or ""), members=frozenset(people))


def pins_of(session: Session, kind: str, content: Content) -> dict[str, int]:
    """Return the newest approved version of everything that a content builds on; raises Unsound if one has none."""
    below = BELOW.get(kind, "")
    pins: dict[str, int] = {}
    gone: list[Finding] = []
    for code in named(kind, content):
        found = newest(session, below, code, state="approved")
        if found is None:
            gone.append(Finding(f"{below}.{code}", "builds_on_unapproved", {"kind": below, "code": code}))
        else:
            pins[code] = found.version
    if gone:
        raise Unsound("scheme_unsound", gone)
    return pins


def parts_of(session: Session, version: Held, *, person: Person | None = None) -> Parts:
    """Return what a version builds on: what it was reviewed with, or the newest that `person` may see."""
    return parts(session, version.kind, version.content, version.pins, person=person)


def parts(
    session: Session, kind: str, content: Content, pins: dict[str, int], *, person: Person | None = None
) -> Parts:
    """Return what a content builds on: the versions of `pins`, else the newest that `person` may see (None: any)."""
    found = _below(session, kind, (content, pins), person)
    if kind == "case":
        return Parts(blocks=_blocks(found))
    cases = {one.code: one.content for one in found if isinstance(one.content, TestCase)}
    within = {one.code: parts_of(session, one, person=person).blocks for one in found}
    return Parts(cases=cases, whole=dict(_whole(cases, within)), within=within)


def below(session: Session, version: Held, *, person: Person | None = None) -> list[Held]:
    """Return the versions that one builds on: those it was reviewed with, else the newest that `person` may see."""
    return _below(session, version.kind, (version.content, version.pins), person)


def _below(session: Session, kind: str, what: tuple[Content, dict[str, int]], person: Person | None) -> list[Held]:
    (content, pins), lower = what, BELOW.get(kind, "")
    found = [
        newest(session, lower, code, person=person) if code not in pins else at(session, lower, code, pins[code])
        for code in named(kind, content)
    ]
    return [one for one in found if one is not None]


def _whole(cases: Mapping[str, TestCase], within: Mapping[str, Mapping[str, Block]]) -> Iterable[tuple[str, Case]]:
    """Yield each case with the blocks of its own version in place; one that lacks a block is not yielded."""
    for code, content in cases.items():
        whole = expand(code, content, within[code])
        if isinstance(whole, Case):
            yield code, whole


def _blocks(found: Iterable[Held]) -> dict[str, Block]:
    return {one.code: one.content for one in found if isinstance(one.content, Block)}


def newest_of_all(session: Session, person: Person, *, kind: str = "") -> list[Held]:
    """Return the newest version of each block, case and scheme that a person may see, by kind and code."""
    query = _held.where(_entry.c.kind == kind) if kind else _held
    query = query.order_by(_entry.c.kind, _entry.c.code, _version.c.version.desc())
    found: dict[int, Held] = {}
    for row in session.connection().execute(query).mappings().all():
        open_to = (row["visibility"], row["state"])
        if row["entry"] not in found and may_see(person, standing(session, row["owner"], row["project"], open_to)):
            found[row["entry"]] = held(session, row)
    return list(found.values())


def approved_schemes(session: Session) -> list[Held]:
    """Return the newest approved version of every scheme, by code."""
    latest = (
        sa.select(_version.c.entry, sa.func.max(_version.c.version).label("version"))
        .where(_version.c.state == "approved")
        .group_by(_version.c.entry)
        .subquery()
    )
    same = sa.and_(latest.c.entry == _version.c.entry, latest.c.version == _version.c.version)
    query = _held.join(latest, same).where(_entry.c.kind == "scheme").order_by(_entry.c.code)
    found = [held(session, row) for row in session.connection().execute(query).mappings()]
    return [one for one in found if isinstance(one.content, Scheme)]
