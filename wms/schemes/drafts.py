"""Drafts: begun, changed, opened to others, given up. What is submitted or approved is not changed by anybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wms.errors import Refused
from wms.rows import table
from wms.schemes import library
from wms.schemes.access_rules import may_begin, may_edit, may_keep, may_see
from wms.schemes.bundle import is_code
from wms.schemes.content import KINDS, Content, Kind, text_of
from wms.schemes.duties import SOFTWARE, Work
from wms.schemes.library import Held
from wms.schemes.tables import VISIBILITIES, ContributionRow, EntryRow, MemberRow, ProjectRow, ReviewRow, VersionRow

_entry, _version, _contribution = table(EntryRow), table(VersionRow), table(ContributionRow)
_project, _member, _review = table(ProjectRow), table(MemberRow), table(ReviewRow)
EDITABLE = ("draft", "rejected")


@dataclass(frozen=True, slots=True)
class Ref:
    """Which thing of the library is meant."""

    kind: Kind
    code: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.code}"


def create(work: Work, ref: Ref, content: Content, *, visibility: str = "private", project: str = "") -> Held:
    """Begin something new as a draft, version 1; raises Refused if its code is taken or no code."""
    if ref.kind not in KINDS or not is_code(ref.code):
        raise Refused("not_a_code", name=ref.code[:40])
    taken = sa.select(_entry.c.number).where(_entry.c.kind == ref.kind, _entry.c.code == ref.code)
    if work.connection.execute(taken).first() is not None:
        raise Refused("code_taken", kind=ref.kind, name=ref.code)
    _check_access(work, visibility, project)
    row = {
        "kind": ref.kind, "code": ref.code, "owner": work.person.name, "project": project or None,
        "visibility": visibility, "created_ms": work.at_ms,
    }  # fmt: skip
    entry = work.connection.execute(sa.insert(_entry), row).inserted_primary_key
    _begin(work, int(entry[0]), 1, content)  # type: ignore[index]
    return draft_of(work, ref)


def revise(work: Work, ref: Ref) -> Held:
    """Begin the next version of something approved, with the same content.

    What came with the software becomes the site's own by it: updates of the software leave it alone from then on.
    """
    last = seen(work, ref)
    if last.state != "approved":
        raise Refused("version_open", kind=ref.kind, name=ref.code, state=last.state)
    if not may_begin(work.person, last.standing):
        raise Refused("not_yours", kind=ref.kind, name=ref.code)
    if last.standing.owner == SOFTWARE:
        _set_entry(work, last, {"owner": work.person.name})
    _begin(work, last.entry, last.version + 1, last.content)
    return draft_of(work, ref)


def edit(work: Work, ref: Ref, content: Content, *, revision: int) -> Held:
    """Write a draft anew, as its keeper; `revision` is the one that was read.

    A rejected version becomes a draft again. Raises Refused for what others keep (contribute to it), what is
    submitted or approved, and what somebody has changed since.
    """
    draft = editable(work, ref)
    if not may_keep(work.person, draft.standing):
        raise Refused("kept_by_another", kind=ref.kind, name=ref.code, keeper=draft.standing.keeper)
    return rewrite(work, draft, content, revision=revision)


def rewrite(work: Work, draft: Held, content: Content, *, revision: int, author: str = "") -> Held:
    """Write a draft anew and name who has written in it: the person at work, and `author`."""
    authors = sorted({*draft.authors, work.person.name, *([author] if author else [])})
    change: dict[str, Any] = {
        "content": text_of(content), "state": "draft", "authors": json.dumps(authors), "revision": revision + 1,
        "changed_by": work.person.name, "changed_ms": work.at_ms, "pins": "{}",
    }  # fmt: skip
    mine = (_version.c.number == draft.number, _version.c.revision == revision, _version.c.state.in_(EDITABLE))
    if work.connection.execute(sa.update(_version).where(*mine).values(**change)).rowcount != 1:
        raise Refused("changed_meanwhile", kind=draft.kind, name=draft.code, revision=draft.revision)
    return draft_of(work, Ref(draft.kind, draft.code))


def open_to(work: Work, ref: Ref, *, visibility: str, project: str = "") -> Held:
    """Say who may see and work on it before approval: public, project or private. Only its owner says so."""
    draft = seen(work, ref)
    if work.person.name != draft.standing.owner:
        raise Refused("not_yours", kind=ref.kind, name=ref.code)
    _check_access(work, visibility, project)
    _set_entry(work, draft, {"visibility": visibility, "project": project or None})
    return draft_of(work, ref)


def discard(work: Work, ref: Ref) -> None:
    """Give a draft up, with what others would change in it; what was reviewed once stays on record."""
    draft = editable(work, ref)
    if not may_keep(work.person, draft.standing):
        raise Refused("kept_by_another", kind=ref.kind, name=ref.code, keeper=draft.standing.keeper)
    reviewed = sa.select(_review.c.number).where(_review.c.of_version == draft.number)
    if work.connection.execute(reviewed).first() is not None:
        raise Refused("reviewed_stays", kind=ref.kind, name=ref.code)
    work.connection.execute(sa.delete(_contribution).where(_contribution.c.of_version == draft.number))
    work.connection.execute(sa.delete(_version).where(_version.c.number == draft.number))
    left = library.newest(work.session, ref.kind, ref.code)
    if left is None:
        work.connection.execute(sa.delete(_entry).where(_entry.c.number == draft.entry))
    elif left.authors == (SOFTWARE,):
        _set_entry(work, left, {"owner": SOFTWARE, "visibility": "public", "project": None})


def seen(work: Work, ref: Ref) -> Held:
    """Return the newest version if the person may see it; its entry is locked until the transaction ends."""
    lock = sa.select(_entry.c.number).where(_entry.c.kind == ref.kind, _entry.c.code == ref.code).with_for_update()
    work.connection.execute(lock).first()
    found = library.newest(work.session, ref.kind, ref.code)
    if found is None or not may_see(work.person, found.standing):
        raise Refused("unknown_entry", kind=ref.kind, name=ref.code)
    return found


def editable(work: Work, ref: Ref) -> Held:
    """Return the draft (or rejected version) that the person may work on."""
    draft = seen(work, ref)
    if draft.state not in EDITABLE:
        raise Refused("version_closed", kind=ref.kind, name=ref.code, state=draft.state)
    if not may_edit(work.person, draft.standing):
        raise Refused("not_yours", kind=ref.kind, name=ref.code)
    return draft


def draft_of(work: Work, ref: Ref) -> Held:
    """Return the newest version as it stands after a change."""
    found = library.newest(work.session, ref.kind, ref.code)
    assert found is not None
    return found


def _begin(work: Work, entry: int, version: int, content: Content) -> None:
    row = {
        "entry": entry, "version": version, "state": "draft", "content": text_of(content), "pins": "{}",
        "authors": json.dumps([work.person.name]), "revision": 1, "changed_by": work.person.name,
        "changed_ms": work.at_ms,
    }  # fmt: skip
    work.connection.execute(sa.insert(_version), row)


def _set_entry(work: Work, thing: Held, change: dict[str, Any]) -> None:
    work.connection.execute(sa.update(_entry).where(_entry.c.number == thing.entry).values(**change))


def _check_access(work: Work, visibility: str, project: str) -> None:
    if visibility not in VISIBILITIES:
        raise Refused("unknown_visibility", visibility=visibility)
    if visibility == "project" and not project:
        raise Refused("project_needed")
    if not project:
        return
    mine = sa.select(_member.c.person).where(_member.c.project == project, _member.c.person == work.person.name)
    if work.connection.execute(mine).first() is None:
        raise Refused("not_in_project", project=project, who=work.person.name)
