"""Projects: people who build schemes together. The lead brings their work together and submits it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from wms.errors import Refused
from wms.rows import table
from wms.schemes.bundle import is_code
from wms.schemes.duties import Work
from wms.schemes.tables import MemberRow, ProjectRow

_project, _member = table(ProjectRow), table(MemberRow)
MOST_MEMBERS = 200


def found_project(work: Work, code: str, *, name: str, members: Iterable[str] = ()) -> None:
    """Found a project whose lead is the person at work; raises Refused if its code is taken or no code."""
    if not is_code(code):
        raise Refused("not_a_code", name=code[:40])
    if work.connection.execute(sa.select(_project.c.code).where(_project.c.code == code)).first() is not None:
        raise Refused("project_taken", project=code)
    row = {"code": code, "name": name, "lead": work.person.name, "created_ms": work.at_ms}
    work.connection.execute(sa.insert(_project), row)
    _put_members(work, code, {*members, work.person.name})
    work.book("ProjectFounded", code)


def set_members(work: Work, code: str, members: Iterable[str], *, lead: str = "") -> None:
    """Say who works in a project, and hand it to another lead; only its lead says so. The lead is always in it."""
    row = work.connection.execute(sa.select(_project.c.lead).where(_project.c.code == code).with_for_update()).first()
    if row is None:
        raise Refused("unknown_project", project=code)
    if row.lead != work.person.name:
        raise Refused("not_the_lead", project=code, lead=row.lead)
    lead = lead or row.lead
    people = {*members, lead}
    work.connection.execute(sa.delete(_member).where(_member.c.project == code))
    _put_members(work, code, people)
    work.connection.execute(sa.update(_project).where(_project.c.code == code).values(lead=lead))
    work.book("ProjectChanged", code, lead=lead, members=", ".join(sorted(people)))


def _put_members(work: Work, code: str, people: set[str]) -> None:
    if len(people) > MOST_MEMBERS or not all(people):
        raise Refused("too_many_members", project=code, most=MOST_MEMBERS)
    rows = [{"project": code, "person": person} for person in sorted(people)]
    work.connection.execute(sa.insert(_member), rows)
