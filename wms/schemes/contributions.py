"""Contributions: what several people would change in one draft, until its keeper has merged or dropped each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wms.errors import Refused
from wms.rows import table
from wms.schemes import library
from wms.schemes.access_rules import may_keep, may_see
from wms.schemes.content import Content, from_text, text_of
from wms.schemes.drafts import EDITABLE, Ref, editable, rewrite
from wms.schemes.duties import Work
from wms.schemes.library import Held
from wms.schemes.merging import Side
from wms.schemes.merging import merge as merged
from wms.schemes.tables import ContributionRow

_contribution = table(ContributionRow)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one editor would change in a draft; `original` is the draft as they found it."""

    number: int
    of_version: int
    editor: str
    original: Content
    content: Content
    revision: int
    state: str


def contribute(work: Work, ref: Ref, content: Content, *, revision: int = 0) -> int:
    """Put in, or write anew, what the person would change in a draft; return its number.

    `revision` is of their own contribution as they read it, 0 for a new one. The draft itself stays as it is.
    """
    draft = editable(work, ref)
    mine = _open_of(work, draft, work.person.name)
    change: dict[str, Any] = {"content": text_of(content), "revision": revision + 1, "changed_ms": work.at_ms}
    if mine is None and revision == 0:
        first = {"of_version": draft.number, "editor": work.person.name, "original": text_of(draft.content)}
        done = work.connection.execute(sa.insert(_contribution), {**first, **change, "state": "open"})
        return int(done.inserted_primary_key[0])  # type: ignore[index]
    if mine is None or mine.revision != revision:
        raise Refused("changed_meanwhile", kind=ref.kind, name=ref.code, revision=mine.revision if mine else 0)
    work.connection.execute(sa.update(_contribution).where(_contribution.c.number == mine.number).values(**change))
    return mine.number


def merge(work: Work, number: int, *, choices: Mapping[str, Side] | None = None) -> Held:
    """Take a contribution over into the draft, as its keeper; return the draft.

    Raises Unsound with every step that both have changed and `choices` does not settle; then nothing is changed.
    """
    offered, draft = _kept(work, number)
    content = merged(draft.kind, offered.original, draft.content, offered.content, choices=choices)
    result = rewrite(work, draft, content, revision=draft.revision, author=offered.editor)
    _close(work, number, "merged")
    return result


def drop(work: Work, number: int) -> None:
    """Take a contribution off the draft unmerged: its keeper may, and who wrote it."""
    found = find(work, number)
    if found is None or found.editor != work.person.name:
        found, _draft = _kept(work, number)
    if found.state != "open":
        raise Refused("contribution_closed", number=number, state=found.state)
    _close(work, number, "dropped")


def of_draft(work: Work, draft: Held) -> list[Contribution]:
    """Return the open contributions to a draft, the oldest first."""
    query = sa.select(_contribution).where(_contribution.c.of_version == draft.number, _contribution.c.state == "open")
    rows = work.connection.execute(query.order_by(_contribution.c.number)).mappings()
    return [_read(draft, row) for row in rows]


def find(work: Work, number: int) -> Contribution | None:
    """Return a contribution if the person may see its draft."""
    row = work.connection.execute(sa.select(_contribution).where(_contribution.c.number == number)).mappings().first()
    draft = None if row is None else library.by_number(work.session, row["of_version"])
    return None if row is None or draft is None or not may_see(work.person, draft.standing) else _read(draft, row)


def _kept(work: Work, number: int) -> tuple[Contribution, Held]:
    """Return an open contribution and its draft, which the person must keep."""
    found = find(work, number)
    draft = None if found is None else library.by_number(work.session, found.of_version)
    if found is None or draft is None:
        raise Refused("unknown_contribution", number=number)
    if not may_keep(work.person, draft.standing):
        raise Refused("kept_by_another", kind=draft.kind, name=draft.code, keeper=draft.standing.keeper)
    if found.state != "open" or draft.state not in EDITABLE:
        raise Refused("contribution_closed", number=number, state=found.state)
    return found, draft


def _open_of(work: Work, draft: Held, editor: str) -> Contribution | None:
    return next((one for one in of_draft(work, draft) if one.editor == editor), None)


def _read(draft: Held, row: Any) -> Contribution:
    return Contribution(
        row["number"], row["of_version"], row["editor"], from_text(draft.kind, row["original"]),
        from_text(draft.kind, row["content"]), row["revision"], row["state"],
    )  # fmt: skip


def _close(work: Work, number: int, state: str) -> None:
    change = {"state": state, "changed_ms": work.at_ms}
    work.connection.execute(sa.update(_contribution).where(_contribution.c.number == number).values(**change))
